"""Clients for the caller's AWS account."""

from dataclasses import dataclass
from typing import Any

import boto3
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError

from netdesk.refused import Refused

WHO = "AWS does not know you: set AWS_PROFILE, or sign in with `aws sso login`."
RETRIES = Config(
    retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=5, read_timeout=60
)


@dataclass(frozen=True)
class OnAws:
    region: str
    session: boto3.Session

    @classmethod
    def of(cls, region: str | None) -> "OnAws":
        """In this region, else the profile's; raises Refused with a sentence."""
        try:
            session = boto3.Session(region_name=region)
        except BotoCoreError as error:
            raise Refused(f"Your AWS profile can't be used: {error}.") from None
        if not session.region_name:
            raise Refused("Say in which region, with --region: one where SES receives mail.")
        made = cls(session.region_name, session)
        _ = made.credentials  # whoever has none is told so first
        return made

    @property
    def credentials(self) -> Credentials:
        found = self.session.get_credentials()
        if found is None:
            raise Refused(WHO)
        return found

    def client(self, service: Any, region: str = "") -> Any:
        return self.session.client(service, region_name=region or self.region, config=RETRIES)
