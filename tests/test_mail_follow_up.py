import pytest

from netdesk.ticket import act
from tests.desk import NOW, Cloud, entry
from tests.mail_room import arrives, follow_up, kinds, known
from ticket_intake.desk import change_ticket
from ticket_intake.mailroom.intake import MailRoom


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
