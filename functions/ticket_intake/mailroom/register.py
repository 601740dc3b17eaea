"""The register of mails: what became of each, by the id that SES gave it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.dynamo import Item, condition_lost, moment, pack, read_all, unpack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TICKET, FOLLOW_UP, QUARANTINED = "ticket", "follow-up", "quarantined"
OUTCOMES = (TICKET, FOLLOW_UP, QUARANTINED)


@dataclass(frozen=True)
class Filed:
    """What became of one mail."""

    id: str
    received_at: datetime
    outcome: str
    number: str = ""  # of the ticket
    reason: str = ""  # why it is in quarantine
    sender: str = ""
    subject: str = ""
    key: str = ""  # of the raw mail


class Register:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def record(self, filed: Filed) -> None:
        """Quarantine ends in a ticket, and never the other way."""
        row = _at(filed.id) | asdict(filed) | {"received_at": moment(filed.received_at)}
        if filed.outcome == QUARANTINED:
            row |= {"state": QUARANTINED, "queued": f"{moment(filed.received_at)}#{filed.id}"}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=pack(row),
                ConditionExpression="attribute_not_exists(outcome) OR outcome = :quarantined",
                ExpressionAttributeValues=pack({":quarantined": QUARANTINED}),
            )
        except ClientError as error:
            if not condition_lost(error):
                raise

    def tried(self, mail_id: str) -> int:
        """Count one more attempt to take in what was left lying; how many there were."""
        answer = self._client.update_item(
            TableName=self._table,
            Key=pack(_at(mail_id)),
            UpdateExpression="ADD tries :one",
            ExpressionAttributeValues=pack({":one": 1}),
            ReturnValues="UPDATED_NEW",
        )
        return int(unpack(answer["Attributes"])["tries"])

    def find(self, ids: Sequence[str]) -> dict[str, Filed]:
        """What became of these mails, as far as it is known."""
        items = read_all(self._client, self._table, [_at(mail_id) for mail_id in ids])
        return {item["id"]: _filed(item) for item in items if "outcome" in item}

    def quarantined(self) -> list[Filed]:
        """Oldest first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_state",
            KeyConditionExpression="#state = :state",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=pack({":state": QUARANTINED}),
        )
        ids = [unpack(i)["pk"].partition("#")[2] for page in pages for i in page["Items"]]
        found = [filed for filed in self.find(ids).values() if filed.outcome == QUARANTINED]
        return sorted(found, key=lambda filed: (filed.received_at, filed.id))


def _at(mail_id: str) -> Item:
    return {"pk": f"mail#{mail_id}", "sk": "mail"}


def _filed(item: Item) -> Filed:
    told = {name: item[name] for name in Filed.__dataclass_fields__}
    return Filed(**told | {"received_at": datetime.fromisoformat(item["received_at"])})
