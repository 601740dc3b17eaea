from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from netdesk.dynamo import unpack
from netdesk.notice import updated
from netdesk.refused import Refused
from netdesk.staff import Asked
from status_publish import staff
from status_publish.clock import Clock, tick
from status_publish.publish import Publisher
from status_publish.rows import notice_item
from status_publish.store import Notices
from tests.desk import ARN, NOW, PUBLIC_URL, REGION, Answer, Cloud, Door, Meanwhile, ask
from tests.test_notice import KEYS, notice

OPEN: dict[str, Any] = {
    "title": "No dial tone",
    "impact": "major",
    "components": [KEYS[0]],
    "message": "We are looking.",
}


@pytest.fixture
def door_of(door: Callable[..., Door]) -> Door:
    return door("NoticesFunction")


def post(door_of: Door, path: str, key: str = "", **body: Any) -> Answer:
    headers = {"idempotency-key": key} if key else {}
    return ask(door_of, "POST", f"/staff/{path}", body=body, arn=ARN, headers=headers)


def get(door_of: Door, path: str = "") -> Answer:
    return ask(door_of, "GET", f"/staff/notices{path}", arn=ARN)


@pytest.fixture
def notice_id(door_of: Door) -> str:
    return str(post(door_of, "notices", **OPEN).json["id"])


def page(cloud: Cloud, key: str) -> str:
    return cloud.objects("sitebucket", key)[key].decode()


def test_a_notice_is_on_the_status_page_when_the_answer_comes(cloud: Cloud, door_of: Door) -> None:
    made = post(door_of, "notices", **OPEN, at="Other Net", who="forged")
    assert made.status == 201
    told = made.json
    assert told.keys() == {
        "id", "title", "kind", "state", "impact", "components", "at", "meanwhile", "opened_at",
        "since", "resolved_at", "next_update", "scheduled_for", "scheduled_until", "version", "url",
        "updates", "published",
    }  # fmt: skip
    assert told["url"] == f"{PUBLIC_URL}/status/notices/{told['id']}/"
    assert (told["state"], told["kind"], told["at"]) == ("investigating", "incident", "Other Net")
    assert (told["components"], told["resolved_at"]) == ([KEYS[0]], None)
    [first] = told["updates"]
    assert (first["who"], first["message"]) == ("anna", "We are looking.")
    assert told.pop("published") is True
    assert get(door_of, f"/{told['id']}").json == told
    assert "No dial tone" in page(cloud, "status/index.html")
    assert "We are looking." in page(cloud, f"status/notices/{told['id']}/index.html")


def test_a_notice_goes_on_until_it_is_resolved(cloud: Cloud, door_of: Door, notice_id: str) -> None:
    for state in ("identified", "monitoring", "resolved"):
        path = f"notices/{notice_id.upper()}/updates"
        done = post(door_of, path, state=state, message=f"It is {state}.")
        assert (done.status, done.json["state"]) == (200, state)
        assert f"It is {state}." in page(cloud, f"status/notices/{notice_id}/index.html")
    assert done.json["resolved_at"]
    assert len(done.json["updates"]) == 4
    front = page(cloud, "status/index.html")
    assert "We know of no problem in our service" in front
    assert "No dial tone" in front


def test_open_notices_are_listed_first_then_the_newest(door_of: Door) -> None:
    ids = [post(door_of, "notices", **OPEN | {"title": str(n)}).json["id"] for n in range(3)]
    post(door_of, f"notices/{ids[0]}/updates", state="resolved", message="Done.")
    listed = [(told["id"], told["state"]) for told in get(door_of).json["notices"]]
    assert sorted(listed[:2]) == sorted((one, "investigating") for one in ids[1:])
    assert listed[2:] == [(ids[0], "resolved")]


REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("notices", {}, "The title is empty"),
    ("notices", OPEN | {"impact": "huge"}, "Impact huge is unknown: use none, minor, major or"),
    ("notices", OPEN | {"impact": None}, "Impact  is unknown"),
    ("notices", OPEN | {"components": []}, "Name at least one component"),
    ("notices", OPEN | {"components": "dialup"}, "Name at least one component"),
    ("notices", OPEN | {"components": [7]}, "Component 7 is unknown: use"),
    ("notices", OPEN | {"message": ["x"]}, "The message is empty"),
    ("notices/{}/updates", {"state": "gone", "message": "x"}, "State gone is unknown: use"),
    ("notices/{}/updates", {"state": "identified"}, "The message is empty"),
    ("notices/20261124-zzz/updates", {"state": "identified", "message": "x"}, "There is no notice"),
    ("notices/ /updates", {"state": "identified", "message": "x"}, "There is no notice"),
    ("notices/{}/edits", {"title": "x"}, "Notices know no action edits."),
    ("notices/" + "x" * 3_000 + "/updates", {"state": "resolved"}, "There is no notice"),
]


@pytest.mark.parametrize(("path", "body", "sentence"), REFUSALS)
def test_what_can_not_be_done_is_one_sentence_and_changes_nothing(
    cloud: Cloud, door_of: Door, notice_id: str, path: str, body: Any, sentence: str
) -> None:
    before = cloud.rows("NoticesTable")
    answer = post(door_of, path.format(notice_id), **body)
    assert answer.status == 422
    assert answer.json["errors"][""].startswith(sentence)
    assert cloud.rows("NoticesTable") == before


