"""All that lies anywhere of a ticket: its rows, its files, its raw mails, its transfer code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.dynamo import Item, condition_lost, pack, unpack
from ticket_intake.rows import pk

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient

THERE = "attribute_exists(pk)"


@dataclass(frozen=True)
class Belongings:
    dynamodb: "DynamoDBClient"
    table: str
    s3: "S3Client"
    files_bucket: str
    mail_bucket: str
    ssm: "SSMClient"

    def rows(self, number: str) -> list[Item]:
        """The rows of a ticket: its own, and all that stand under its number."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=pack({":pk": pk(number)}),
            ConsistentRead=True,
        )
        return [unpack(item) for page in pages for item in page["Items"]]

    def resolved(self, first: str, last: str) -> Iterator[str]:
        """Numbers of resolved tickets by their place in the queue: a hint, their rows decide."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            IndexName="by_state",
            KeyConditionExpression="#state = :resolved AND queued BETWEEN :first AND :last",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=pack(
                {":resolved": "resolved", ":first": first, ":last": last}
            ),
        )
        return (unpack(item)["number"] for page in pages for item in page["Items"])

    def drop_files(self, entry: Item) -> int:
        """The files of an entry, and its long text; how many files there were."""
        files = [file["key"] for file in entry["attachments"] if file["key"]]
        for key in filter(None, (*files, entry.get("text_key"))):
            self.s3.delete_object(Bucket=self.files_bucket, Key=key)
        return len(files)

    def drop_mail(self, pointer: Item) -> int:
        """The raw mail that this row points to; how many there were, one or none."""
        if not pointer["key"]:
            return 0
        self.s3.delete_object(Bucket=self.mail_bucket, Key=pointer["key"])
        return 1

    def drop_code(self, name: str) -> None:
        if not name:
            return
        try:
            self.ssm.delete_parameter(Name=name)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ParameterNotFound":
                raise

    def write(self, row: Item) -> None:
        """Replace a row, unless it is gone."""
        self._unless_lost("put_item", Item=pack(row), ConditionExpression=THERE)

    def withhold(self, row: Item, reason: str, at: str) -> None:
        """Keep a mail of the outbox from going out, unless it is gone."""
        self._unless_lost(
            "update_item",
            Key=_key(row),
            UpdateExpression="SET failed = :how, failed_at = :at REMOVE unsent, due_at",
            ExpressionAttributeValues=pack({":how": reason, ":at": at}),
            ConditionExpression=THERE,
        )

    def delete(self, row: Item) -> None:
        self.dynamodb.delete_item(TableName=self.table, Key=_key(row))

    def delete_ticket(self, row: Item) -> bool:
        """False when somebody changed it since it was read."""
        return self._unless_lost(
            "delete_item",
            Key=_key(row),
            ConditionExpression="version = :version",
            ExpressionAttributeValues=pack({":version": row["version"]}),
        )

    def _unless_lost(self, method: str, **step: object) -> bool:
        try:
            getattr(self.dynamodb, method)(TableName=self.table, **step)
        except ClientError as error:
            if not condition_lost(error):
                raise
            return False
        return True


def kind_of(row: Item) -> str:
    """ticket, entry, outbox, mail or page."""
    return str(row["sk"]).partition("#")[0]


def mail_id(pointer: Item) -> str:
    return str(pointer["sk"]).partition("#")[2]


def _key(row: Item) -> Item:
    return pack({"pk": row["pk"], "sk": row["sk"]})
