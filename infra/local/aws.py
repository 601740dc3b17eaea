"""Clients for the emulator, with keys of its own and never the caller's."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config

from infra.local.emulator import REGION


@dataclass(frozen=True)
class Key:
    id: str
    secret: str


ROOT_KEY = Key("test", "test")  # the emulator's account root


@dataclass(frozen=True)
class Account:
    url: str
    key: Key = ROOT_KEY

    def client(self, service: Any) -> Any:
        session = boto3.Session(self.key.id, self.key.secret, region_name=REGION)
        retries = Config(retries={"total_max_attempts": 3}, connect_timeout=5, read_timeout=60)
        return session.client(service, endpoint_url=self.url, config=retries)