def test_a_resolved_notice_is_not_opened_again(door_of: Door, notice_id: str) -> None:
    path = f"notices/{notice_id}/updates"
    post(door_of, path, state="resolved", message="Done.")
    again = post(door_of, path, state="monitoring", message="No.")
    assert again.json == {"errors": {"": f"Notice {notice_id} is resolved: open a new one."}}


def test_what_was_not_published_can_be_and_all_of_it_anew(
    cloud: Cloud, door_of: Door, notice_id: str
) -> None:
    done = post(door_of, "site/publish")
    assert (done.status, done.json["revision"], done.json["renewing"]) == (200, 1, [])
    everything = post(door_of, "site/publish", all=True).json
    assert everything["written"][-1] == "status/index.html"
    [month] = everything["renewing"]
    follows = {f"status/history/{month}/index.html"}  # by the clock
    assert set(everything["written"]) == cloud.objects("sitebucket").keys() - follows


def test_a_notice_is_kept_when_it_can_not_be_published_and_the_clock_finishes_it(
    cloud: Cloud, door_of: Door, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.s3.delete_bucket(Bucket="sitebucket")
    made = post(door_of, "notices", **OPEN)
    assert (made.status, made.json["published"]) == (201, False)
    assert "kept, but not published" in caplog.text
    place = {"LocationConstraint": REGION}
    cloud.s3.create_bucket(Bucket="sitebucket", CreateBucketConfiguration=place)
    assert tick(clock, datetime.now(UTC))
    assert "No dial tone" in page(cloud, "status/index.html")


# --- twice ---------------------------------------------------------------------------------------


def test_a_request_that_is_sent_again_with_its_key_makes_the_same_notice(
    cloud: Cloud, door_of: Door
) -> None:
    first, again = (post(door_of, "notices", key="one", **OPEN) for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert first.json == again.json
    other = post(door_of, "notices", key="two", **OPEN).json["id"]
    keyless = {post(door_of, "notices", **OPEN).json["id"] for _ in range(2)}
    ids = {first.json["id"], other, *keyless}
    assert len(ids) == 4
    assert {row["sk"] for row in cloud.rows("NoticesTable", "incident")} == ids


CHANGES: list[tuple[str, dict[str, str]]] = [
    ("updates", {"state": "identified", "message": "A cable."}),
    ("updates", {"state": "resolved", "message": "Mended."}),
    ("retract", {"message": "It was another's."}),
]


@pytest.mark.parametrize(("verb", "body"), CHANGES)
def test_a_change_that_is_sent_again_with_its_key_is_made_once(
    door_of: Door, notice_id: str, verb: str, body: dict[str, str]
) -> None:
    first, again = (post(door_of, f"notices/{notice_id}/{verb}", "k", **body) for _ in range(2))
    assert (first.status, again.status) == (200, 200)
    assert first.json == again.json
    assert len(again.json["updates"]) == 2


def test_nobody_elses_request_is_taken_for_ones_own(door_of: Door) -> None:
    mine = post(door_of, "notices", "one", **OPEN).json["id"]
    headers = {"idempotency-key": "one"}
    other = f"{ARN}-bob"
    told = ask(door_of, "POST", "/staff/notices", body=OPEN, arn=other, headers=headers).json
    assert told["id"] != mine


# --- two at once ---------------------------------------------------------------------------------


def disturbed(cloud: Cloud, publisher: Publisher, happens: Any, *, always: bool = False) -> Any:
    client: Any = Meanwhile(cloud.dynamodb, "transact_write_items", happens, always=always)
    return type(publisher)(Notices(client, "NoticesTable"), publisher.bucket, publisher.pages)


@pytest.mark.parametrize("kind", ["incident", "maintenance"])
def test_an_id_that_is_taken_by_either_kind_is_drawn_again(
    cloud: Cloud, publisher: Publisher, kind: str
) -> None:
    taken = []

    def take(given: Any) -> None:
        row = unpack(given["TransactItems"][0]["Put"]["Item"])
        made = replace(notice(title="another's"), id=row["sk"], kind=kind)
        cloud.put("NoticesTable", **notice_item(made))
        taken.append(row["sk"])

    asked = Asked(ARN, OPEN, NOW, "key")
    made = staff.open_notice(disturbed(cloud, publisher, take), asked)
    assert made["id"] not in taken
    found = publisher.notices.read_all([made["id"], *taken])
    assert {one.title for one in found} == {"another's", "No dial tone"}
    assert staff.open_notice(publisher, asked)["id"] == made["id"]  # sent again, the same
    other = Asked(ARN, OPEN, NOW, "another key")
    with pytest.raises(RuntimeError, match="no free notice id"):
        staff.open_notice(disturbed(cloud, publisher, take, always=True), other)


def test_an_update_that_lost_is_made_again_and_nothing_is_lost(
    cloud: Cloud, publisher: Publisher
) -> None:
    made = staff.open_notice(publisher, Asked(ARN, OPEN, NOW, "open"))["id"]

    def other(_: Any) -> None:
        there = publisher.notices.read(made)
        assert there is not None
        quicker = updated(there, "identified", "quicker", "bob", NOW)
        publisher.notices.change(quicker, there)

    fields = {"state": "monitoring", "message": "slower"}
    asked = Asked(ARN, fields, NOW, "update")
    told = staff.change_notice(disturbed(cloud, publisher, other), asked, made, "updates")
    messages = [update["message"] for update in told["updates"]]
    assert messages == ["We are looking.", "quicker", "slower"]
    always = disturbed(cloud, publisher, other, always=True)
    with pytest.raises(Refused, match="Several people are changing this notice"):
        staff.change_notice(always, replace(asked, key="later"), made, "updates")
