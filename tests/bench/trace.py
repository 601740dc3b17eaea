"""How fast, sparing and right our traces are, beside Debian's traceroute, mtr and scamper."""

from collections.abc import Iterator

from tests.bench import (
    trace_branches,
    trace_crowd,
    trace_packets,
    trace_page,
    trace_times,
    trace_worlds,
)
from tests.bench import trace_peers as peers
from tests.bench.table import Row, show
from tests.guard import network
from tests.lab import lab, relay

PARTS = (
    trace_times.rows,
    trace_packets.rows,
    trace_branches.rows,
    trace_crowd.rows,
    trace_worlds.rows,
    trace_page.rows,
)


def main() -> None:
    network.install()
    if why := lab.unavailable() or relay.unavailable():
        print(why)
    else:
        show(rows(), peer="peers in the same run")


def rows() -> Iterator[Row]:
    yield from peers.missing()
    for part in PARTS:
        yield from part()


if __name__ == "__main__":
    main()
