"""The raw mails in S3: `inbound/` waits, `mail/` is done with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

INBOUND, DONE = "inbound/", "mail/"
LEFT_LYING = timedelta(seconds=60)
SES_NOTE = f"{INBOUND}AMAZON_SES_SETUP_NOTIFICATION"  # SES writes it once; it is no mail


@dataclass(frozen=True)
class Stored:
    """A mail as SES stored it; the id is SES's own."""

    id: str
    raw: bytes
    received_at: datetime

    @property
    def done_key(self) -> str:
        """By when it came, so that it is the same however often it is put away."""
        return f"{DONE}{self.received_at:%Y/%m}/{self.id}"


class Inbox:
    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, key: str) -> Stored | None:
        """None when it is not there any more."""
        if key == SES_NOTE:
            return None
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        return Stored(key.rpartition("/")[2], answer["Body"].read(), answer["LastModified"])

    def keep(self, mail: Stored) -> None:
        """Copy it to where it stays."""
        self._client.put_object(Bucket=self._bucket, Key=mail.done_key, Body=mail.raw)

    def take_out(self, mail: Stored) -> None:
        """It is done with, and does not come again."""
        self.drop(INBOUND + mail.id)

    def drop(self, key: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def left_lying(self, now: datetime) -> dict[str, timedelta]:
        """Keys of mail that should long have been taken in, and how long it lies; oldest first."""
        ages = ((key, now - came) for key, came in self._listed(INBOUND))
        lying = [item for item in ages if item[1] > LEFT_LYING]
        return dict(sorted(lying, key=lambda item: -item[1]))

    def waiting(self) -> list[str]:
        """Ids of all that is not done with."""
        return [_id(key) for key, _ in self._listed(INBOUND) if key != SES_NOTE]

    def done(self, month: str) -> list[str]:
        """Ids of what came in a month, as 2026-11, and is done with."""
        return [_id(key) for key, _ in self._listed(f"{DONE}{month.replace('-', '/')}/")]

    def _listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        for page in pages:
            for item in page.get("Contents", []):
                yield item["Key"], item["LastModified"]


def _id(key: str) -> str:
    return key.rpartition("/")[2]
