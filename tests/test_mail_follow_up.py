from typing import Any

import pytest

from netdesk.ticket import act
from tests.desk import NOW, Cloud, entry
from tests.mail_room import arrives, follow_up, kinds, known, raw, thread
from ticket_intake import token
from ticket_intake.desk import change_ticket
from ticket_intake.mail_intake import MailRoom


@pytest.mark.parametrize("place", ["to", "cc", "references", "in_reply_to"])
@pytest.mark.parametrize("change", [str, str.upper])
def test_the_signed_token_leads_a_mail_to_its_ticket(
    cloud: Cloud, room: MailRoom, place: str, change: Any
) -> None:
    ticket = known(room)
    signed = change(thread(room, ticket.number))
    user, _, domain = room.desk.provider.mail.partition("@")
    written = (
        f"Desk <{user}+{signed}@{domain}>" if place in ("to", "cc")
        else f"<other@example.org> <{signed}@{domain}>"
    )  # fmt: skip
    answer = arrives(
        cloud, room, raw("Still dead.", **{place: written, "message_id": "<2@example.org>"})
    )
    assert answer.number == ticket.number
    assert kinds(room.desk, ticket.number)[1:] == [("customer", "message", "Still dead.")]
    assert len(cloud.tickets()) == 1


@pytest.mark.parametrize("plus", ["+{forged}@", "+{unknown}@", "+{empty}@", "+K7Q2-9WXA@"])
def test_a_token_that_nobody_signed_is_a_new_ticket(
    cloud: Cloud, room: MailRoom, plus: str
) -> None:
    ticket = known(room)
    forged = token.sign(b"another secret", ticket.number)
    unknown = thread(room, "0000-0000")
    plus = plus.format(forged=forged, unknown=unknown, empty="")
    address = room.desk.provider.mail.replace("@", plus)
    thread_id = f"<{forged}@support.example.net>"
    answer = arrives(cloud, room, raw("Hello.", to=address, references=thread_id))
    assert answer.number != ticket.number
    assert len(cloud.tickets()) == 2


def test_an_answer_opens_a_resolved_ticket_again_and_is_not_acknowledged(
    cloud: Cloud, room: MailRoom
) -> None:
    content = follow_up(room, "No.\n\nOn Mon, 2 Nov 2026 at 9:15, Desk wrote:\n> Works now?\n")
    number = known(room).number
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry()), NOW)
    before = len(cloud.outbox())
    ticket = arrives(cloud, room, content)
    assert ticket.state == "open"
    assert kinds(room.desk, number)[-1] == ("customer", "message", "No.")
    assert len(cloud.outbox()) == before


@pytest.mark.parametrize(
    "headers",
    [{"from": "MAILER-DAEMON@example.org"}, {"auto_submitted": "auto-replied"}],
)
def test_a_machines_answer_is_kept_for_staff_and_opens_nothing(
    cloud: Cloud, room: MailRoom, headers: dict[str, str]
) -> None:
    content = follow_up(room, "I am away.", **headers)
    number = known(room).number
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry()), NOW)
    ticket = arrives(cloud, room, content)
    assert ticket.state == "resolved"
    told = room.desk.tickets.entries(number)[-1]
    assert (told.who, told.text, told.public) == ("mail system", "I am away.", False)


def test_the_same_answer_twice_is_kept_once(cloud: Cloud, room: MailRoom) -> None:
    content = follow_up(room, "Still dead.")
    first = arrives(cloud, room, content)
    assert arrives(cloud, room, content, "inbound/two") == first
    assert len(kinds(room.desk, known(room).number)) == 2


@pytest.mark.parametrize("text", ["", " \n", "\u200b", " \u200b\u00a0\u200b "])
def test_an_answer_without_a_visible_word_is_kept(cloud: Cloud, room: MailRoom, text: str) -> None:
    assert arrives(cloud, room, follow_up(room, text, message_id="<2@example.org>")) is not None
    assert kinds(room.desk, known(room).number)[-1] == ("customer", "message", "(no text)")
