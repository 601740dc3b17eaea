"""What the template's policies grant, each action on each resource, in the template's own words."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from tests.desk import GIVEN, template
from tests.iam.actions import Ask

ANY = "*"
LEADING_KEYS = "ForAllValues:StringLike", "dynamodb:LeadingKeys"


class Grant(NamedTuple):
    action: str
    on: str
    keys: str = ANY

    def admits(self, ask: Ask) -> bool:
        same = self.action == ask.action
        return same and _like(self.on).fullmatch(ask.on) and _like(self.keys).fullmatch(ask.key)


def refused(name: str, asked: Iterable[Ask]) -> set[str]:
    """What this function, or whom this managed policy is for, asks for and may not."""
    return {
        f"{name} may not {ask.action} on {ask.on} {ask.key}".rstrip()
        for ask in asked
        if not any(grant.admits(ask) for grant in grants(name))
    }


@cache
def grants(name: str) -> tuple[Grant, ...]:
    return tuple(grant for one in allowed(template()["Resources"][name]) for grant in _of(one))


def allowed(part: Any) -> Iterator[dict[str, Any]]:
    """The statements that allow something, anywhere in a part of the template."""
    match part:
        case {"Effect": effect, "Action": _}:
            yield from [part] * (effect == "Allow")
        case dict():
            yield from (one for value in part.values() for one in allowed(value))
        case list():
            yield from (one for value in part for one in allowed(value))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def resources(value: Any) -> list[str]:
    match value:
        case {"Fn::If": ["OnAws", there, _]}:
            return resources(there)
        case list():
            return [words(one) for one in value]
    return [words(value)]


def words(value: Any) -> str:
    """What a value of the template names on AWS: TicketsTable/index/unsent, identity/MailDomain."""
    match value:
        case {"Ref": name} | {"Fn::GetAtt": [name, *_]}:
            return str(name)
        case {"Fn::Sub": [text, *_]} | {"Fn::Sub": text}:
            named = re.sub(r"\$\{([\w:]+)[^}]*\}", _named, text)
            return named.split(":", 5)[5] if named.startswith("arn:") else named
        case str():
            return value
    raise ValueError(value)


def _named(found: re.Match[str]) -> str:
    return GIVEN.get(found[1], "" if found[1].startswith("AWS::") else found[1])


def _of(statement: dict[str, Any]) -> Iterator[Grant]:
    for action in listed(statement["Action"]):
        for resource in resources(statement["Resource"]):
            for keys in _keys(statement.get("Condition")):
                yield Grant(action, resource, keys)


def _keys(condition: Any) -> list[str]:
    if condition is None:
        return [ANY]
    operator, key = LEADING_KEYS
    assert condition.keys() == {operator}, f"what {condition} admits is not known here"
    assert condition[operator].keys() == {key}
    return list(condition[operator][key])


@cache
def _like(pattern: str) -> re.Pattern[str]:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
    assert "?" not in pattern
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
