"""What SES tells of our mail is read, whatever stands in it."""

import json
from collections.abc import Iterator
from functools import reduce
from itertools import product
from operator import getitem
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import feedback_samples as ses
from tests.feedback_samples import ADDRESS, SES_ID, VALIDATED, Json, enveloped
from ticket_intake.mail.machines.feedback import Feedback, read
from ticket_intake.mail.shape import Bounce

MAIL = ses.mail("token1")


def told(event: Json) -> Feedback:
    found = read(ses.raw(event))
    assert found
    return found


def kind(event: Json) -> str:
    bounce = told(event).bounce
    return bounce.kind if bounce else ""


@pytest.mark.parametrize("sent", [str, enveloped], ids=["raw", "in SNS's envelope"])
def test_a_bounce_names_its_mail_its_cause_and_whom_it_did_not_reach(sent: Any) -> None:
    assert read(sent(ses.raw(ses.bounce(MAIL)))) == Feedback(
        "Bounce, Permanent, General",
        Bounce(
            "permanent",
            (ADDRESS,),
            ("token1@support.example.net", "a@example.org"),
            ("token1",),
            SES_ID,
        ),
        (ADDRESS,),
        "smtp; 550 5.1.1 user unknown",
    )


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (ses.bounce(MAIL, "Permanent", "General", "5.7.1", "550 5.7.1 refused"), "permanent"),
        (ses.bounce(MAIL, "Permanent", "NoEmail", ""), "permanent"),
        (ses.bounce(MAIL, "Permanent", "OnAccountSuppressionList", ""), "permanent"),
        (ses.bounce(MAIL, "Transient", "General", "5.1.1"), "failed"),
        (ses.bounce(MAIL, "Transient", "MailboxFull", "5.2.2", "552 full"), "failed"),
        (ses.bounce(MAIL, "Transient", "ContentRejected", ""), "failed"),
        (ses.bounce(MAIL, "Undetermined", "Undetermined", ""), "failed"),
        (ses.bounce(MAIL, "Undetermined", "Undetermined", "5.1.1"), "permanent"),
        (ses.bounce(MAIL, "Undetermined", "Undetermined", "4.4.7", "421 gave up"), "failed"),
        (ses.bounce(MAIL, "NewType", "New", "5.1.1"), "permanent"),
        (ses.delay(MAIL), "delayed"),
        (ses.delay(ses.mail(), "SpamDetected"), "delayed"),
        (ses.complaint(MAIL), "complaint"),
        (ses.complaint(MAIL, "virus"), "complaint"),
        (ses.complaint(MAIL, None), "complaint"),
        (ses.complaint(MAIL, "not-spam"), ""),
        (ses.complaint(MAIL, "Auth-Failure"), ""),
        (ses.complaint(MAIL, None, "OnAccountSuppressionList"), "permanent"),
        (ses.reject(MAIL), "failed"),
        (ses.rendering_failure(ses.mail()), "failed"),
        *(({"eventType": good, "mail": MAIL}, "") for good in ("Send", "Delivery", "Open")),
        *(({"eventType": good, "mail": MAIL}, "") for good in ("Click", "Subscription")),
    ],
)
def test_each_event_is_one_of_the_kinds_that_reports_by_mail_have(
    event: Json, expected: str
) -> None:
    assert kind(event) == expected


@pytest.mark.parametrize(
    ("event", "cause"),
    [
        (ses.bounce(MAIL, "Transient", "MailboxFull", ""), "MailboxFull"),
        (
            ses.bounce(MAIL, said="550 <a@b>\r\nno \x1b[1m\u202euser\ud800"),
            "550 <a@b> no �[1m�user�",
        ),
        (ses.bounce(MAIL, said="x" * 9_999), "x" * 299 + "…"),
        (ses.delay(MAIL), "smtp; 421 4.4.1 Unable to connect to remote host"),
        (ses.complaint(MAIL), "abuse"),
        (ses.reject(MAIL), "Amazon SES did not send it: Bad content"),
    ],
    ids=["no code", "steering", "long", "delay", "complaint", "reject"],
)
def test_the_cause_is_a_strangers_and_stands_on_one_short_line(event: Json, cause: str) -> None:
    assert told(event).cause == cause


