"""The outbox: mails that wait to be sent, claimed by lease and marked when done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.dynamo import Item, condition_lost, moment, pack, unpack
from ticket_intake.rows import MAIL

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Unsent:
    """A row of the outbox: which mail, of which ticket, after which entry."""

    pk: str
    sk: str
    number: str
    letter: str
    place: int
    attempts: int


class Outbox:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def due(self, now: datetime) -> list[Unsent]:
        """What the index says is unsent and due: a hint, the claim decides."""
        found = self._unsent("unsent = :mail AND due_at <= :now", {":now": moment(now)})
        return [unsent_of(item) for item in found]

    def longest_wait(self, now: datetime) -> timedelta:
        """How long the oldest mail has waited, in whose hands ever it is."""
        waits = (
            now - datetime.fromisoformat(str(item.get("written_at", item["due_at"])))
            for item in self._unsent("unsent = :mail", {})
        )
        return max(waits, default=timedelta())

    def sent_before(self, row: Unsent) -> list[tuple[int, str]]:
        """The place and SES's id of each mail that this ticket sent before."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues=pack({":pk": row.pk, ":first": "outbox#", ":last": row.sk}),
            ConsistentRead=True,
        )
        items = [unpack(item) for page in pages for item in page["Items"]]
        return [(item["place"], item["message_id"]) for item in items if "message_id" in item]

    def claim(self, row: Unsent, now: datetime) -> bool:
        """Take the row for one lease; False when it is sent, or in other hands."""
        return self._update(
            row,
            "SET due_at = :until, attempts = attempts + :one",
            {":until": moment(now + LEASE), ":one": 1, ":now": moment(now), ":mail": MAIL},
            condition="unsent = :mail AND due_at <= :now",
        )

    def sent(self, row: Unsent, message_id: str, now: datetime) -> None:
        self._end(row, "sent_at = :at, message_id = :how", {":at": moment(now), ":how": message_id})

    def given_up(self, row: Unsent, reason: str, now: datetime) -> None:
        self._end(row, "failed_at = :at, failed = :how", {":at": moment(now), ":how": reason})

    def _unsent(self, condition: str, values: Item) -> list[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="unsent",
            KeyConditionExpression=condition,
            ExpressionAttributeValues=pack({":mail": MAIL} | values),
        )
        return [unpack(item) for page in pages for item in page["Items"]]

    def _end(self, row: Unsent, outcome: str, values: Item) -> None:
        self._update(row, f"SET {outcome} REMOVE unsent, due_at", values, "attribute_exists(pk)")

    def _update(self, row: Unsent, update: str, values: Item, condition: str) -> bool:
        try:
            self._client.update_item(
                TableName=self._table,
                Key=pack({"pk": row.pk, "sk": row.sk}),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeValues=pack(values),
            )
        except ClientError as error:
            if not condition_lost(error):
                raise
            return False
        return True


def unsent_of(item: Item) -> Unsent:
    return Unsent(
        item["pk"], item["sk"], item["number"], item["letter"], item["place"], item["attempts"]
    )
