"""How fast, sparing and right our traces are, beside Debian's traceroute, mtr and scamper."""

from collections.abc import Iterator

from tests.bench import trace_peers, trace_times
from tests.bench.table import Row, show
from tests.lab import lab, relay

PARTS = (trace_times.rows,)


def main() -> None:
    if why := lab.unavailable() or relay.unavailable():
        print(why)
    else:
        show(rows(), peer="peers in the same run")


def rows() -> Iterator[Row]:
    yield from trace_peers.missing()
    for part in PARTS:
        yield from part()


if __name__ == "__main__":
    main()
