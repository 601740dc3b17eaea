"""What each function of the template may ask of AWS, and what a call asks."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.desk import template
from tests.small_cloud import Item

Asked = tuple[str, str]  # an action, and what stands in the name of the resource
STEPS = {"Put": "PutItem", "Update": "UpdateItem", "ConditionCheck": "ConditionCheckItem"}
CALLS = {
    "list_objects_v2": ("s3:ListBucket", "Bucket"),
    "send_raw_email": ("ses:SendRawEmail", "*"),
}


def asked_of(method: str, given: Item) -> set[Asked]:
    if method in CALLS:
        return {CALLS[method]}
    action = "".join(word.title() for word in method.split("_"))
    if "Bucket" in given:
        return {(f"s3:{action}", f"/{given['Key'].partition('/')[0]}/*")}
    if "TransactItems" in given:
        return {
            (f"dynamodb:{STEPS[kind]}", "TicketsTable")
            for one in given["TransactItems"]
            for kind in one
        }
    index = given.get("IndexName")
    return {(f"dynamodb:{action}", f"/index/{index}" if index else "TicketsTable")}


def denied(function: str, asked: set[Asked]) -> set[str]:
    """What it asked for and may not."""
    return {
        f"{function} may not {action} on {target}"
        for action, target in asked
        if not any(action in actions and _names(on, target) for actions, on in _allowed(function))
    }


def _names(resource: str, target: str) -> bool:
    return target in resource or ("/index/" in target and "/index/*" in resource)


@cache
def _allowed(function: str) -> list[tuple[list[str], str]]:
    return [(one["Action"], str(one["Resource"])) for one in _statements(function)]


def _statements(function: str) -> Iterator[Any]:
    for policy in template()["Resources"][function]["Properties"]["Policies"]:
        yield from policy["Statement"]
