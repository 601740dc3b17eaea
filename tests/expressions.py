"""Conditions and updates as DynamoDB reads them, as far as the product writes any:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.html"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

Item = dict[str, Any]
TOKEN = re.compile(r"\s*([#:]?\w+|<=|>=|<>|[()=<>,+])")
CLAUSE = re.compile(r"(SET|REMOVE|ADD|DELETE)\s+(.*?)\s*(?=(?:SET|REMOVE|ADD|DELETE)\s|$)")
COMMA = re.compile(r",\s*(?![^()]*\))")  # outside of parentheses
COMPARE = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<>": lambda a, b: a != b,
}


def holds(condition: str, row: Item, values: Item, names: Item) -> bool:
    """AND binds closer than OR."""
    tokens = iter([*_tokens(condition), ""])
    return _either(tokens, row, values | {"names": names})[0]


def updated(old: Item, step: Item) -> Item:
    """The row after an update."""
    values = step.get("ExpressionAttributeValues", {})
    names, new = step.get("ExpressionAttributeNames", {}), dict(old)
    for clause, told in _clauses(step["UpdateExpression"]):
        for one in told:
            _change(clause, one, old, new, values, names)
    return new


@cache
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(TOKEN.findall(text))


@cache
def _clauses(text: str) -> list[tuple[str, list[str]]]:
    return [(clause, COMMA.split(told)) for clause, told in CLAUSE.findall(text)]


def _plain(value: Item | None) -> Any:
    if value is None:
        return None
    [(kind, told)] = value.items()
    return int(told) if kind == "N" else told


def _either(tokens: Iterator[str], row: Item, given: Item) -> tuple[bool, str]:
    met, after = _both(tokens, row, given)
    while after == "OR":
        other, after = _both(tokens, row, given)
        met = met or other
    return met, after


def _both(tokens: Iterator[str], row: Item, given: Item) -> tuple[bool, str]:
    met, after = _one(tokens, row, given), next(tokens)
    while after == "AND":
        other, after = _one(tokens, row, given), next(tokens)
        met = met and other
    return met, after


def _one(tokens: Iterator[str], row: Item, given: Item) -> bool:
    first = next(tokens)
    if first == "(":
        return _either(tokens, row, given)[0]
    if first in ("attribute_exists", "attribute_not_exists"):
        _, name, _ = next(tokens), next(tokens), next(tokens)
        return (name in row) == (first == "attribute_exists")
    if first == "begins_with":
        _, name, _, begins, _ = (next(tokens) for _ in range(5))
        return bool((_plain(row.get(name)) or "").startswith(_plain(given[begins])))
    left, sign = _plain(row.get(given["names"].get(first, first))), next(tokens)
    right = _plain(given[next(tokens)])
    if sign == "BETWEEN":
        assert next(tokens) == "AND"
        return left is not None and right <= left <= _plain(given[next(tokens)])
    return left is not None and COMPARE[sign](left, right)


def _change(clause: str, one: str, old: Item, new: Item, values: Item, names: Item) -> None:
    name, _, told = one.strip().replace("=", " ").partition(" ")
    name, told = names.get(name, name), told.strip()
    if clause == "REMOVE":
        new.pop(name, None)
    elif clause == "SET":
        new[name] = _set(_tokens(told), old, values)
    elif "N" in values[told]:
        new[name] = _sum(old.get(name, {"N": "0"}), values[told])
    else:
        had, given = set(old.get(name, {"SS": []})["SS"]), set(values[told]["SS"])
        kept = had | given if clause == "ADD" else had - given
        new.pop(name, None)
        if kept:
            new[name] = {"SS": sorted(kept)}


def _set(tokens: tuple[str, ...], old: Item, values: Item) -> Any:
    match tokens:
        case ["if_not_exists", "(", name, ",", value, ")"]:
            return old.get(name, values[value])
        case [name, "+", value]:
            return _sum(old[name], values[value])
    [value] = tokens
    return values[value]


def _sum(one: Item, other: Item) -> Item:
    return {"N": str(int(one["N"]) + int(other["N"]))}
