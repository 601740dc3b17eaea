"""However much was written on a ticket, an answer carries it in part, and each text alone whole."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from email import message_from_string
from email.policy import default
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.ticket import MESSAGE_LIMIT, act
from tests.aws_events import LAMBDA_BYTES, size
from tests.desk import ARN, NOW, Answer, Cloud, Door, ask, entry, report
from ticket_intake import history as module
from ticket_intake.desk import Desk, change_ticket, open_ticket
from ticket_intake.files import EXCERPT, TEXT_IN_ROW, Files
from ticket_intake.history import BEGINNINGS, WHOLE, history
from ticket_intake.outbox.dispatch import Mailer, sweep
from ticket_intake.rows import Kept

LONG = 100_000  # characters: eight of them are whole
CUT = "The rest of this text is left out here."


def text(place: int) -> str:
    return f"{place} " + "x" * (LONG - 20) + f" end of {place}"


def write(desk: Desk, number: str, told: str, verb: str = "message") -> None:
    said = entry(told, who="customer" if verb == "message" else "anna")
    change_ticket(desk, number, lambda t: act(t, verb, said), NOW)


@pytest.fixture
def number(desk: Desk) -> str:
    """Twelve long texts, the fourth a note of staff's, and a short word at the end."""
    number = open_ticket(desk, report(message=text(1)), ("one",), NOW).number
    for place in range(2, 13):
        write(desk, number, text(place), "note" if place == 4 else "message")
    write(desk, number, "And?")
    return number


class Bucket:
    """S3, counted."""

    def __init__(self, client: Any) -> None:
        self.client, self.read = client, Counter[str]()

    def get_object(self, **given: str) -> Any:
        self.read[given["Key"]] += 1
        return self.client.get_object(**given)


def counted(cloud: Cloud, desk: Desk) -> tuple[Desk, Bucket]:
    bucket = Bucket(cloud.s3)
    return replace(desk, files=Files(lambda: bucket, "filesbucket")), bucket


def test_the_newest_are_whole_and_what_is_left_out_is_not_read(
    cloud: Cloud, desk: Desk, number: str
) -> None:
    watched, bucket = counted(cloud, desk)
    told = history(watched, number)
    assert [one.place for one in told] == [*range(1, 14)]
    assert [one.place for one in told if not one.cut] == [*range(5, 14)]
    for one in told[:-1]:
        assert one.text == (text(one.place)[:EXCERPT] if one.cut else text(one.place))
    assert bucket.read.total() == 8 + 1  # the first that did not fit
    assert [one.text for one in history(watched, number, "4")] == [text(4)]
    assert bucket.read.total() == 8 + 1 + 1


@pytest.mark.parametrize("only", ["0", "14", "-1", "x", "1 ", "\u0661", "9" * 5000, "1.0"])
def test_an_entry_that_there_is_not_is_none(desk: Desk, number: str, only: str) -> None:
    assert history(desk, number, only) == []


def test_files_are_found_without_reading_a_text(cloud: Cloud, desk: Desk, number: str) -> None:
    watched, bucket = counted(cloud, desk)
    assert len(watched.tickets.entries(number)) == 13
    assert bucket.read.total() == 0


def test_a_mail_fetches_no_more_than_it_quotes(
    cloud: Cloud, desk: Desk, mailer: Mailer, number: str
) -> None:
    watched, bucket = counted(cloud, desk)
    write(desk, number, text(14))
    write(desk, number, text(15), "reply")
    assert sweep(replace(mailer, desk=watched), NOW) == 2  # the acknowledgement, too
    assert bucket.read.total() == 2
    mail: Any = message_from_string(cloud.sent()[-1], policy=default)
    told = mail.get_content()
    assert text(15) in told
    assert "> 14 xxx" in told


# --- the law --------------------------------------------------------------------------------------

TEXTS = st.lists(
    st.builds(
        lambda letter, many: letter * many,
        st.sampled_from(["x", "'", "\u6c49", "\U0001f600"]),
        st.sampled_from([0, 1, 5, EXCERPT, EXCERPT + 1, 8_000, TEXT_IN_ROW, MESSAGE_LIMIT]),
    ),
    max_size=400,
)


