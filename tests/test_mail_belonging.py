"""Whose mail is added to a ticket, and whose never is, whatever he knows of it."""

from datetime import timedelta
from typing import Any

import pytest

from netdesk.ticket import act
from tests.desk import NOW, entry
from tests.mail_memory import Memory, cloud, mailer, room
from tests.mail_room import arrives, kinds, known, raw, thread
from tests.mail_samples import ANN, BOB, EVE, acknowledged, mail
from ticket_intake import token
from ticket_intake.desk import change_ticket
from ticket_intake.mailroom.intake import MailRoom
from ticket_intake.outbox.dispatch import Mailer

FIXTURES = cloud, mailer, room

TAGGED = "Re: [#{number}] No dial tone"


def plus(room: MailRoom, number: str) -> str:
    return room.desk.provider.mail.replace("@", f"+{thread(room, number)}@")


@pytest.mark.parametrize(
    "place", ["to", "cc", "delivered_to", "x_original_to", "references", "in_reply_to"]
)
@pytest.mark.parametrize("change", [str, str.upper])
def test_d1_d4_the_signed_token_leads_a_mail_to_its_ticket(
    cloud: Memory, room: MailRoom, place: str, change: Any
) -> None:
    ticket = known(room)
    signed = change(thread(room, ticket.number))
    user, _, domain = room.desk.provider.mail.partition("@")
    written = (
        f"<other@example.org> <{signed}@{domain}>" if place in ("references", "in_reply_to")
        else f"Desk <{user}+{signed}@{domain}>"
    )  # fmt: skip
    answer = arrives(cloud, room, mail(ANN, "Still dead.", **{place: written}))
    assert answer.number == ticket.number
    assert kinds(room.desk, ticket.number)[1:] == [("customer", "message", "Still dead.")]
    assert len(cloud.tickets()) == 1


@pytest.mark.parametrize("plus", ["+{forged}@", "+{unknown}@", "+{empty}@", "+K7Q2-9WXA@"])
def test_d1_a_token_that_nobody_signed_is_a_new_ticket(
    cloud: Memory, room: MailRoom, plus: str
) -> None:
    ticket = known(room)
    forged = token.sign(b"another secret", ticket.number)
    unknown = thread(room, "0000-0000")
    plus = plus.format(forged=forged, unknown=unknown, empty="")
    address = room.desk.provider.mail.replace("@", plus)
    thread_id = f"<{forged}@support.example.net>"
    answer = arrives(cloud, room, mail(EVE, "Hello.", to=address, references=thread_id))
    assert answer.number != ticket.number
    assert len(cloud.tickets()) == 2


def test_d1_the_token_is_found_in_front_of_any_number_of_references(
    cloud: Memory, room: MailRoom
) -> None:
    number = known(room).number
    chain = " ".join(f"<{n}@example.org>" for n in range(100))
    answer = mail(ANN, references=f"<{thread(room, number)}@desk.example> {chain}")
    assert arrives(cloud, room, answer).number == number


def test_d2_the_last_reference_counts_first(cloud: Memory, room: MailRoom) -> None:
    first = arrives(cloud, room, mail(ANN, "1", message_id="<1@example.org>"))
    second = arrives(cloud, room, mail(ANN, "2", message_id="<2@example.org>"))
    assert first.number != second.number
    both = mail(ANN, "3", references="<1@example.org> <2@example.org>")
    assert arrives(cloud, room, both).number == second.number
    turned = mail(ANN, "4", references="<2@example.org> <1@example.org>")
    assert arrives(cloud, room, turned).number == first.number


@pytest.mark.parametrize("header", ["references", "in_reply_to"])
def test_d2_the_id_that_ses_gave_our_mail_leads_to_its_ticket(
    cloud: Memory, room: MailRoom, mailer: Mailer, header: str
) -> None:
    """Without our token: some mail programs keep the last id only."""
    ann = acknowledged(cloud, room, mailer)
    answer = mail(ANN, "Still dead.", subject="Re: No dial tone", **{header: f"<{ann.ses}>"})
    assert arrives(cloud, room, answer).number == ann.ticket.number


