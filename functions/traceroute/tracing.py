"""What orders and reads of traces share: the stores, the queues, and the provider's facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netdesk.limits import Limits
from netdesk.pages import Pages
from netdesk.provider import Probe, Provider
from netdesk.trace_store import Traces
from traceroute.known import Published


@dataclass(frozen=True)
class Tracing:
    traces: Traces
    limits: Limits
    sqs: Any  # an SQS client
    queues: Mapping[str, str]  # the address of each probe's queue, by its name
    published: Published
    pages: Pages

    @property
    def provider(self) -> Provider:
        return self.pages.provider

    @property
    def probes(self) -> tuple[Probe, ...]:
        """Those that the provider names and the stack has a queue for."""
        return tuple(p for p in self.provider.tracing.probes if p.name in self.queues)

    def link(self, job_id: str) -> str:
        return f"{self.pages.public_url}/api/traces/{job_id}"
