"""What the stores share of DynamoDB: items as plain dicts, transactions, lost conditions."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from netdesk import attribute_value

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]
BATCH = 100  # keys that one BatchGetItem takes


class Conflict(RuntimeError):
    """A condition was not met: somebody else was first. Read again and decide anew."""


def moment(at: datetime) -> str:
    """UTC with whole seconds, so that times sort as text."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def pack(item: Item) -> Item:
    return {name: attribute_value.pack(value) for name, value in item.items() if value is not None}


def unpack(item: Item) -> Item:
    return {name: attribute_value.unpack(value) for name, value in item.items()}


def put_new(table: str, item: Item) -> Item:
    """A transaction's step that puts an item which must not exist yet."""
    return {
        "Put": {
            "TableName": table,
            "Item": pack(item),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }


def put_changed(table: str, item: Item, version: int) -> Item:
    """A transaction's step that replaces an item which must still have this version."""
    return {
        "Put": {
            "TableName": table,
            "Item": pack(item),
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": pack({":version": version}),
        }
    }


def transact(client: "DynamoDBClient", steps: list[Item]) -> None:
    """All steps or none; raises Conflict when a condition was not met.

    A collision with another transaction decides nothing, so that is tried again:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
    """
    for pause in (0.05, 0.2, 0.8, None):
        try:
            client.transact_write_items(TransactItems=steps)  # type: ignore[arg-type]
            return
        except ClientError as error:
            reasons = _reasons(error)
            if "ConditionalCheckFailed" in reasons or pause is None:
                raise Conflict(str(error)) from error
            if "TransactionConflict" not in reasons:
                raise
            time.sleep(pause)


def _reasons(error: ClientError) -> set[str]:
    if error.response["Error"]["Code"] != "TransactionCanceledException":
        return set()
    return {reason.get("Code", "") for reason in error.response.get("CancellationReasons", [])}


def condition_lost(error: ClientError) -> bool:
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def read_all(client: "DynamoDBClient", table: str, keys: Sequence[Item]) -> list[Item]:
    """The items under these keys that exist, read consistently, in no order."""
    items: list[Item] = []
    left = [pack(key) for key in keys]
    while left:
        wanted = {table: {"Keys": left[:BATCH], "ConsistentRead": True}}
        answer = client.batch_get_item(RequestItems=wanted)  # type: ignore[arg-type]
        items += [unpack(item) for item in answer["Responses"].get(table, [])]
        unread: Item = answer["UnprocessedKeys"].get(table) or {}  # type: ignore[assignment]
        left = [*unread.get("Keys", []), *left[BATCH:]]
    return items