def test_d3_the_marker_in_the_text_leads_to_the_ticket(cloud: Memory, room: MailRoom) -> None:
    number = known(room).number
    answer = mail(ANN, f"Still dead.\n\n> We have your report.\n> [ref:{thread(room, number)}]")
    assert arrives(cloud, room, answer).number == number
    assert kinds(room.desk, number)[-1] == ("customer", "message", "Still dead.")


@pytest.mark.parametrize(
    ("sender", "headers", "joins"),
    [
        (ANN, {}, True),
        ("ANN <Ann@Example.ORG>", {}, True),
        (BOB, {"cc": ANN}, True),
        (BOB, {}, False),  # behind the customer's back
        (EVE, {}, False),
        (EVE, {"cc": ANN}, False),
        (ANN, {"dmarc": "fail"}, False),
        (ANN, {"dmarc": "none", "spf": "none", "dkim": "none"}, False),
    ],
)
def test_d5_a_number_counts_only_from_its_owner_or_whom_they_copied(
    cloud: Memory, room: MailRoom, sender: str, headers: dict[str, str], joins: bool
) -> None:
    ticket = arrives(cloud, room, mail(ANN, cc=BOB))
    subject = f"Something else [#{ticket.number}]"
    answer = mail(sender, "Me again.", **{"subject": subject} | headers)
    assert (arrives(cloud, room, answer, "inbound/2").number == ticket.number) == joins
    assert len(kinds(room.desk, ticket.number)) == 1 + joins


def test_whom_the_customer_copied_is_named_as_himself(cloud: Memory, room: MailRoom) -> None:
    ticket = arrives(cloud, room, mail(ANN, cc=BOB))
    tagged = TAGGED.format(number=ticket.number)
    arrives(cloud, room, mail(BOB, "It smokes.", cc=ANN, subject=tagged))
    assert kinds(room.desk, ticket.number)[-1] == ("bob@bob.example", "message", "It smokes.")
    now = room.desk.tickets.read(ticket.number)
    assert now
    assert now.last_word == "customer"  # so that it is staff's turn, and can be late


def test_d6_an_old_mail_as_a_way_to_reach_us_opens_a_new_ticket(
    cloud: Memory, room: MailRoom
) -> None:
    ticket = arrives(cloud, room, mail(ANN, message_id="<first@example.org>"))
    answer = {"in_reply_to": "<first@example.org>"}
    other = arrives(cloud, room, mail(ANN, "Too much.", subject="My bill", **answer))
    same = arrives(cloud, room, mail(ANN, "Still.", subject="RE: AW: No dial tone", **answer))
    assert (other.number == ticket.number, same.number == ticket.number) == (False, True)


@pytest.mark.parametrize(
    ("days", "text", "joins"),
    [
        (30, "Dead again.", True),
        (31, "Dead again.", False),
        (31, "Thank you!", True),
        (31, "status", True),
    ],
)
def test_d9_d10_closed_for_long_it_is_a_new_ticket_with_a_clean_subject(
    cloud: Memory, room: MailRoom, days: int, text: str, joins: bool
) -> None:
    number = known(room).number
    change_ticket(room.desk, number, lambda t: act(t, "resolve", entry()), NOW)
    subject = f"Re: AW: [#{number}] No dial tone"
    now = NOW + timedelta(days=days)
    answer = arrives(cloud, room, mail(ANN, text, subject=subject, to=plus(room, number)), now=now)
    assert (answer.number == number) == joins
    if not joins:
        assert (answer.follows, answer.subject) == (number, "No dial tone")
        assert len(kinds(room.desk, number)) == 2


