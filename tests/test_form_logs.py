"""No word of a customer's is in a log: planted ones go through every end that a request can have.

A word for each thing that is private; whatever a door prints or logs is searched for all of them.
"""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from netdesk.dynamo import pack
from netdesk.limits import Limits
from netdesk.log import logger
from netdesk.pages import Pages
from tests.desk import (
    MINUTE,
    Answer,
    Cloud,
    Door,
    ask,
    fields,
    form,
    mail_event,
    multipart,
    stream_event,
)
from tests.domain_forms import FORMS
from tests.form_attack import on_page, post
from tests.mail_room import raw
from tests.planted import CODE, COOKIE, FILE, TYPED, Logs, logs
from ticket_intake import desk as desk_module
from ticket_intake import store

FIXTURES = (logs,)


@pytest.fixture
def web(door: Callable[..., Door]) -> Door:
    return door("WebFunction")


def sent(web: Door, logs: Logs, **changes: str) -> Answer:
    """A form with all the words, and the key that its link holds."""
    given = fields(**TYPED, category="connection") | changes
    answer = post(web, multipart(given, FILE))
    if answer.status == 201:
        logs.keys.add(answer.json["link"].partition("?key=")[2])
    return answer


# --- what goes well, or is refused ---------------------------------------------------------------


def test_a_ticket_and_all_that_follows_it_leave_no_word(
    cloud: Cloud, web: Door, door: Callable[..., Door], logs: Logs
) -> None:
    opened = sent(web, logs)
    assert opened.status == 201
    path, _, key = (
        opened.json["link"].removeprefix("https://support.example.net").partition("?key=")
    )
    for wants in ("json", "html"):
        assert ask(web, "GET", path, query={"key": key}, wants=wants).status == 303
        assert on_page(web, opened, wants=wants).status == 200
        words = form({"message": TYPED["message"], "action": "message"})
        assert on_page(web, opened, "POST", body=words, wants=wants).status in (200, 303)
        assert ask(web, "GET", path, wants=wants, cookies=[f"x={COOKIE}"]).status == 404
        assert ask(web, "GET", f"/{COOKIE}", wants=wants, query={"key": key}).status == 404
    row = cloud.outbox()[0]
    door("OutboxFunction")(stream_event(row))
    door("OutboxFunction")(MINUTE)
    assert len(cloud.sent()) == 1
    for verb in ("note", "reply", "resolve"):
        at = f"/staff/tickets/{opened.json['number']}/{verb}"
        body = {"message": TYPED["message"]}
        assert ask(door("StaffFunction"), "POST", at, body=body, arn="a/anna").status == 200
    door("RetentionFunction")(MINUTE)
    assert logs.words() == []


REFUSED = {
    "a field": {"email": "zephyrine"},
    "a message": {"message": ""},
    "a category": {"category": "Snollygoster"},
    "an order": {"form": "domain", "domain": "Snollygoster", "action": "transfer",
                 "transfer_code": CODE},
    "a code twice": {"form": "domain", **FORMS["transfer"],
                     "transfer_code": CODE, "comments": CODE},
}  # fmt: skip


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_a_refusal_leaves_no_word(web: Door, logs: Logs, changes: dict[str, str]) -> None:
    assert sent(web, logs, **changes).status == 422
    assert post(web, ("application/json", b'{"message": "Snollygoster')).status == 422
    assert post(web, ("application/json", b'{"message":' + b"[" * 99_999)).status == 422
    assert logs.words() == []


