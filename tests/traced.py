"""Traces as measuring hosts see them, and the page that shows them; all of it is made up."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from netdesk.pages import SITE, Pages
from netdesk.provider_file import read
from netdesk.trace import Job
from traceroute.path_text import lines
from traceroute.paths import MARK_WORDS, Path, Stop, View
from traceroute.picture import draw
from traceroute.verdict import Verdict

JOB = "5f0c2a9e4b7d4d0c8d1e6a7b3c2f1e0d"
LINK = f"/api/traces/{JOB}"
TARGET = "www.example.org"
HOSTILE = """</title><script>pwned()</script>"><img src=x onerror=pwned()>' x=y ]]>--></svg>"""
HOST, ONE, TWO, THREE = (
    ("Example Hosting", 64500), ("Transit One", 64501), ("Lake Peering & Sons", 64502),
    ("Org Web Services", 64503),
)  # fmt: skip


def stop(ttl: int, address: str = "", rtt: float | None = None, network: Any = ("", None),
         **more: Any) -> Stop:  # fmt: skip
    operator, asn = network
    addresses = tuple(address.split())
    return Stop(ttl, addresses, rtt, operator=operator, asn=asn, **more)


HEALTHY = (
    stop(1, "192.0.2.1", 0.42, HOST, name="gw-1.rack7.example.net"),
    stop(2, "192.0.2.17", 0.81, HOST),
    stop(3, "192.0.2.130", 1.3, HOST, name="be-12.cr2.hillsboro.example.net"),
    stop(4, "198.51.100.5", 9.7, ONE, name="ae-1.r24.sttlwa01.us.bb.transit.example"),
    stop(5),
    stop(6, "198.51.100.61", 31.2, ONE),
    stop(7, "198.51.100.90 198.51.100.91", 48.9, ONE, note="answers traces slowly; normal"),
    stop(8, "203.0.113.9", 33.0, TWO),
    stop(9, "203.0.113.10", 36.4, TWO, name="xe-0-0-1.edge1.chi.lake.example"),
    stop(10, "203.0.113.200", 38.1, THREE),
    stop(11),
    stop(12, "203.0.113.80", 38.5, THREE),
)


def path(stops: Sequence[Stop], **more: Any) -> Path:
    return Path(4, "203.0.113.80", tuple(stops), **more)


def silent(first: int, last: int) -> tuple[Stop, ...]:
    return tuple(Stop(ttl) for ttl in range(first, last + 1))


REACHED = path(HEALTHY, reached=True)
BROKEN = path((*HEALTHY[:6], *silent(7, 30)), break_after=6)
TRANSIT = Verdict(
    13, "transit", "medium", "The path stops inside the network of Transit One.",
    "The way back may be another one, and be at fault.", "transit", operator="Transit One",
    where="198.51.100.61", version=4, after=6,
)  # fmt: skip
ANSWERS = Verdict(5, "answers", "certain", "The site answers us now (39 ms).", good=True)
PENDING = Verdict(0, "pending", "none", "The trace is not finished yet.")


def view(*paths: Path, state: str = "done", **more: Any) -> View:
    return View("outside", "Oregon", state, paths=paths, **more)


def page(
    said: Verdict, *views: View, running: bool = False, typed: str = "", target: str = TARGET,
    fill: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    told = [line for one in views for path in one.paths for line in lines(path)]
    filled = {"fill": "1", "url": f"https://{target}/", "message": "\n".join(told)}
    return Pages(read(SITE / "provider.toml"), "https://support.example.net").render(
        "trace.html", job=Job(JOB, target, ("outside",), datetime(2026, 11, 24, 18, tzinfo=UTC)),
        state="running" if running else "done", refresh=running, verdict=said, views=views,
        fill=fill or filled, typed=typed, draw=draw,
    )  # fmt: skip


# --- any path at all, also such as no network has ------------------------------------------------

TEXTS = st.text(max_size=60) | st.sampled_from(["", HOSTILE, "a.example", "\n", "\u6f22" * 60])
ADDRESSES = st.lists(st.sampled_from(["192.0.2.1", "2001:db8::1"]) | TEXTS, max_size=3).map(tuple)


@st.composite
def paths(draw: st.DrawFn) -> Path:
    ttls = sorted(draw(st.sets(st.integers(1, 30))))
    stops = [
        Stop(
            ttl,
            draw(st.just(()) | ADDRESSES),
            draw(st.none() | st.floats(0, allow_nan=False, allow_infinity=False)),
            draw(st.sampled_from(["", *MARK_WORDS])),
            draw(TEXTS),
            draw(st.sampled_from(["", "One", "Two", "Three"]) | TEXTS),
            draw(st.none() | st.integers(1, 2**32 - 1)),
            draw(TEXTS),
        )
        for ttl in ttls
    ]
    cut = draw(st.none() | st.integers(0, 31))
    return Path(draw(st.sampled_from([4, 6])), draw(TEXTS), tuple(stops), draw(st.booleans()), cut)
