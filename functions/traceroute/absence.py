"""Watches the measuring hosts: how long each has not been heard of."""

from datetime import datetime, timedelta

from netdesk.metrics import tell
from traceroute.tracing import Tracing

NEVER = timedelta(days=1)  # whom the provider's file names, and who was never there


def watch(tracing: Tracing, now: datetime) -> None:
    for probe in tracing.probes:
        seen = tracing.traces.last_seen(probe.name)
        tell("ProbeAge", now - seen if seen else NEVER, Probe=probe.name)