def test_d13_people_who_answer_each_other_without_us_are_one_ticket(
    cloud: Memory, room: MailRoom
) -> None:
    """Ann's first mail went to Bob alone; each of the answers copies the desk."""
    among = {"subject": "Re: No dial tone", "cc": room.desk.provider.mail}
    first = {"references": "<private@example.org>"} | among
    ticket = arrives(cloud, room, mail(BOB, "Look at this.", to=ANN, **first), "inbound/1")
    answer = mail(ANN, "And it smokes.", to=BOB, **first)
    assert arrives(cloud, room, answer, "inbound/2").number == ticket.number
    assert arrives(cloud, room, mail(EVE, "Ha.", to=BOB, **first)).number != ticket.number


def test_a_stranger_with_the_token_joins_but_is_named_as_himself(
    cloud: Memory, room: MailRoom
) -> None:
    number = known(room).number
    arrives(cloud, room, mail(EVE, "I pay for it.", to=plus(room, number)))
    assert kinds(room.desk, number)[-1] == ("eve@evil.example", "message", "I pay for it.")
    arrives(cloud, room, mail(EVE, "status", to=plus(room, number)))
    assert [row["letter"] for row in cloud.outbox()] == ["acknowledgement"]


def test_f2_reply_to_is_not_the_sender(cloud: Memory, room: MailRoom) -> None:
    ticket = arrives(cloud, room, mail(EVE, reply_to=ANN))
    assert ticket.person.email == "eve@evil.example"
    assert room.desk.tickets.entries(ticket.number)[0].sender == "eve@evil.example"


@pytest.mark.parametrize("sender", ["", "undisclosed"])
def test_f1_f4_who_has_no_from_is_never_proven(cloud: Memory, room: MailRoom, sender: str) -> None:
    """SES's verdicts are about From alone, so another field must not stand in for it."""
    ticket = known(room)
    subject = TAGGED.format(number=ticket.number)
    content = raw("Hi.", subject=subject, reply_to=ANN, **{"from": sender})
    answer = arrives(cloud, room, content)
    assert answer.number != ticket.number
    assert "no addresses in From" in room.desk.tickets.entries(answer.number)[0].remark


@pytest.mark.parametrize("later", ["ann@bücher.example", "ann@xn--bcher-kva.example"])
@pytest.mark.parametrize("first", ["ann@bücher.example", "ann@xn--bcher-kva.example"])
def test_f5_an_address_in_another_script_is_the_same_in_both_forms(
    cloud: Memory, room: MailRoom, first: str, later: str
) -> None:
    def written(sender: str, **headers: str) -> bytes:
        plain = mail(
            "ann@xn--bcher-kva.example", message_id=f"<{len(headers)}@x.example>", **headers
        )
        return plain.replace(b"From: ann@xn--bcher-kva.example", b"From: " + sender.encode())

    ticket = arrives(cloud, room, written(first))
    assert ticket.person.email == "ann@xn--bcher-kva.example"  # as mail can be sent to it
    subject = TAGGED.format(number=ticket.number)
    assert arrives(cloud, room, written(later, subject=subject)).number == ticket.number
    assert kinds(room.desk, ticket.number)[-1][0] == "customer"


def test_whom_the_customer_copied_does_not_mean_ourselves(cloud: Memory, room: MailRoom) -> None:
    ours = room.desk.provider
    tagged = ours.mail.replace("@", "+x@")
    ticket = arrives(cloud, room, mail(ANN, to=ours.mail, cc=f"{BOB}, {tagged}, {ours.known_as}"))
    assert ticket.people == ("bob@bob.example",)


def test_h4_the_first_mail_of_a_ticket_is_never_cut(cloud: Memory, room: MailRoom) -> None:
    quoting = "Dead.\n\nOn Mon, 2 Nov 2026 at 9:15, Bob <bob@bob.example> wrote:\n> Is it dead?\n"
    ticket = arrives(cloud, room, mail(ANN, quoting, message_id="<1@example.org>"))
    answer = mail(ANN, quoting, message_id="<2@example.org>", in_reply_to="<1@example.org>")
    arrives(cloud, room, answer)
    [(_, _, first), (_, _, second)] = kinds(room.desk, ticket.number)
    assert ("Is it dead?" in first, "Is it dead?" in second) == (True, False)
