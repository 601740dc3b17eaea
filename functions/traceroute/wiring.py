"""Builds what the door orders and reads traces with, from its settings."""

from datetime import timedelta
from functools import cache

from netdesk import aws
from netdesk.limits import Limits
from netdesk.pages import SITE, Pages
from netdesk.provider_file import read
from netdesk.trace_store import Traces
from traceroute.known import Published
from traceroute.settings import TraceSettings
from traceroute.tracing import Tracing


@cache
def tracing(settings: TraceSettings) -> Tracing:
    provider = read(SITE / "provider.toml")
    kept = timedelta(days=provider.retention.traces_days)
    return Tracing(
        traces=Traces(aws.client("dynamodb"), settings.traces_table, kept),
        limits=Limits(aws.client("dynamodb"), settings.traces_table),
        sqs=aws.client("sqs"),
        queues={"outside": settings.probe_queue, "inside": settings.inside_probe_queue},
        published=Published(aws.client("s3"), settings.site_bucket),
        pages=Pages(provider, settings.public_url),
    )
