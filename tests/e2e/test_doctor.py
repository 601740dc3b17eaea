"""netdesk doctor on the local stack: green, and with faults that are planted through the emulator.

Each fault is mended again: others use the same stack.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.e2e.stack import FIRST_ROUTER, NETDESK, Stack, eventually
from tests.lab.lab import chain, unavailable
from tests.name_server import NameServer

needs_lab = pytest.mark.skipif(bool(unavailable()), reason=f"no network lab: {unavailable()}")
OURS = "198.18.2.53"  # of the prefix that the stack's provider.toml names
SUMMARY = "api/v2/summary.json"
INBOUND = "inbound-smtp.us-west-2.amazonaws.com"
NAMES = {
    "support.jet.net": {"NS": ["ns.elsewhere.example."], "MX": [f"10 {INBOUND}."]},
    "jet.net": {"NS": ["ns.elsewhere.example."]},
    "ns.elsewhere.example": {"A": ["203.0.113.1"]},
    "_dmarc.support.jet.net": {"TXT": ['"v=DMARC1; p=quarantine"']},
    INBOUND: {"A": ["203.0.113.25"]},
}


@dataclass(frozen=True)
class Ward:
    stack: Stack
    resolver: NameServer
    session: boto3.Session
    url: str
    resources: dict[str, str]

    def client(self, service: Any) -> Any:
        return self.session.client(service, endpoint_url=self.url)

    def doctor(self, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
        """Its exit code, and what it found."""
        resolver = f"127.0.0.1:{self.resolver.port}"
        done = subprocess.run(
            [NETDESK, "doctor", "--json", "--resolver", resolver, *arguments],
            env=self.stack.environment, capture_output=True, text=True, timeout=100,
        )  # fmt: skip
        assert done.stderr == ""
        return done.returncode, json.loads(done.stdout)["findings"]

    def only_fault(self, *arguments: str) -> tuple[str, str]:
        """What the one finding says that is bad, and what is to be done, with what to copy."""
        code, found = self.doctor(*arguments)
        [bad] = [one for one in found if one["state"] == "bad"]
        assert code == 1
        return bad["said"], " ".join([bad["advice"], *bad["copied"]])

    def learn(self, **changed: Any) -> None:
        """What DNS says from now on; a dot in a name is written as __."""
        self.resolver.table |= {name.replace("__", "."): one for name, one in changed.items()}


@pytest.fixture
def ward(stack: Stack) -> Iterator[Ward]:
    told = json.loads((stack.state / "stack.json").read_text())
    session = boto3.Session("test", "test", region_name=told["region"])
    cloudformation = session.client("cloudformation", endpoint_url=told["emulator"])
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName="netdesk")
    listed = [one for page in pages for one in page["StackResourceSummaries"]]
    names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed}
    with NameServer({**NAMES}) as resolver:
        yield Ward(stack, resolver, session, told["emulator"], names)


def own_tickets(stack: Stack) -> list[str]:
    """Those of the doctor that are in the queue."""
    tickets = stack.netdesk_json("ticket", "list")
    return [one["number"] for one in tickets if one["subject"].startswith("Test by netdesk doctor")]


@needs_lab
def test_a_desk_on_which_all_is_well_is_green(ward: Ward) -> None:
    with chain(4, root=True):
        code, found = ward.doctor()
    assert [one for one in found if one["state"] in ("bad", "waits")] == []
    assert code == 0
    said = " ".join(one["said"] for one in found if one["state"] == "good")
    for words in (
        "jet.net is served by one name server outside your network.",
        "The form gives a number and a link at once",
        "An answer by staff goes out by mail.",
        "becomes a ticket",
        "What is published is seen by customers",
        f"A trace by outside to {FIRST_ROUTER} ends in a verdict",
    ):
        assert words in said
    assert own_tickets(ward.stack) == []
    sent = ward.stack.outbox("success@simulator.amazonses.com")
    assert "This is a test by `netdesk doctor`" in sent[-1]["text"]


def test_it_reads_well_and_to_look_only_opens_no_ticket(ward: Ward) -> None:
    said = ward.stack.netdesk("doctor", "--look-only", "page", "form", "mail")
    assert "\nStatus page\n  ok     " in said
    assert said.count("  --     Not tried (--look-only).") == 2
    assert said.endswith("\nEverything works; 4 were not looked at.\n")
    assert own_tickets(ward.stack) == []


def test_a_name_server_in_our_own_prefix(ward: Ward) -> None:
    ward.learn(ns__elsewhere__example={"A": [OURS]}, jet__net={"NS": ["ns.third.example."]})
    said, advice = ward.only_fault("network")
    assert f"support.jet.net is served by ns.elsewhere.example ({OURS} is in your own" in said
    assert "Route 53" in advice


def test_a_mail_server_in_our_own_prefix(ward: Ward) -> None:
    mail = NAMES["support.jet.net"] | {"MX": ["10 mx.third.example."]}
    ward.learn(support__jet__net=mail, mx__third__example={"A": [OURS]})
    said, advice = ward.only_fault("network")
    assert said.startswith(f"Mail to support.jet.net goes to mx.third.example ({OURS} is in")
    assert "MX record" in advice


def test_no_dmarc(ward: Ward) -> None:
    ward.learn(_dmarc__support__jet__net={})
    said, _ = ward.only_fault("records")
    assert said.startswith("support.jet.net has no DMARC record")


def test_alarms_to_our_own_domain(ward: Ward) -> None:
    sns, topic = ward.client("sns"), ward.resources["AlarmTopic"]
    told = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="noc@jet.net")
    try:
        said, advice = ward.only_fault("network", "alarms")
    finally:
        sns.unsubscribe(SubscriptionArn=told["SubscriptionArn"])
    assert said.startswith("Alarms go to noc@jet.net, and it is in your own domain jet.net.")
    assert "--alarm-mail" in advice


def test_an_alarm_that_is_on(ward: Ward) -> None:
    cloudwatch, name = ward.client("cloudwatch"), ward.resources["InboundMailAgeAlarm"]
    state = {"AlarmName": name, "StateReason": "planted"}
    cloudwatch.set_alarm_state(**state, StateValue="ALARM")
    try:
        said, advice = ward.only_fault("alarms")
    finally:
        cloudwatch.set_alarm_state(**state, StateValue="OK")
    assert name in said and "docs/operating.md" in advice


def test_a_form_that_fails(ward: Ward) -> None:
    functions, name = ward.client("lambda"), ward.resources["WebFunction"]
    handler = functions.get_function_configuration(FunctionName=name)["Handler"]
    functions.update_function_configuration(FunctionName=name, Handler="ticket_intake.gone.no")
    try:
        said, advice = ward.only_fault("form")
    finally:
        functions.update_function_configuration(FunctionName=name, Handler=handler)
    assert said == "The form fails (502): customers can't report a problem."
    assert "logs tail /netdesk/netdesk" in advice


def test_a_clock_that_is_off(ward: Ward) -> None:
    """Though the page is young, because somebody publishes by hand."""
    scheduler, name = ward.client("scheduler"), ward.resources["ClockFunctionMinute"]
    told = scheduler.get_schedule(Name=name)
    same = {key: told[key] for key in ("ScheduleExpression", "FlexibleTimeWindow", "Target")}
    scheduler.update_schedule(Name=name, State="DISABLED", **same)
    try:
        said, advice = ward.only_fault("page", "clocks")
    finally:
        scheduler.update_schedule(Name=name, State="ENABLED", **same)
    assert said.startswith("The clock ClockFunctionMinute is disabled")
    assert name in advice


def test_a_page_that_is_old(ward: Ward) -> None:
    """As the clock leaves it when it stands still; publishing helps, as the advice says."""
    s3, where = ward.client("s3"), {"Bucket": ward.resources["SiteBucket"], "Key": SUMMARY}
    kept = s3.get_object(**where)
    page = json.loads(kept["Body"].read())
    page["page"]["updated_at"] = (datetime.now(UTC) - timedelta(minutes=37)).isoformat()
    headers = {name: kept[name] for name in ("ContentType", "CacheControl", "Metadata")}
    s3.put_object(**where, **headers, Body=json.dumps(page).encode())
    said, advice = ward.only_fault("page")
    assert said.startswith("The page was built 37 min ago: the clock stands still")
    assert "ClockFunction" in advice and "netdesk site publish" in advice
    ward.stack.netdesk("site", "publish")
    assert ward.doctor("page")[0] == 0


def test_a_measuring_host_that_is_away(ward: Ward) -> None:
    [probe] = _agents(ward.stack.state)
    os.kill(probe, signal.SIGSTOP)
    try:
        _last_seen(ward, datetime.now(UTC) - timedelta(minutes=14))
        said, advice = ward.only_fault("trace")
    finally:
        os.kill(probe, signal.SIGCONT)
        _last_seen(ward, datetime.now(UTC))
    assert "was last heard of 14 min ago: it measures nothing." in said
    assert "probe-outside.log" in advice


def test_mail_that_is_not_taken_in(ward: Ward) -> None:
    functions, mapping = ward.client("lambda"), ward.resources["MailFunctionInbound"]
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        time.sleep(1.5)  # a question to the queue that is under way would still bring a mail
        said, advice = ward.only_fault("mail")
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    assert said.startswith("A mail came in, but does not become a ticket: it lies in the mail")
    assert "MailFunction" in advice and "InboundMailQueue" in advice
    [late] = eventually(lambda: own_tickets(ward.stack))
    for verb in ("resolve", "erase"):
        ward.stack.netdesk("ticket", verb, late)


def _last_seen(ward: Ward, at: datetime) -> None:
    row = {"pk": {"S": "probe#outside#alive"}, "sk": {"S": "alive"}, "at": {"S": at.isoformat()}}
    ward.client("dynamodb").put_item(TableName=ward.resources["TracesTable"], Item=row)


def _agents(state: Path) -> list[int]:
    """The probe of this stack, by the file that it writes its log into."""
    log = (state / "probe-outside.log").resolve()
    return [
        int(link.parent.parent.name)
        for link in Path("/proc").glob("[0-9]*/fd/1")
        if os.access(link, os.R_OK) and link.resolve() == log
    ]
