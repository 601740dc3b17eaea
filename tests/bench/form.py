"""What the form weighs, how long it lets people wait, and whether it holds with 2,000 at once."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.storm import storm
from tests.bench.table import Row, show
from tests.bench.waits import waits
from tests.bench.wire import weight
from tests.chromium import CHROMIUM, chromium
from tests.e2e.stack import Stack, new_stack

PAGES = {"form page on the wire": "/problem/", "  the domain form's": "/problem/domain/"}
MUST = "14,000 B, 1 request"


def main() -> None:
    show(rows(), peer="what it is")


def rows() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, new_stack(Path(folder)).running() as stack:
        yield from pages(stack)
        yield from waits(stack)
    with tempfile.TemporaryDirectory() as folder, new_stack(Path(folder)).running() as stack:
        yield from storm(stack)


def pages(stack: Stack) -> Iterator[Row]:
    counts = requests(stack) if CHROMIUM else dict.fromkeys(PAGES, 0)
    for name, path in PAGES.items():
        count = f"{counts[name]} request" if CHROMIUM else "no Chromium counted requests"
        yield Row(name, MUST, f"{weight(stack, path):,} B, {count}", "gzip, with headers")


def requests(stack: Stack) -> dict[str, int]:
    """Until the page is silent, as a phone loads it that was never here."""
    counts = {}
    with chromium() as browser:
        for name, path in PAGES.items():
            page, asked = browser.new_context().new_page(), []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.goto(stack.front + path, wait_until="networkidle")
            counts[name] = len([url for url in asked if not url.startswith("data:")])
    return counts


if __name__ == "__main__":
    main()
