"""Tracing: each measuring host is there, and a trace of it ends in a verdict."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good, skipped
from netdesk.doctor.trying import attempt
from netdesk.doctor.waiting import until
from netdesk.moments import say_length
from netdesk.provider import Probe
from netdesk.trace_store import Traces

AWAY = timedelta(minutes=2)  # it tells every ten seconds that it is there
SECONDS = 60.0
NOTHING_MEASURED = ("no-probe", "unfinished", "pending", "not-spoken")
Json = dict[str, Any]


def look(desk: Desk) -> Iterator[Finding]:
    for probe in desk.provider.tracing.probes:
        seen = attempt(desk, partial(_seen, probe=probe))
        yield seen
        if seen.state == "good":
            yield attempt(desk, partial(_traced, probe=probe))


def _seen(desk: Desk, probe: Probe) -> Finding:
    table = desk.deployed.output("TracesTable")
    traces = Traces(desk.client("dynamodb"), table, timedelta())
    now, at = desk.clock.now(), traces.last_seen(probe.name)
    name = f"The measuring host {probe.name}"
    if at and now - at < AWAY:
        return good(f"{name} ({probe.place}) is there.")
    if at is None:
        return bad(
            f"{name} ({probe.place}) has never been heard of: it measures nothing.",
            "Set it up as docs/probe.md says, or take it out of site/provider.toml.",
        )
    return bad(
        f"{name} ({probe.place}) was last heard of {say_length(now - at)} ago: it measures "
        "nothing.",
        _mend(desk, probe),
    )


def _mend(desk: Desk, probe: Probe) -> str:
    if desk.local:
        return f"Read probe-{probe.name}.log in the folder of the stack; Ctrl-C and `make run`."
    return (
        "On that host run `systemctl status netdesk-probe` and `journalctl -u netdesk-probe -n 20`:"
        " docs/probe.md says what they mean."
    )


def _traced(desk: Desk, probe: Probe) -> Finding:
    control = desk.provider.tracing.controls[0]
    if desk.look_only:
        return skipped(f"No trace was ordered of {probe.name} (--look-only).")
    job = desk.staff.post("staff", "traces", target=control, **{"from": probe.name})["id"]

    def over() -> Json:
        told = desk.staff.get("staff", "traces", job)
        return told if told["state"] in ("done", "failed") else {}

    told = until(desk, f"{probe.name} to trace {control}", over, SECONDS)
    verdict = told.get("verdict", {"code": "unfinished", "sentence": "it is not finished"})
    if verdict["code"] == "no-statement":
        return bad(
            f"{probe.name} is cut off: none of the controls in site/provider.toml answers it.",
            "See that its network lets ICMP and UDP out and ICMP in: docs/probe.md.",
        )
    if told.get("state") != "done" or verdict["code"] in NOTHING_MEASURED:
        return bad(
            f"A trace by {probe.name} to {control} has no result: {verdict['sentence']}",
            _mend(desk, probe),
        )
    return good(f"A trace by {probe.name} to {control} ends in a verdict ({verdict['code']}).")
