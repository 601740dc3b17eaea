"""Builds what the door orders and reads traces with, from its settings."""

from functools import cache

from netdesk import aws
from netdesk.limits import Limits
from netdesk.pages import SITE, Pages
from netdesk.provider_file import read
from netdesk.trace_store import Traces
from traceroute.settings import TraceSettings
from traceroute.traces import Tracing


@cache
def tracing(settings: TraceSettings) -> Tracing:
    return Tracing(
        traces=Traces(aws.client("dynamodb"), settings.traces_table),
        limits=Limits(aws.client("dynamodb"), settings.traces_table),
        queue=aws.client("sqs"),
        queue_url=settings.probe_queue,
        probe=settings.probe_name,
        pages=Pages(read(SITE / "provider.toml"), settings.public_url),
    )
