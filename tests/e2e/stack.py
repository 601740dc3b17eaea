"""A whole stack as a newcomer starts it, and a customer's browser: used from outside alone."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

ROOT = Path(__file__).parent.parent.parent
NETDESK = Path(sys.executable).with_name("netdesk")
FIRST_ROUTER, OURS = "198.18.1.2", "198.18.2.0/24"
LAB = "198.18.0.0/15"
START_SECONDS = 90
T = TypeVar("T")


def eventually(look: Callable[[], T], seconds: float = 20) -> T:
    """The first result of `look` that is true; its last one when the time is over."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Client:
    """A customer's browser: it keeps cookies, and follows no redirection by itself."""

    base: str
    # A browser trusts localhost with Secure cookies; the standard library asks for https.
    jar: CookieJar = field(
        default_factory=lambda: CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
    )

    def get(self, path: str, accept: str = "text/html") -> Answer:
        return self._open(path, None, {"Accept": accept})

    def post(self, path: str, accept: str = "text/html", **fields: str) -> Answer:
        return self._open(path, urlencode(fields).encode(), {"Accept": accept})

    def post_json(self, path: str, **fields: Any) -> Answer:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        return self._open(path, json.dumps(fields).encode(), headers)

    def _open(self, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        url = path if path.startswith("http") else self.base + path
        request = urllib.request.Request(url, body, headers)
        opener = urllib.request.build_opener(
            _NoRedirect, urllib.request.HTTPCookieProcessor(self.jar)
        )
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read().decode())


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Stack:
    state: Path
    port: int
    smtp_port: int
    environment: dict[str, str]

    @property
    def front(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def client(self) -> Client:
        return Client(self.front)

    def netdesk(self, *arguments: str, fails: bool = False) -> str:
        """What the staff command prints; its one sentence when it is to fail."""
        done = subprocess.run(
            [NETDESK, *arguments], env=self.environment, capture_output=True, text=True, timeout=60
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    def netdesk_json(self, *arguments: str) -> Any:
        return json.loads(self.netdesk(*arguments, "--json"))

    def outbox(self, to: str) -> list[dict[str, Any]]:
        mails = self.client.get("/outbox/?format=json").json
        return [mail for mail in mails if mail["to"] == to]

    @contextmanager
    def running(self) -> Iterator["Stack"]:
        """From `ready:` until Ctrl-C, which must end it cleanly."""
        log = self.state.with_suffix(".log")
        with log.open("w") as output:
            process = subprocess.Popen(
                [NETDESK, "up"], env=self.environment, stdout=output, stderr=subprocess.STDOUT
            )
            try:
                ready = eventually(
                    lambda: "ready:" in log.read_text() or process.poll() is not None, START_SECONDS
                )
                assert ready and process.poll() is None, log.read_text()
                yield self
            finally:
                process.send_signal(signal.SIGINT)
                assert process.wait(30) == 0, log.read_text()


def free_ports(count: int) -> list[int]:
    holders = [socket.socket() for _ in range(count)]
    for holder in holders:
        holder.bind(("127.0.0.1", 0))
    ports = [holder.getsockname()[1] for holder in holders]
    for holder in holders:
        holder.close()
    return ports


def _in_the_lab(provider: str) -> str:
    """Nothing that a probe sends leaves the lab: its first router is what answers always, and the
    second one is the provider's own."""
    facts = {"allow": [LAB], "resolvers": [], "controls": [FIRST_ROUTER], "prefixes": [OURS]}
    for key, value in facts.items():
        provider, count = re.subn(rf"(?m)^{key} = .*$", f"{key} = {json.dumps(value)}", provider)
        assert count == 1, key
    return provider


def new_stack(folder: Path) -> Stack:
    """A stack of its own: own ports, own state, and a site whose traces may enter the lab."""
    site = shutil.copytree(ROOT / "site", folder / "site")
    provider = site / "provider.toml"
    provider.write_text(_in_the_lab(provider.read_text()))
    port, smtp_port = free_ports(2)
    paths = [str(ROOT / "tests" / "guard"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {
        "NETDESK_PORT": str(port),
        "NETDESK_SMTP_PORT": str(smtp_port),
        "NETDESK_STATE": str(folder / "state"),
        "NETDESK_SITE": str(site),
        "NETDESK_PROBE_ALLOW": LAB,
        "NETDESK_PROBE_RESOLVER": "127.0.0.1",  # nobody serves there, and nobody else is asked
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        # Somebody else's account: none of it may reach the local stack.
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "not-ours",
        "AWS_SECRET_ACCESS_KEY": "not-ours",
    }
    return Stack(folder / "state", port, smtp_port, environment)
