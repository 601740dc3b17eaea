"""Publishing: what staff write is seen by customers soon. No notice is opened for it."""

from collections.abc import Iterator

from netdesk.doctor.checks.page import built_at
from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good
from netdesk.doctor.waiting import until

SECONDS = 60.0
NEXT_SECOND = 1.5  # pages tell their age in seconds: a second one in the same is no other


def look(desk: Desk) -> Iterator[Finding]:
    before = built_at(desk)
    if not _published(desk):
        desk.clock.sleep(NEXT_SECOND)
        _published(desk)
    began = desk.clock.now()
    if until(desk, "the new page to be seen", lambda: built_at(desk) > before, SECONDS):
        took = (desk.clock.now() - began).total_seconds()
        yield good(f"What is published is seen by customers {max(took, 1):.0f} s later.")
    else:
        yield bad(
            f"The page was published, but customers still see the one of {before:%H:%M} UTC.",
            "See that the distribution's origin is the bucket "
            f"{desk.deployed.output('SiteBucket')}, and that its cache obeys Cache-Control.",
        )


def _published(desk: Desk) -> bool:
    return bool(desk.staff.post("staff", "site", "publish", all=False)["written"])
