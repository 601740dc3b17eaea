from collections.abc import Callable

import pytest

from status_publish.publish import Publisher
from tests.desk import MINUTE, Cloud, Door
from tests.test_notice import notice
from tests.test_publish import FRONT


def test_the_minute_publishes_what_is_not_published_and_then_rests(
    cloud: Cloud, publisher: Publisher, door: Callable[..., Door], caplog: pytest.LogCaptureFixture
) -> None:
    clock = door("ClockFunction")
    caplog.set_level("INFO")
    publisher.notices.add(notice(title="canary"))
    assert clock(MINUTE) == {"published": True}
    assert clock(MINUTE) == {"published": False}
    assert b"canary" in cloud.objects("sitebucket")["status/index.html"]
    [record] = [vars(record) for record in caplog.records if record.message == "published"]
    assert (record["revision"], record["pages"]) == (1, len(FRONT) + 1)
    assert "canary" not in str(record)
