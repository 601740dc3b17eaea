"""A trace from its order to its verdict, at the door and on the measuring host."""

import asyncio
import json
from typing import Any

from infra.costs.counted import PROBE, Work
from netdesk.facts import Control, Fact, Hop, Lookup, Network, Service, Way
from netdesk.probe import agent as agents
from netdesk.probe.agent import Agent
from netdesk.probe.host import from_environment
from tests.costs.metering import Meter
from tests.costs.rooms import Room, Steps, Stopped
from tests.desk import MINUTE, REGION, form

NAME = "outside"
HOPS = 14
END = "192.0.2.99"
FACTS: list[tuple[type[Fact], dict[str, Any]]] = [
    (Lookup, {"resolver": "own", "outcome": "found", "addresses": (END,)}),
    (Lookup, {"resolver": "9.9.9.9", "outcome": "found", "addresses": (END,)}),
    (Lookup, {"resolver": "1.1.1.1", "outcome": "found", "addresses": (END,)}),
    (Way, {"version": 4, "address": END}),
    *((Hop, {"ttl": ttl, "addresses": (f"192.0.2.{ttl}",), "rtt_ms": 10.25 + ttl})
      for ttl in range(1, HOPS + 1)),
    *((Network, {"address": f"192.0.2.{ttl}", "asn": 64500 + ttl, "operator": "Example Transit",
                 "name": f"ae{ttl}.cr1.example.net"}) for ttl in range(1, HOPS + 1)),
    (Way, {"version": 4, "address": END, "progress": "reached"}),
    (Service, {"version": 4, "port": 443, "connect": "open", "rtt_ms": 24.5, "tls": "ok",
               "status": 200}),
    (Service, {"version": 4, "port": 80, "connect": "open", "rtt_ms": 24.5, "status": 301}),
    (Control, {"address": "193.0.14.129", "reached": True}),
]  # fmt: skip
AT_ONCE = 2  # facts that come at about the same time and are kept as one row


def traces(room: Room) -> Steps:
    for name in ("POLL_SECONDS", "HEARTBEAT_SECONDS"):
        room.monkeypatch.setattr(agents, name, 0)
    room.monkeypatch.setattr(agents, "datetime", Stopped)
    agent = _agent(room)
    yield "heartbeat of the probe", _metered(Meter(), agents._beat(agent))
    yield "minute of the traces", room.run("TraceFunction", MINUTE)[0]
    ordered = form({"target": "www.example.com"})
    work, _ = room.asked("TraceFunction", "POST", "/api/traces", wants="html", body=ordered)
    yield "trace ordered", work
    [message] = asyncio.run(agents._received(agent, 1))
    meter, job = Meter(), json.loads(message["Body"])["id"]
    room.monkeypatch.setattr(agents, "diagnose", lambda *given: _diagnosis(meter, given[2]))
    yield "trace made", _metered(meter, agents._finish(agent, message))
    work, _ = room.asked("TraceFunction", "GET", f"/api/traces/{job}", wants="html")
    yield "trace looked at", work
    yield "question to the queue", _metered(Meter(), agents._received(agent, 1))


def _agent(room: Room) -> Agent:
    environ = {
        "AWS_DEFAULT_REGION": REGION,
        "PROBE_NAME": NAME,
        "PROBE_QUEUE": room.cloud.name("ProbeQueue"),
        "TRACES_TABLE": room.cloud.name("TracesTable"),
    }
    return agents.build(environ, from_environment({}))


async def _diagnosis(meter: Meter, record: Any) -> None:
    """Facts come some at a time, each when those before it are kept."""
    for rows, place in enumerate(range(0, len(FACTS), AT_ONCE), 1):
        for kind, given in FACTS[place : place + AT_ONCE]:
            record.add(kind, **given)
        while meter.calls["dynamodb:PutItem"] < rows:
            await asyncio.sleep(0.001)


def _metered(meter: Meter, doing: Any) -> Work:
    with meter.on():
        asyncio.run(doing)
    return meter.work(PROBE)
