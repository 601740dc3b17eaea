"""netdesk trace: the path to a site, hop by hop as the answers come."""

import argparse
import time
from collections.abc import Iterator
from typing import Any

from netdesk.cli import show
from netdesk.cli.command import command
from netdesk.cli.desk_api import DeskApi, connect
from netdesk.cli.trace_view import Trace

POLL_SECONDS = 0.4
Json = dict[str, Any]


def add_to(commands: Any) -> None:
    tracing = command(commands, "trace", "trace the path to a site, live", trace)
    tracing.add_argument("host", metavar="HOST", help="a name, an address or a URL")
    method = tracing.add_mutually_exclusive_group()
    for name, words in (
        ("icmp", "with echo requests"),
        ("udp", "with datagrams"),
        ("tcp", "with connections to port 443, which firewalls let pass"),
    ):
        method.add_argument(
            f"--{name}", dest="method", action="store_const", const=name, help=words
        )
    version = tracing.add_mutually_exclusive_group()
    for number in (4, 6):
        version.add_argument(
            f"-{number}", dest="version", action="store_const", const=number,
            help=f"over IPv{number} alone",
        )  # fmt: skip
    tracing.add_argument(
        "--flows",
        type=int,
        default=1,
        metavar="N",
        help="show the branches of load balancing: 1 to 8",
    )
    tracing.add_argument("--from", dest="probe", metavar="PROBE", help="one measuring host alone")


def trace(options: argparse.Namespace) -> int:
    api = connect()
    wish = {"method": options.method, "version": options.version, "from": options.probe}
    given = {name: value for name, value in wish.items() if value is not None}
    ordered = api.post("staff", "traces", target=options.host, flows=options.flows, **given)
    seen = Trace()
    for document in _documents(api, ordered["id"]):
        news = seen.learn(document)
        if not options.json:
            show.lines(*news)
    if options.json:
        show.document(seen.whole)
    else:
        show.lines(*seen.summary)
    return 0


def _documents(api: DeskApi, job: str) -> Iterator[Json]:
    """What is new at each look, until the trace is over."""
    after = ""
    while True:
        document = api.get("staff", "traces", job, after=after)
        yield document
        if document["state"] in ("done", "failed"):
            return
        after = document["next"]
        time.sleep(POLL_SECONDS)
