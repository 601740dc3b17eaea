"""Where scenarios play: an account, and the template's functions, whose calls are observed."""

import sys
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

from netdesk import aws
from tests.desk import MINUTE, Cloud, Context, Door, doors, mail_event, stream_event
from tests.iam.observer import Observer
from tests.small_cloud import SmallCloud
from tests.test_mail_door import age

MAIL = ("inbound/", "mail/")  # the rest of a small cloud is files


@dataclass(frozen=True)
class Stage:
    cloud: Cloud
    observer: Observer
    patch: pytest.MonkeyPatch

    def open(self, function: str) -> Door:
        """A cold start: what a process keeps, it reads anew."""
        for name, value in self.cloud.environment(function).items():
            self.patch.setenv(name, value)
        module = import_module(doors()[function])
        _forget(module.__name__)

        def handle(event: dict[str, Any]) -> Any:
            with self.observer.acting(function):
                return module.lambda_handler(event, Context())

        return handle

    def lay(self, small: SmallCloud) -> None:
        """What lies in a small cloud."""
        table = self.cloud.name("TicketsTable")
        for row in small.rows.values():
            self.cloud.dynamodb.put_item(TableName=table, Item=row)
        for key, there in small.objects.items():
            self.put(key, there.body)
        for name, value in getattr(small, "parameters", {}).items():
            given = {"Name": name, "Value": value, "Type": "SecureString"}
            aws.client("ssm").put_parameter(**given)

    def put(self, key: str, content: bytes) -> str:
        bucket = self.cloud.name("MailBucket" if key.startswith(MAIL) else "FilesBucket")
        self.cloud.s3.put_object(Bucket=bucket, Key=key, Body=content)
        return key

    def take_in(self, **mails: bytes) -> None:
        """S3 tells of them, each by its id."""
        keys = [self.put(f"inbound/{mail}", content) for mail, content in mails.items()]
        assert self.open("MailFunction")(mail_event(*keys)) == {"batchItemFailures": []}

    def left_lying(self, **mails: bytes) -> int:
        """Nobody tells of them for a year; how many were not taken in even then."""
        for mail, content in mails.items():
            self.put(f"inbound/{mail}", content)
        age(self.cloud, timedelta(days=366))
        return int(self.open("MailFunction")(MINUTE)["failed"])

    def send(self) -> None:
        """What the stream brings, and what it lost."""
        outbox = self.open("OutboxFunction")
        outbox(stream_event(*self.cloud.outbox()))
        outbox(MINUTE)


def _forget(door: str) -> None:
    aws.secret.cache_clear()
    for name, module in [*sys.modules.items()]:
        if name == door or name.endswith(".wiring"):
            for member in vars(module).values():
                if hasattr(member, "cache_clear") and member.__module__ == name:
                    member.cache_clear()
