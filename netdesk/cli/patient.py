"""The desk that `netdesk doctor` examines: on AWS, by its stack, or the one on this machine."""

import json
import os
import smtplib
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from netdesk.cli.desk_api import LOCAL_STATE, DeskApi, Failed, connect
from netdesk.doctor import deployed, records
from netdesk.doctor.deployed import Deployed
from netdesk.doctor.desk import Clock, Desk, Records
from netdesk.doctor.web import Browser
from netdesk.pages import SITE
from netdesk.provider import Provider
from netdesk.provider_file import read
from netdesk.refused import Refused
from netdesk.toml_table import Wrong

Clients = Callable[..., Any]  # of a service, and of another region than the desk's when it is named
STACK, STACK_LOG = "netdesk", "/netdesk/netdesk"
LOCAL_SECONDS = 20.0  # on one machine nothing is as slow as AWS may be
LOOK_UP = "cloudformation:DescribeStacks and ListStackResources"


def on_aws(stack: str, region: str | None, resolver: Records | None, look_only: bool) -> Desk:
    """The desk of a stack; Failed with a sentence when there is none to be seen."""
    from infra.deploying.on_aws import OnAws  # a checkout is needed: provider.toml is read, too

    try:
        aws = OnAws.of(region)
    except (Refused, BotoCoreError) as error:
        raise Failed(str(error)) from None
    told = _deployed(aws.client, stack)
    return _desk(
        provider=_provider(os.environ.get("NETDESK_SITE") or str(SITE)),
        front=_needed(told, "Front"), region=aws.region, deployed=told, client=aws.client,
        staff=DeskApi(_needed(told, "ApiUrl"), aws.region, aws.credentials),
        records=resolver or _own_resolver(), post=partial(_by_ses, aws.client),
        log_command=f"aws logs tail {told.log} --since 15m --region {aws.region}",
        look_only=look_only,
    )  # fmt: skip


def on_this_machine(resolver: Records | None, look_only: bool) -> Desk:
    """The desk of `make run`."""
    from infra.local.aws import Account

    staff = connect()
    told = json.loads((_state() / "stack.json").read_text(encoding="utf-8"))
    account = Account(told["emulator"])

    def client(service: Any, region: str = "") -> Any:
        return account.client(service)  # all regions are one there

    return _desk(
        provider=_provider(told.get("site") or str(SITE)), front=told["front"],
        region=told["region"], deployed=_deployed(client, STACK), client=client, staff=staff,
        records=resolver, post=partial(_by_smtp, told["smtp"]),
        log_command=f"AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws logs tail {STACK_LOG}"
        f" --since 15m --region {told['region']} --endpoint-url {told['emulator']}",
        look_only=look_only, local=True, seconds=LOCAL_SECONDS,
    )  # fmt: skip


def is_on_this_machine() -> bool:
    return (_state() / "stack.json").exists()


def resolver_at(typed: str) -> Records:
    """The one at ADDRESS or ADDRESS:PORT; of IPv6, [ADDRESS]:PORT."""
    host, _, port = (
        typed.rpartition(":") if typed.count(":") == 1 or "]:" in typed else (typed, "", "53")
    )
    address = host.strip("[]")
    try:
        ip_address(address)
        number = int(port)
    except ValueError:
        number = 0
    if not 0 < number < 65536:
        raise Failed(
            f"{typed} is no address of a resolver: write it like 9.9.9.9 or 127.0.0.1:5353."
        )
    return records.at(address, number)


def _desk(**given: Any) -> Desk:
    trusted = ssl.create_default_context()
    clock = Clock(lambda: datetime.now(UTC), time.sleep)
    return Desk(
        web=Browser(trusted), trusted=trusted, clock=clock,
        **given | {"front": given["front"].rstrip("/")},
    )  # fmt: skip


def _deployed(client: Clients, stack: str) -> Deployed:
    try:
        return deployed.read(client("cloudformation"), stack)
    except ClientError as error:
        code, said = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code == "ValidationError":
            raise Failed(
                f"There is no stack {stack} here: name it with --stack, and --region."
            ) from None
        raise Failed(f"The stack {stack} can't be looked at: {said} ({LOOK_UP})") from None
    except BotoCoreError as error:
        raise Failed(
            f"AWS can't be asked ({error}). Are you online? A desk on this machine must run; to"
            " examine another, name it with --stack."
        ) from None


def _needed(told: Deployed, output: str) -> str:
    try:
        return told.output(output)
    except LookupError as error:
        raise Failed(f"This is no stack to be examined: {error}.") from None


def _provider(site: str) -> Provider:
    try:
        return read(Path(site) / "provider.toml")
    except Wrong as error:
        raise Failed(str(error)) from None


def _own_resolver() -> Records:
    try:
        return records.system()
    except records.Unanswered as error:
        raise Failed(
            f"This machine knows no resolver ({error}): name one with --resolver."
        ) from None


def _state() -> Path:
    return Path(os.environ.get("NETDESK_STATE") or LOCAL_STATE)


def _by_ses(client: Clients, sender: str, to: str, mail: bytes) -> None:
    client("ses").send_raw_email(Source=sender, Destinations=[to], RawMessage={"Data": mail})


def _by_smtp(port: str, sender: str, to: str, mail: bytes) -> None:
    host, _, number = port.rpartition(":")
    with smtplib.SMTP(host, int(number), timeout=20) as line:
        line.sendmail(sender, [to], mail)
