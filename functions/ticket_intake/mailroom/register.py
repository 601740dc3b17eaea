"""The register of mails: what became of each, by the id that SES gave it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.dynamo import Item, condition_lost, moment, pack, read_all, unpack
from ticket_intake.rows import pk

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TICKET, FOLLOW_UP, QUARANTINED = "ticket", "follow-up", "quarantined"
OUTCOMES = (TICKET, FOLLOW_UP, QUARANTINED)
POINTER = "mail#"  # what a ticket's row of a mail begins with
# S3 deletes in its own time what has reached its age, and an audit must find no mail without a row:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-expire-general-considerations.html
OUTLIVES = timedelta(days=2)


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
    def __init__(self, client: "DynamoDBClient", table: str, raw_mail_days: int) -> None:
        self._client = client
        self._table = table
        self._kept = timedelta(days=raw_mail_days) + OUTLIVES

    def record(self, filed: Filed) -> None:
        """Quarantine ends in a ticket, and never the other way."""
        self._point(filed)
        row = _at(filed.id) | asdict(filed) | {"received_at": moment(filed.received_at)}
        row["ttl"] = self._until(filed)
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

    def _point(self, filed: Filed) -> None:
        """Tell its ticket of the mail, before the register: what it does not know is not erased."""
        if filed.number:
            pointer = _on_ticket(filed.number, filed.id)
            pointer |= {"key": filed.key, "ttl": self._until(filed)}
            self._client.put_item(TableName=self._table, Item=pack(pointer))

    def _until(self, filed: Filed) -> int:
        return int((filed.received_at + self._kept).timestamp())

    def forget(self, number: str, mail_id: str) -> None:
        """Who wrote the mail and about what; to be called when the raw mail is gone."""
        self._blank(_at(mail_id), "sender", "subject")
        self._blank(_on_ticket(number, mail_id), "key")

    def _blank(self, key: Item, *names: str) -> None:
        try:
            self._client.update_item(
                TableName=self._table,
                Key=pack(key),
                UpdateExpression="SET " + ", ".join(f"#{name} = :none" for name in names),
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={f"#{name}": name for name in names},
                ExpressionAttributeValues=pack({":none": ""}),
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


def _on_ticket(number: str, mail_id: str) -> Item:
    return {"pk": pk(number), "sk": f"{POINTER}{mail_id}"}


def _filed(item: Item) -> Filed:
    told = {name: item[name] for name in Filed.__dataclass_fields__}
    return Filed(**told | {"received_at": datetime.fromisoformat(item["received_at"])})
