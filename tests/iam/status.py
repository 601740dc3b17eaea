"""What staff tell on the status page, and what the clock does by itself."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from netdesk import settings
from netdesk.maintenance import planned
from status_publish import wiring
from status_publish.publish import Publisher
from status_publish.settings import NoticesSettings
from tests.desk import MINUTE, provider
from tests.iam.stage import Stage
from tests.test_maintenance import DRAFT
from tests.test_notice import DAY, HOUR
from tests.test_notices_door import CHANGES, OPEN, get, post
from tests.test_reminders import promised
from tests.test_traffic import ticket


def by_staff(stage: Stage) -> None:
    """Everything that the command does with notices, and each request again."""
    door = stage.open("NoticesFunction")
    begins = datetime.now(UTC) + HOUR
    window = {"from": begins.isoformat(), "to": (begins + HOUR).isoformat()}
    edit: tuple[str, dict[str, str]] = ("edit", {"title": "Another title."})
    for place, (verb, body) in enumerate((edit, *CHANGES)):
        given: dict[str, Any] = OPEN | (window if verb == "edit" else {})
        assert post(door, "notices", **given, dry_run=True).status == 201
        told = [post(door, "notices", f"{place}", **given).json["id"] for _ in range(2)]
        assert told[0] == told[1]
        path = f"notices/{told[0]}"
        for more in ({"dry_run": True}, {}, {}):
            assert post(door, f"{path}/{verb}", "x", **body, **more).status == 200
        if body.get("state") == "resolved":
            assert post(door, f"{path}/postmortem", message="A cable.").status == 200
        assert get(door, f"/{told[0]}").status == 200
    assert get(door).status == get(door, "/templates").status == 200
    for everything in (False, True):
        assert post(door, "site/publish", all=everything).status == 200


def by_the_clock(stage: Stage) -> None:
    """A maintenance is over, an update is late, tickets are late; then minutes with less to do."""
    now = datetime.now(UTC)
    notices = publisher(stage).notices
    notices.add(replace(promised(), next_at=now - HOUR))
    window = (now - 2 * HOUR, now - HOUR)
    notices.add(planned(DRAFT, window, provider(), "20261123-mnt", "anna", now - DAY))
    for place in range(4):
        stage.cloud.put("TicketsTable", **ticket(place, now - HOUR))
    clock = stage.open("ClockFunction")
    minutes = [clock(MINUTE)["published"] for _ in range(4)]
    assert minutes[0]
    assert len(stage.cloud.sent()) == 1


def publisher(stage: Stage) -> Publisher:
    given = stage.cloud.environment("ClockFunction")
    return wiring.publisher(settings.read(NoticesSettings, given))
