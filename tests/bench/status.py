"""What the status page weighs, and what publishing one more incident costs, as a table."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netdesk.dynamo import pack
from netdesk.notice import Notice
from netdesk.pages import SITE, Pages
from netdesk.provider import Component, Group, Provider
from netdesk.provider_file import read
from status_publish.heading import month_of
from status_publish.render import whole_site
from status_publish.rows import notice_item
from tests.bench.notices import KEYS, history, open_now
from tests.bench.table import Row, show
from tests.bench.wire import weight
from tests.e2e.stack import Stack, new_stack

SIZES = (100, 1_000, 10_000)
CSTATE = "cState (Hugo): 7.2 s and 69 files at 1,000; 10,000 not done in 1,500 s"


def main() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory() as folder:
        rows = [*published(Path(folder), now), *rebuilt(Path(folder), now)]
    show(rows)


def published(folder: Path, now: datetime) -> list[Row]:
    """The front page and one incident more, over the local stack."""
    rows, wire = [], []
    with twelve(new_stack(folder)).running() as stack:
        kept: set[str] = set()
        for size in SIZES:
            notices = [n for n in [*history(size, now), *open_now(now)] if n.id not in kept]
            kept |= {notice.id for notice in notices}
            seed(stack, notices, now)
            stack.netdesk("site", "publish")
            wire.append(weight(stack, "/status/"))
            rows.append(one_more(stack, size))
    front = "front page on the wire, 12 services, 3 incidents x 6 updates"
    peers = ("cState 22 KB, 7 requests", "cState 52 KB, 7 requests", "")
    weights = [
        Row(f"{front}, N={size:,}", "14,000 B", f"{weight:,} B, 1 request", peer)
        for size, weight, peer in zip(SIZES, wire, peers, strict=True)
    ]
    change = (wire[-1] / wire[0] - 1) * 100
    return [*weights, Row("  10,000 against 100", "5 %", f"{change:+.1f} %"), *rows]


def one_more(stack: Stack, size: int) -> Row:
    """Measured in a process of its own: its memory is what a function would take."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    command = [sys.executable, "-m", "tests.bench.one_more", str(stack.state)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    ours = f"{told['objects']} objects, {told['bytes'] / 1000:.0f} KB, "
    ours += f"{told['cpu_ms']:.0f} ms CPU, {told['rss_mb']:.0f} MB"
    must = "19, 500 KB, 100 ms, 128 MB"
    return Row(f"publish one incident more, N={size:,}", must, ours, CSTATE if size > 100 else "")


def rebuilt(folder: Path, now: datetime) -> list[Row]:
    rows, seconds = [], {}
    for size in SIZES[1:]:
        notices = [*history(size, now), *open_now(now)]
        before = time.process_time()
        first = rebuild(folder / "first", notices, now)
        seconds[size] = time.process_time() - before
        again = rebuild(folder / "again", notices, now)
        same = "equal bytes again" if first == again else "OTHER BYTES"
        rows.append(
            Row(f"full rebuild to disk, N={size:,}", "10 s", f"{seconds[size]:.1f} s CPU, {same}",
                "cState 7.2 s" if size == 1_000 else "cState not done in 1,500 s")
        )  # fmt: skip
    ratio = seconds[10_000] / seconds[1_000]
    return [*rows, Row("  10,000 against 1,000", "linear: 10", f"{ratio:.1f} times")]


def rebuild(target: Path, notices: Iterable[Notice], now: datetime) -> str:
    digest = hashlib.sha256()
    for page in whole_site(Pages(provider(), "http://localhost:8000"), notices, now):
        path = target / page.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.body, encoding="utf-8")
        digest.update(page.key.encode() + page.body.encode())
    return digest.hexdigest()


def provider() -> Provider:
    services = [Component(key, f"Service {key[-2:]}", "What it is.", "What to do.") for key in KEYS]
    groups = [Group(f"Group {at}", tuple(services[at * 4 : at * 4 + 4])) for at in range(3)]
    return replace(read(SITE / "provider.toml"), groups=tuple(groups))


def twelve(stack: Stack) -> Stack:
    """The same stack with a provider of twelve services."""
    path = Path(stack.environment["NETDESK_SITE"]) / "provider.toml"
    text = path.read_text()
    begins, ends = text.index("[[group]]"), text.index("# What customers enter")
    groups = "".join(
        ("[[group]]\n" + f'name = "Group {place // 4}"\n' if place % 4 == 0 else "")
        + f'[[group.component]]\nkey = "{key}"\nname = "Service {key[-2:]} for everybody"\n'
        f'about = "What service {key[-2:]} is about."\nmeanwhile = "What to do until then."\n'
        for place, key in enumerate(KEYS)
    )
    path.write_text(text[:begins] + groups + text[ends:])
    return stack


def seed(stack: Stack, notices: Iterable[Notice], now: datetime) -> None:
    """Straight into the table: as if they had been published in their time."""
    client, table = dynamodb(stack)
    kept = list(notices)
    for start in range(0, len(kept), 25):
        puts = [
            {"PutRequest": {"Item": pack(notice_item(notice))}}
            for notice in kept[start : start + 25]
        ]
        client.batch_write_item(RequestItems={table: puts})
    months = {month_of(notice.id) for notice in kept}
    opened = {notice.id for notice in open_now(now)}
    client.update_item(
        TableName=table,
        Key=pack({"pk": "site", "sk": "site"}),
        UpdateExpression="ADD revision :one, months :months, active :opened, touched :opened",
        ExpressionAttributeValues=pack({":one": 1, ":months": months, ":opened": opened}),
    )


def dynamodb(stack: Stack) -> tuple[Any, str]:
    from infra.local.aws import Account

    client = Account(json.loads((stack.state / "stack.json").read_text())["emulator"]).client(
        "dynamodb"
    )
    return client, next(t for t in client.list_tables()["TableNames"] if "NoticesTable" in t)


if __name__ == "__main__":
    main()
