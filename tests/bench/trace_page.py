"""From a hop's answer to that hop on the page: the lab sees answers come, Chromium shows them."""

import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Page, Request

from tests.bench.table import Row
from tests.chromium import CHROMIUM, chromium
from tests.e2e.stack import Stack, new_stack
from tests.lab.lab import TARGET, address, chain

HOPS, DELAY = 8, 0.01  # of each cable, each way: 20 ms more to each hop
# Each at most six times a minute, or somebody else's trace is shown instead of one of our own.
TARGETS = (TARGET, address(8), address(7), address(6))
ROUNDS = 3
POLL = re.compile("/api/traces/([0-9a-f]{32})$")
_TIME_EXCEEDED, _OF_TARGET = 11, (0, 3)  # RFC 792: echo reply, destination unreachable
# When each address was first seen where hops are shown: in words, and beside its circle.
WATCH = r"""
window.hopsSeen = {};
new MutationObserver(() => {
  const now = Date.now();
  for (const one of document.querySelectorAll("#trace .hops td, #trace i.who"))
    for (const hop of (one.dataset.is || one.textContent).match(/\d+(\.\d+){3}/g) || [])
      window.hopsSeen[hop] ??= now;
}).observe(document, {childList: true, subtree: true, attributes: true, characterData: true});
"""
OVER = "#trace form[action='/api/tickets']"  # offered with the sentence


@dataclass
class Answers:
    """When the first answer of each hop was back on this machine, by its wall clock."""

    target: str = ""
    came: dict[str, float] = field(default_factory=dict)

    def bend(self, packet: bytes) -> tuple[float, bytes]:
        if packet[0] >> 4 == 4 and packet[9] == 1:
            sender, kind = ".".join(map(str, packet[12:16])), packet[(packet[0] & 15) * 4]
            if kind == _TIME_EXCEEDED or (kind in _OF_TARGET and sender == self.target):
                self.came.setdefault(sender, time.time() + DELAY)  # one cable is still before it
        return 0.0, packet


@dataclass(frozen=True)
class Trace:
    job: str
    polls: int
    waits: tuple[float, ...]  # milliseconds from answer to page, of each hop
    unseen: int  # hops that answered and never were on the page
    seconds: float  # from the click to the sentence


def rows() -> Iterator[Row]:
    if not CHROMIUM:
        yield Row("hop answered to hop on the page", "500 ms p95", "no Chromium here: left out")
        return
    answers = Answers()
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            new_stack(Path(folder)).running() as stack,
            chain(HOPS, root=True, delay=DELAY, bend=answers.bend),
        ):
            yield from _told(_traces(stack, answers))
    except RuntimeError as error:  # this machine is the host of somebody else's lab
        yield Row("hop answered to hop on the page", "500 ms p95", f"not measured: {error}")


def _traces(stack: Stack, answers: Answers) -> list[Trace]:
    with chromium() as browser:
        page = browser.new_context(bypass_csp=True).new_page()
        page.add_init_script(WATCH)
        _trace(page, stack, answers, address(5))  # warm
        return [_trace(page, stack, answers, to) for to in TARGETS * ROUNDS]


def _trace(page: Page, stack: Stack, answers: Answers, target: str) -> Trace:
    polls: list[str] = []

    def count(request: Request) -> None:
        polls.extend(POLL.findall(request.url) if request.method == "GET" else ())

    page.goto(f"{stack.front}/status/traceroute/")
    page.on("request", count)
    page.locator("#target").fill(target)
    answers.target = target
    answers.came.clear()
    before = time.monotonic()
    page.get_by_role("button", name="Trace it").click()
    page.wait_for_selector(OVER, timeout=30_000)
    seconds = time.monotonic() - before
    page.remove_listener("request", count)
    seen, came = page.evaluate("hopsSeen"), dict(answers.came)
    waits = tuple(seen[hop] - at * 1000 for hop, at in came.items() if hop in seen)
    return Trace(page.url.rpartition("/")[2], len(polls), waits, len(came) - len(waits), seconds)


def _told(traces: list[Trace]) -> Iterator[Row]:
    waits = [wait for trace in traces for wait in trace.waits]
    own, unseen = len({trace.job for trace in traces}), sum(trace.unseen for trace in traces)
    ours = f"p95 {quantiles(waits, n=20)[18]:.0f} ms, median {median(waits):.0f}"
    ours += f", worst {max(waits):.0f}"
    figure = f"hop answered to hop on the page, {len(waits)} hops"
    yield Row(figure, "500 ms p95", ours, f"{unseen} never shown; Globalping: steps of 500 ms")
    polls = sorted(trace.polls for trace in traces)
    ours = f"at most {polls[-1]}, median {median(polls):.0f}"
    yield Row(f"polls per healthy trace, {own} traces of their own", "8", ours)
    seconds = median(trace.seconds for trace in traces)
    yield Row("  from the click to the sentence", "", f"{seconds:.2f} s")
