"""Publishes one incident more from a process of its own, and prints what that took."""

import json
import resource
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from infra.local.aws import Account
from netdesk.pages import Pages
from netdesk.provider_file import read
from netdesk.staff import Asked
from status_publish import staff
from status_publish.bucket import Bucket
from status_publish.publish import Publisher
from status_publish.store import Notices
from tests.bench.notices import one_more

ROUNDS = 10
WHO = "arn:aws:iam::1:user/anna"


@dataclass
class Counted:
    """An S3 client whose own CPU time is not ours, and what is put through it."""

    client: Any
    cpu: float = 0.0
    objects: list[str] = field(default_factory=list)
    size: int = 0

    def head_object(self, **given: Any) -> Any:
        return self._timed(self.client.head_object, given)

    def put_object(self, **given: Any) -> Any:
        self.objects.append(given["Key"])
        self.size += len(given["Body"])
        return self._timed(self.client.put_object, given)

    def _timed(self, call: Any, given: Any) -> Any:
        before = time.process_time()
        try:
            return call(**given)
        finally:
            self.cpu += time.process_time() - before


def main(state: Path) -> None:
    account = Account(json.loads((state / "stack.json").read_text())["emulator"])
    dynamodb, s3 = account.client("dynamodb"), Counted(account.client("s3"))
    [table] = [t for t in dynamodb.list_tables()["TableNames"] if "NoticesTable" in t]
    [bucket] = [b["Name"] for b in s3.client.list_buckets()["Buckets"] if "site" in b["Name"]]
    pages = Pages(read(state.parent / "site" / "provider.toml"), "http://localhost:8000")
    publisher = Publisher(Notices(dynamodb, table), Bucket(s3, bucket), pages)  # type: ignore[arg-type]
    times = []
    for _ in range(ROUNDS):
        s3.cpu, s3.size = 0.0, 0
        s3.objects.clear()
        now = datetime.now(UTC)
        before = time.process_time()
        told = staff.open_notice(publisher, Asked(WHO, one_more(now), now, f"{now} opens"))
        times.append(time.process_time() - before - s3.cpu)
        objects, size = len(s3.objects), s3.size
        over = Asked(WHO, {"state": "resolved", "message": "Done."}, now, f"{now} ends")
        staff.change_notice(publisher, over, told["id"], "updates")
    cpu = median(times[1:])  # the first one compiles the templates
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"objects": objects, "bytes": size, "cpu_ms": cpu * 1000, "rss_mb": rss}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