@pytest.mark.parametrize("event", [ses.delay(ses.mail()), ses.reject(ses.mail())])
def test_without_headers_the_mail_is_still_named(event: Json) -> None:
    found = told(event)
    assert found.bounce
    assert (found.bounce.about, found.bounce.tokens, found.sent_to) == (SES_ID, (), (ADDRESS,))


def test_a_delay_may_tell_of_one_recipient_as_an_object() -> None:
    event = ses.delay(MAIL)
    [event["deliveryDelay"]["delayedRecipients"]] = event["deliveryDelay"]["delayedRecipients"]
    assert told(event).cause.endswith("Unable to connect to remote host")


@pytest.mark.parametrize("sent", [str, enveloped])
def test_what_ses_writes_when_it_is_given_the_topic_is_nothing(sent: Any) -> None:
    assert read(sent(VALIDATED)) == Feedback("Test")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"Bounce"',
        "{}",
        "[" * 100_000,
        '{"eventType": ' + "9" * 5_000 + "}",
        '{"eventType": "Bounce"}',
        '{"eventType": "Bounce", "mail": {"messageId": 7}}',
        ses.raw({"eventType": "Quarantine", "mail": MAIL}),
        ses.raw({"notificationType": "Bounce", "mail": MAIL}),
        json.dumps({"Type": "SubscriptionConfirmation", "Token": "x", "Message": "Confirm it."}),
    ],
    ids=lambda body: body[:40],
)
def test_what_has_no_shape_of_ses_is_not_understood(body: str) -> None:
    assert read(body) is None


NAMES = ["eventType", "mail", "bounce", "messageId", "headers", "name", "value", "emailAddress"]
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(
    PLAIN | st.just(ADDRESS),
    lambda deeper: (
        st.lists(deeper, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "Type", "Message"]), deeper, max_size=4)
    ),
    max_leaves=9,
)
EVENTS = [
    ses.bounce(MAIL),
    ses.complaint(MAIL),
    ses.delay(MAIL),
    ses.reject(MAIL),
    ses.rendering_failure(MAIL),
]
HOSTILE: list[Any] = [
    None, True, 7, "", "\ud800 <a@\udcff.example>", "a+t@b.example", [], [None], [["x"]], [{}],
    ["\ud800@b.example"], {}, {"emailAddress": 7}, {"name": "Reply-To", "value": "\ud800+t@b"},
]  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to all that an event holds."""
    yield at
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*at, key))


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event["eventType"]))
def test_anything_may_stand_anywhere(event: Json) -> None:
    for way, value in product(places(event), HOSTILE):
        changed: Any = [json.loads(json.dumps(event))]
        *outer, last = (0, *way)
        reduce(getitem, outer, changed)[last] = value
        found = read(json.dumps(changed[0]))
        assert found is None or found.bounce is None or found.bounce.about
        assert r"\ud800" not in repr(found)


@given(st.data())
def test_nothing_in_a_documented_event_makes_it_raise(data: st.DataObject) -> None:
    """Anything may stand anywhere."""
    event = json.loads(json.dumps(data.draw(st.sampled_from(EVENTS))))
    at: Any = event
    while isinstance(at, dict | list) and at:
        place = data.draw(st.sampled_from([*at] if isinstance(at, dict) else [*range(len(at))]))
        if data.draw(st.booleans()) or not isinstance(at[place], dict | list):
            at[place] = data.draw(JSON)
            break
        at = at[place]
    found = read(json.dumps(event))
    assert found is None or found.bounce is None or found.bounce.about


@given(st.text() | JSON.map(json.dumps) | JSON.map(json.dumps).map(enveloped))
def test_no_text_raises(body: str) -> None:
    found = read(body)
    assert found is None or found.event
