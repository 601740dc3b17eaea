"""Talks to the desk's API, signed with the caller's AWS identity (SigV4)."""

import json
import os
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode
from uuid import uuid4

if TYPE_CHECKING:
    from botocore.credentials import Credentials

TIMEOUT_SECONDS = 30
LOCAL_STATE = Path(__file__).parents[2] / ".local"  # where `make run` keeps it, in this checkout
Json = dict[str, Any]


class Failed(RuntimeError):
    """What went wrong, in one sentence that says what to do."""


@dataclass(frozen=True)
class DeskApi:
    url: str
    region: str
    credentials: "Credentials"

    def get(self, *path: str, **query: str) -> Json:
        return self._call("GET", path, query, None)

    def post(self, *path: str, **fields: Any) -> Json:
        return self._call("POST", path, {}, fields)

    def _call(self, method: str, path: tuple[str, ...], query: Any, fields: Any) -> Json:
        address = "/".join([self.url.rstrip("/"), *(quote(part, safe="") for part in path)])
        address += f"?{urlencode(query)}" if query else ""
        body = None if fields is None else json.dumps(fields)
        headers = {"Accept": "application/json", "Idempotency-Key": uuid4().hex}
        if body is not None:
            headers["Content-Type"] = "application/json"
        signed = self._signed(method, address, headers, body)
        data = body.encode() if body else None
        return _answer(urllib.request.Request(address, data, signed, method=method))  # noqa: S310 - our desk

    def _signed(
        self, method: str, address: str, headers: dict[str, str], body: str | None
    ) -> dict[str, str]:
        from botocore.auth import SigV4Auth  # here, as in connect: --help needs none of AWS
        from botocore.awsrequest import AWSRequest

        request = AWSRequest(method, address, headers, body)
        SigV4Auth(self.credentials, "execute-api", self.region).add_auth(request)
        return dict(request.headers)


def connect() -> DeskApi:
    """The desk that NETDESK_API names, else the local one that `netdesk up` started."""
    if url := os.environ.get("NETDESK_API"):
        return _on_aws(url)
    from botocore.credentials import Credentials

    path = Path(os.environ.get("NETDESK_STATE") or LOCAL_STATE) / "stack.json"
    try:
        stack = json.loads(path.read_text(encoding="utf-8"))
        key = Credentials(stack["staff_key"], stack["staff_secret"])
        return DeskApi(stack["api"], stack["region"], key)
    except (OSError, ValueError, KeyError, TypeError):
        raise Failed(
            "No desk to talk to: start one with `make run`, or set NETDESK_API to yours. If it was"
            " started with NETDESK_STATE, that must be set here, too."
        ) from None


def _on_aws(url: str) -> DeskApi:
    import boto3
    from botocore.exceptions import BotoCoreError

    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", url):
        raise Failed(f"NETDESK_API is {url}: set it to your API, such as https://api.example.net.")
    try:
        session = boto3.Session()
        found = session.get_credentials()
    except BotoCoreError:
        found = None  # no such profile, or one that can't be used
    if found is None:
        raise Failed("AWS does not know you: set AWS_PROFILE, or sign in with `aws sso login`.")
    region = url.split(".")[2] if ".execute-api." in url else session.region_name
    return DeskApi(url, region or "us-east-1", found)


def _answer(request: urllib.request.Request) -> Json:
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return _json(answer.read())
    except urllib.error.HTTPError as error:
        raise Failed(_sentence(error)) from None
    except (OSError, HTTPException) as error:
        raise Failed(f"The desk does not answer ({error}): is it running?") from None


def _sentence(error: urllib.error.HTTPError) -> str:
    content = _json(error.read())
    if error.code == 403:
        return "The desk refused you: ask for the staff policy, or check your AWS profile."
    said = " ".join(content.get("errors", {}).values())
    return said or f"The desk failed ({error.code}): try again."


def _json(content: bytes) -> Json:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