def test_a_suspect_and_a_flood_leave_no_word(
    web: Door, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sent(web, logs, leave_empty="Snollygoster").status == 201
    monkeypatch.setattr(Limits, "wait", lambda *_: 60)
    assert sent(web, logs).status == 429
    assert logs.words() == []


# --- faults --------------------------------------------------------------------------------------


def without_table(cloud: Cloud, _: pytest.MonkeyPatch) -> None:
    cloud.dynamodb.delete_table(TableName="TicketsTable")


def without_bucket(cloud: Cloud, _: pytest.MonkeyPatch) -> None:
    cloud.s3.delete_bucket(Bucket="filesbucket")


def bad_parameter(_: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Botocore prints the values that it finds wrong."""

    def transact(client: Any, steps: Any) -> None:
        items = [{"Put": {"TableName": "x", "Item": {"text": TYPED["message"]}}}]
        client.transact_write_items(TransactItems=items)

    monkeypatch.setattr(store, "transact", transact)


def raising(where: Any, name: str, error: Exception) -> Callable[..., None]:
    def fault(_: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: Any, **__: Any) -> None:
            try:
                raise KeyError(TYPED["email"])
            except KeyError as cause:
                raise error from cause

        monkeypatch.setattr(where, name, fail)

    return fault


FAULTS: dict[str, Callable[[Cloud, pytest.MonkeyPatch], None]] = {
    "no table": without_table,
    "no bucket": without_bucket,
    "a wrong parameter": bad_parameter,
    "a template": raising(Pages, "render", ValueError(f"no such name: {TYPED['message']}")),
    "recursion": raising(store, "entry_item", RecursionError(str(TYPED))),
    "a number": raising(desk_module, "_opened", ValueError(f"int: {TYPED['phone']!r}")),
    "a group": raising(store, "transact", ExceptionGroup("Marzipanic", [KeyError("Flapdoodle")])),
}


@pytest.mark.parametrize("wants", ["json", "html"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_is_logged_without_a_word(
    cloud: Cloud, web: Door, logs: Logs, monkeypatch: pytest.MonkeyPatch, fault: Any, wants: str
) -> None:
    sent(web, logs)
    if fault is without_bucket:
        for key in cloud.objects("filesbucket"):
            cloud.s3.delete_object(Bucket="filesbucket", Key=key)
    fault(cloud, monkeypatch)
    given = fields(**TYPED) | {"message": f"{TYPED['message']} Again."}
    cookies = [f"x={COOKIE}"]
    answer = post(web, multipart(given, FILE), wants=wants, cookies=cookies)
    if fault is not FAULTS["a template"] or wants == "html":
        assert (answer.status, "(request request-1)" in answer.text) == (500, True)
        assert [line["request"] for line in logs.lines] == ["request-1"]  # it can be found
        assert logs.lines[0]["where"]
    assert logs.words() == []


REFUSAL: Any = {"Error": {"Code": "Throttling", "Message": f"{TYPED['email']} is not verified."}}


def test_a_mail_that_is_not_sent_is_logged_without_a_word(
    cloud: Cloud, web: Door, door: Callable[..., Door], logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(web, logs)
    outbox = door("OutboxFunction")

    def refuse(**_: Any) -> None:
        raise ClientError(REFUSAL, "SendRawEmail")

    monkeypatch.setattr(cloud.ses, "send_raw_email", refuse)
    [row] = cloud.outbox()
    outbox(stream_event(row))
    assert [line["message"] for line in logs.lines] == ["a mail was not sent"]
    soon = {"unsent": "mail", "due_at": "2020-01-01T00:00:00+00:00"}
    cloud.dynamodb.put_item(TableName="TicketsTable", Item=pack(row | soon))
    logs.raises(outbox, MINUTE)
    assert logs.raised
    assert logs.words() == []


@pytest.mark.parametrize("broken", [False, True])
def test_a_mail_that_comes_in_is_logged_without_a_word(
    cloud: Cloud, door: Callable[..., Door], logs: Logs, broken: bool
) -> None:
    mail = door("MailFunction")
    given = raw(
        TYPED["message"], (FILE[0], FILE[2]), **{"from": TYPED["email"], "subject": "Marzipanic"}
    )
    cloud.s3.put_object(Bucket=cloud.name("MailBucket"), Key="inbound/one", Body=given)
    if broken:
        cloud.dynamodb.delete_table(TableName="TicketsTable")
    assert len(mail(mail_event("inbound/one"))["batchItemFailures"]) == broken
    assert len(logs.lines) == broken
    logs.raises(mail, MINUTE)
    assert logs.words() == []


def test_a_word_that_was_logged_would_be_found(logs: Logs) -> None:
    logger("web").error("x", extra={"typed": TYPED["message"]})
    assert logs.words() == ["Snollygoster"]
