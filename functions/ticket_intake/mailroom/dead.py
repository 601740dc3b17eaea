"""Addresses that mail does not reach: for sixty days no machine writes to them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from netdesk.dynamo import Item, moment, pack, unpack
from ticket_intake.addresses import folded
from ticket_intake.digest import digest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SILENT = timedelta(days=60)


class DeadAddresses:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add(self, address: str, now: datetime) -> None:
        until = now + SILENT
        row = {"until": moment(until), "ttl": int(until.timestamp())}
        self._client.put_item(TableName=self._table, Item=pack(_at(address) | row))

    def has(self, address: str, now: datetime) -> bool:
        """Decided by the row's own time: DynamoDB deletes days late."""
        answer = self._client.get_item(
            TableName=self._table, Key=pack(_at(address)), ConsistentRead=True
        )
        return "Item" in answer and bool(moment(now) < unpack(answer["Item"])["until"])


def _at(address: str) -> Item:
    return {"pk": f"dead#{digest('dead', folded(address))}", "sk": "dead"}
