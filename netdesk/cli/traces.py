"""netdesk trace: the path to a site, hop by hop as the answers come."""

import argparse
import time
from typing import Any

from netdesk.cli import show
from netdesk.cli.command import command
from netdesk.cli.desk_api import connect

POLL_SECONDS = 0.4
Json = dict[str, Any]


def add_to(commands: Any) -> None:
    tracing = command(commands, "trace", "trace the path to a site, live", trace)
    tracing.add_argument("host", metavar="HOST", help="a name, an address or a URL")


def trace(options: argparse.Namespace) -> int:
    api = connect()
    ordered = api.post("staff", "traces", target=options.host)
    hops: dict[int, Json] = {}
    while True:
        seen = max((hop["n"] for hop in hops.values()), default=0)
        result = api.get("staff", "traces", ordered["id"], after=str(seen))
        for hop in result["hops"]:
            hops[hop["n"]] = hop
            if not options.json:
                show.lines(_line(hop))
        if result["state"] in ("done", "failed"):
            break
        time.sleep(POLL_SECONDS)
    if options.json:
        latest = {hop["ttl"]: hop for hop in hops.values()}
        show.document(result | {"hops": [latest[ttl] for ttl in sorted(latest)]})
    else:
        show.lines("", result["verdict"]["sentence"])
    return 0


def _line(hop: Json) -> str:
    if not hop["addresses"]:
        return f"{hop['ttl']:>3}  *"
    rtt = "" if hop["rtt_ms"] is None else f"{hop['rtt_ms']:>9.1f} ms"
    return f"{hop['ttl']:>3}  {', '.join(hop['addresses']):<40} {rtt} {hop['mark']}".rstrip()