@given(TEXTS)
def test_no_more_is_carried_than_fits_and_as_much_as_does(texts: list[str]) -> None:
    """Kept whole in their rows here; what lies elsewhere differs by its reading alone."""
    kept = [
        Kept(NOW, "anna", "note", text, place=place) for place, text in enumerate(texts, start=1)
    ]
    tickets = SimpleNamespace(entries=lambda _: kept)
    desk: Any = SimpleNamespace(tickets=tickets, files=SimpleNamespace(whole=lambda one: one))
    told = history(desk, "K7Q2-9WXA")
    assert [one.place for one in told] == [one.place for one in kept]
    assert all(whole.text.startswith(one.text) for one, whole in zip(told, kept, strict=True))
    assert [one.cut for one in told] == [
        one.text != whole.text for one, whole in zip(told, kept, strict=True)
    ]
    carried = sum(len(one.text.encode()) for one in told)
    assert carried <= WHOLE + BEGINNINGS
    if sum(len(text.encode()) for text in texts) <= WHOLE:
        assert told == kept


# --- at the doors ---------------------------------------------------------------------------------


@pytest.fixture
def customer(desk: Desk, number: str, door: Callable[..., Door]) -> Callable[..., Answer]:
    ticket, web = desk.tickets.read(number), door("WebFunction")
    assert ticket
    crumb = f"__Host-ticket-{number}={desk.link(ticket).partition('?key=')[2]}"

    def see(entry: str = "", wants: str = "json") -> Answer:
        query = {"entry": entry} if entry else {}
        path = f"/api/tickets/{number}"
        return ask(web, "GET", path, wants=wants, query=query, cookies=[crumb])

    return see


def test_a_customer_reads_each_text_whole_alone(
    customer: Callable[..., Answer], number: str
) -> None:
    told = customer().json["entries"]
    assert len(told) == 12  # all but the note
    links = [one["whole"] for one in told if "whole" in one]
    assert links == [f"/api/tickets/{number}?entry={place}" for place in (1, 2, 3)]
    page = customer(wants="html").text
    assert page.count(CUT) == len(links)
    for place, link in zip((1, 2, 3), links, strict=True):
        assert f'href="{link}"' in page
        [alone] = customer(link.partition("entry=")[2]).json["entries"]
        assert alone["text"] == text(place)
        assert "whole" not in alone
        shown = unescape(customer(str(place), wants="html").text)
        assert (text(place) in shown, text(12) in shown, CUT in shown) == (True, False, False)
        assert f'href="/api/tickets/{number}"' in shown


@pytest.mark.parametrize("entry", ["4", "99", "<script>"])
def test_a_note_is_no_message_to_its_customer(customer: Callable[..., Answer], entry: str) -> None:
    """A note, and what there is not, are one answer."""
    answers = [customer(entry, wants=wants) for wants in ("json", "html")]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].json == {"errors": {"entry": "There is no such message on this ticket."}}
    assert "There is no such message on this ticket." in answers[1].text


def test_staff_read_each_text_whole_alone(door: Callable[..., Door], number: str) -> None:
    staff, path = door("StaffFunction"), f"/staff/tickets/{number}"
    entries = ask(staff, "GET", path, arn=ARN).json["entries"]
    assert [one["place"] for one in entries if one["cut"]] == [1, 2, 3, 4]
    [alone] = ask(staff, "GET", path, query={"entry": "4"}, arn=ARN).json["entries"]
    assert (alone["text"], alone["cut"]) == (text(4), False)
    refused = ask(staff, "GET", path, query={"entry": "99"}, arn=ARN)
    assert (refused.status, refused.json["errors"]) == (
        422, {"": f"Ticket {number} has no entry 99."},
    )  # fmt: skip


@pytest.mark.parametrize("letter", ["'", '"', "\\", "\n", "<", "\U0001f600"])
def test_a_thousand_texts_of_what_grows_most_fit_into_an_answer(
    customer: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, letter: str
) -> None:
    """In rows of their own: as HTML, and as JSON within JSON."""
    said = f"a{letter * 5_000}b"
    many = [Kept(NOW, "customer", "message", said, place=place) for place in range(1, 1_001)]
    monkeypatch.setattr(module, "_one", lambda *_: many)
    for wants in ("json", "html"):
        answer = customer("1", wants=wants)
        assert answer.status == 200
        assert size({"body": answer.text}) < LAMBDA_BYTES
    told = json.loads(customer("1").text)["entries"]
    assert len([one for one in told if "whole" in one]) > 800
