from collections.abc import Callable

import pytest

from status_publish.publish import Publisher
from tests.desk import MINUTE, Cloud, Door
from tests.test_notice import notice
from tests.test_publish import FRONT, page_of


def test_the_minute_publishes_what_is_not_published_and_then_rests(
    cloud: Cloud, publisher: Publisher, door: Callable[..., Door], caplog: pytest.LogCaptureFixture
) -> None:
    """The first minute of a release makes all pages, the second those of the only month."""
    clock = door("ClockFunction")
    caplog.set_level("INFO")
    made = notice(title="canary")
    publisher.notices.add(made)
    assert clock(MINUTE) == {"published": True}
    assert clock(MINUTE) == {"published": True}
    assert clock(MINUTE) == {"published": False}
    objects = cloud.objects("sitebucket")
    assert b"canary" in objects["status/index.html"]
    assert b"canary" in objects[page_of(made)]
    records = [vars(record) for record in caplog.records if record.message == "published"]
    told = [(record["revision"], record["pages"]) for record in records]
    assert told[0] == (1, len(FRONT) + 2)
    assert len(told) == 2
    assert "canary" not in str(records)
