"""Addresses that take no mail, or do not want ours: for sixty days no machine writes to them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from netdesk.dynamo import Item, moment, pack, unpack
from ticket_intake.addresses import folded
from ticket_intake.digest import digest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SILENT = timedelta(days=60)
CAME_BACK, CALLED_SPAM = "came back", "was called spam"  # what became of mail to it


class DeadAddresses:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add(self, address: str, now: datetime, why: str = CAME_BACK) -> None:
        until = now + SILENT
        row = {"until": moment(until), "ttl": int(until.timestamp()), "why": why}
        self._client.put_item(TableName=self._table, Item=pack(_at(address) | row))

    def why(self, address: str, now: datetime) -> str:
        """Empty when it is none; decided by the row's own time: DynamoDB deletes days late."""
        answer = self._client.get_item(
            TableName=self._table, Key=pack(_at(address)), ConsistentRead=True
        )
        row = unpack(answer.get("Item", {}))
        return str(row.get("why", CAME_BACK)) if moment(now) < row.get("until", "") else ""


def _at(address: str) -> Item:
    return {"pk": f"dead#{digest('dead', folded(address))}", "sk": "dead"}
