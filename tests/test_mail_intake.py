import hashlib
import re
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from netdesk.ticket import MESSAGE_LIMIT
from tests.desk import Cloud, provider
from tests.mail_room import (
    BLOCK,
    CUT,
    GOOD,
    arrives,
    follow_up,
    raw,
)
from ticket_intake.mailroom.intake import MailRoom


def month() -> str:
    """Where this month's mail is put away; S3's clock is the real one."""
    return f"mail/{datetime.now(UTC):%Y/%m}"


def test_a_mail_becomes_a_ticket_with_an_acknowledgement(cloud: Cloud, room: MailRoom) -> None:
    content = raw("It is dead.\n\nReally.", ("log.txt", b"line"))
    ticket = arrives(cloud, room, content)
    assert (ticket.subject, ticket.source, ticket.state) == ("No dial tone", "mail", "open")
    assert (ticket.person.name, ticket.person.email) == ("Ann", "ann@example.org")
    [told] = room.desk.tickets.entries(ticket.number)
    assert told.text.splitlines() == ["It is dead.", "", "Really."]
    assert told.message_id == "first@example.org"
    digest = hashlib.sha256(b"line").hexdigest()
    [file] = told.attachments
    assert (file.name, file.media_type, file.size, file.digest) == (
        "log.txt", "text/x-log", 4, digest
    )  # fmt: skip
    assert cloud.objects("filesbucket") == {file.key: b"line"}
    assert re.fullmatch(rf"attachment/[0-9a-f]{{64}}/{digest}", file.key)
    assert [row["letter"] for row in cloud.outbox()] == ["acknowledgement"]


def test_the_raw_mail_moves_from_inbound_to_its_months_place(cloud: Cloud, room: MailRoom) -> None:
    content = raw()
    arrives(cloud, room, content, "inbound/abc")
    assert cloud.objects("mailbucket") == {f"{month()}/abc": content}


def test_the_same_mail_twice_is_one_ticket(cloud: Cloud, room: MailRoom) -> None:
    first = arrives(cloud, room, raw())
    assert arrives(cloud, room, raw(), "inbound/two") == first
    assert (len(cloud.tickets()), len(cloud.outbox())) == (1, 1)
    assert cloud.objects("mailbucket").keys() == {f"{month()}/one", f"{month()}/two"}


@pytest.mark.parametrize(
    ("second", "tickets"),
    [
        (raw("Other words.", message_id=""), 2),
        (raw(message_id=""), 1),
    ],
)
def test_without_an_id_the_bytes_say_whether_it_is_the_same(
    cloud: Cloud, room: MailRoom, second: bytes, tickets: int
) -> None:
    arrives(cloud, room, raw(message_id=""))
    arrives(cloud, room, second, "inbound/two")
    assert len(cloud.tickets()) == tickets


def test_anothers_id_does_not_make_it_anothers_mail(cloud: Cloud, room: MailRoom) -> None:
    arrives(cloud, room, raw())
    arrives(cloud, room, raw("Hi.", **{"from": "bob@example.org"}), "inbound/two")
    assert len(cloud.tickets()) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-generated"},
        {"precedence": "bulk"},
        {"list_id": "<list.example.org>"},
        {"from": "noreply@example.org"},
        {"from": provider().mail},
        {"dmarc": "fail"},
        {"spf": "fail", "dkim": "none", "dmarc": "none"},
        {"spam": "FAIL"},
    ],
)
def test_what_must_not_be_answered_is_a_ticket_without_a_mail(
    cloud: Cloud, room: MailRoom, headers: dict[str, str]
) -> None:
    assert arrives(cloud, room, raw(**headers)) is not None
    assert (len(cloud.tickets()), cloud.outbox()) == (1, [])


@pytest.mark.parametrize(
    "headers",
    [
        {"spf": "fail", "dkim": "pass"},  # forwarded
        {"dmarc": "none", "spf": "none", "dkim": "none"},  # a domain without any of it
    ],
)
def test_honest_mail_of_poor_domains_is_acknowledged(
    cloud: Cloud, room: MailRoom, headers: dict[str, str]
) -> None:
    arrives(cloud, room, raw(**headers))
    assert len(cloud.outbox()) == 1


def test_an_empty_mail_is_a_ticket_too(cloud: Cloud, room: MailRoom) -> None:
    ticket = arrives(cloud, room, b"")
    assert (ticket.subject, ticket.person.email) == ("(no subject)", "")


def test_a_mail_that_is_too_long_to_show_is_cut_with_a_mark(cloud: Cloud, room: MailRoom) -> None:
    """A page of many megabytes could not be answered; the raw mail keeps the rest."""
    for content in (raw("x" * 150_000), follow_up(room, "y" * 150_000)):
        ticket = arrives(cloud, room, content)
        text = room.desk.files.whole(room.desk.tickets.entries(ticket.number)[-1]).text
        assert len(text) <= MESSAGE_LIMIT
        assert text.endswith(CUT)


@pytest.mark.parametrize(("count", "kept", "text"), [(50, 50, "x"), (51, 50, f"x\n\n{CUT}")])
def test_of_very_many_files_the_first_are_kept_with_a_mark(
    cloud: Cloud, room: MailRoom, count: int, kept: int, text: str
) -> None:
    ticket = arrives(cloud, room, raw("x", *[(f"{place}.log", b"line") for place in range(count)]))
    [told] = room.desk.tickets.entries(ticket.number)
    assert (len(told.attachments), told.text) == (kept, text)


@pytest.mark.parametrize("before", ["GRAY", "FAIL", None])
def test_files_that_no_scan_let_pass_are_named_but_not_kept(
    cloud: Cloud, room: MailRoom, before: str | None
) -> None:
    content = raw("x", ("log.txt", b"line"))
    verdict = b"X-SES-Virus-Verdict: PASS\n"
    told = verdict.replace(b"PASS", before.encode()) if before else b""
    ticket = arrives(cloud, room, content.replace(verdict, told))
    [file] = room.desk.tickets.entries(ticket.number)[0].attachments
    assert (file.name, file.size, file.digest) == ("log.txt", 4, "")
    assert cloud.objects("filesbucket") == {}


@runs(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", BLOCK.format(**GOOD).encode()]))
def test_any_bytes_are_taken_in_and_put_away(
    cloud: Cloud, room: MailRoom, content: bytes, before: bytes
) -> None:
    assert arrives(cloud, room, before + content) is not None
    assert cloud.objects("mailbucket", "inbound/") == {}
