"""The desk that is examined: all that a check is given."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Any, Protocol
from urllib.parse import urlsplit

from netdesk.doctor.deployed import Deployed
from netdesk.doctor.web import Web
from netdesk.provider import Provider

Json = dict[str, Any]
Records = Callable[[str, str], tuple[str, ...]]  # of a name and a type: see records.py
Post = Callable[[str, str, bytes], None]  # sender, recipient, mail: how one comes from outside
MOST_SECONDS = 120.0  # AWS may take a minute to do what it does in a second: a sweeper helps then


class StaffApi(Protocol):
    def get(self, *path: str, **query: str) -> Json: ...

    def post(self, *path: str, **fields: Any) -> Json: ...


@dataclass(frozen=True)
class Clock:
    now: Callable[[], datetime]
    sleep: Callable[[float], None]


@dataclass(frozen=True)
class Desk:
    provider: Provider
    front: str  # where customers reach it, without a slash at the end
    region: str
    deployed: Deployed
    staff: StaffApi
    client: Callable[..., Any]  # of a service of AWS, and of another region when that is named
    records: Records | None  # None: DNS is not asked
    web: Web
    trusted: ssl.SSLContext  # whose certificates are held to be good
    post: Post
    clock: Clock
    log_command: str  # which shows what the functions complain of
    local: bool = False
    look_only: bool = False
    seconds: float = MOST_SECONDS
    waiting: Callable[[str], None] = field(default=lambda _: None)  # told what is waited for

    @property
    def host(self) -> str:
        return urlsplit(self.front).hostname or ""

    @property
    def named(self) -> bool:
        """Whether the front has a name that DNS must know."""
        try:
            ip_address(self.host)
        except ValueError:
            return self.host != "localhost"
        return False

    @property
    def mail_domain(self) -> str:
        return self.provider.mail.rpartition("@")[2].lower()
