"""What a short mail wants: many forms of asking for the status, and of thanks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_intake.mail import Mail, parse
from ticket_intake.mail.shape import Attachment
from ticket_intake.mailroom.gist import asks_status, is_thanks, mentioned, says_more

NUMBER = "0000-0000"
OURS = """\

On Mon, 2 Nov 2026 at 9:15, Desk <desk@example.net> wrote:
> === Please write your answer above this line ===
>
> We have your report.
> [ref:aaaaaaaaaaaaaaaaaaaaaaaaaaaa]
"""
BIG = "status " * 30_000


def mail(text: str, subject: str = "No dial tone", sender: str = "Ann Smith <ann@x.org>") -> Mail:
    head = f"From: {sender}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n"
    return parse(f"{head}{text}".encode())


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("status", "Hi."),
        ("Status?", ""),
        ("STATUS", "x"),
        (f"status {NUMBER}", "Hi."),
        (f"Status: {NUMBER}", "Hi."),
        (f"[#{NUMBER}] status", "Hi."),
        (f"Re: [#{NUMBER}] Status please", "Hi."),
        (f"{NUMBER} status", "Hi."),
        (f"Ticket {NUMBER}: status", "Hi."),
        ("status of ticket 0000 0000", "Hi."),
        (f"What is the status of ticket {NUMBER}?", "Hi."),
        ("My modem", "status"),
        ("My modem", "\n\n  Status.\n\nAnn"),
        ("My modem", f"status of #{NUMBER}"),
        ("My modem", "Please send me the status report"),
        ("My modem", "*status*\n" + OURS),
        (f"Re: [#{NUMBER}] My modem", ""),
        (f"Re: [#{NUMBER}] My modem", " \n\u200b"),
        (f"Re: [#{NUMBER}] My modem", OURS),
        (f"Re: [#{NUMBER}] My modem", OURS.replace("\n>", "\n> >")),
    ],
)
def test_this_asks_for_the_status(subject: str, text: str) -> None:
    assert asks_status(mail(text, subject))


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("My modem", ""),  # nothing is asked of nothing
        ("", ""),
        ("My modem", "It is dead."),
        ("The status light is red", "Hi."),
        ("My modem", "status light is red"),
        ("My modem", "Hello,\nstatus"),
        (f"Re: [#{NUMBER}] My modem", "It is dead."),
        (f"Re: [#{NUMBER}] My modem", "> All I said\n> and more"),  # no quote of ours
        ("Status quo", "Hi."),
        ("status networks", "Hi."),  # a word, though its check symbol is right
        ("Statuses", "Hi."),
        (BIG, BIG),
    ],
)
def test_this_does_not(subject: str, text: str) -> None:
    assert not asks_status(mail(text, subject))


def test_a_file_or_a_forwarded_mail_says_something() -> None:
    subject = f"Re: [#{NUMBER}] My modem"
    forwarded = "---------- Forwarded message ---------\nFrom: Bob <bob@x.org>\nSubject: y\n\nDead."
    assert not asks_status(mail(forwarded, subject))
    empty = mail("", subject)
    assert asks_status(empty)
    file = Attachment("a.png", "image/png", b"x")
    assert not asks_status(Mail(**vars(empty) | {"attachments": (file,)}))


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("status", False),
        ("status\n\nBest regards\nAnn Smith\nHill Street 5", False),
        ("status\n\nAlso, the second line is dead since noon, and nobody calls me back.", True),
    ],
)
def test_more_than_the_question_is_more(text: str, more: bool) -> None:
    assert says_more(mail(text)) == more


@pytest.mark.parametrize(
    ("subject", "text", "numbers"),
    [
        (f"Re: [#{NUMBER}] x", "Hi.", (NUMBER,)),
        ("x", f"status {NUMBER}", (NUMBER,)),
        (f"status {NUMBER}", f"status {NUMBER}", (NUMBER,)),
        ("x", f"My other ticket {NUMBER} is fine.", ()),
        ("x", "Hi.", ()),
    ],
)
def test_d5_the_numbers_that_a_mail_is_about(
    subject: str, text: str, numbers: tuple[str, ...]
) -> None:
    assert mentioned(mail(text, subject)) == numbers


THANKS = [
    "Thanks", "thanks!", "Thank you!", "Thank you so much!", "THANK YOU", "Many thanks", "thx",
    "Thanks a lot.", "Thanks again!", "Ty!", "Cheers", "Thank you very much for your help!",
    "Thank you for the quick answer.", "Thanks for your excellent support, Anna!",
    "Thanks, it works now.", "It works now, thanks!", "Great, thanks!", "Perfect. Thank you!",
    "Thanks, Anna", "Hi Anna,\n\nthank you!\n\nAnn",
    "Dear team,\nthanks!\n\nBest regards\nAnn Smith",
    "ok thanks", "Everything is fine now. Thank you.", "Awesome, problem solved, thanks!",
    "Danke!", "Vielen Dank!", "Danke sehr", "Merci beaucoup", "Gracias", "Muchas gracias!",
    "Grazie mille", "Obrigado", "Bedankt!", "Tack", "Takk", "Dziękuję", "Спасибо!",
    "ありがとうございます", "谢谢", "Thanks!\n" + OURS, "Thank you, ann",
]  # fmt: skip
NO_THANKS = [
    "", "Hello", "It works.", "Thanks for nothing, it is still dead", "Thanks for nothing.",
    "thanks but no", "Thanks, but no.", "Thanks. No.", "Thanks, No!", "No thanks", "no, thank you",
    "Thanks, still dead.", "Thanks. Still broken", "Thanks. Broken.", "Thanks, Broken!",
    "Thanks\nBroken", "Thanks, not fixed", "Thank you. Not working.", "thanks, down again",
    "Thanks, it does not work.", "Thanks, it isn't working", "Thanks, but it is dead again",
    "Thanks, works now?", "Thanks in advance", "Thanks in advance for fixing it",
    "Please help. Thanks!", "Help, thanks", "Thanks, when is it fixed", "Call me. Thanks",
    "Everything works except mail, thanks", "Danke, geht nicht", "Danke, aber nein",
    "Danke für nichts", "Nein danke", "Merci, mais non", "Merci de me rappeler",
    "Gracias, no funciona", "Спасибо, не работает", "Thanks, 3 of 4 lines work",
    "Status, thanks", "Many thanks to whoever broke it", "Thank you! " + "Bla. " * 100,
    "I need an answer, thanks", "Thanks, my problem", "Thanks all the same",
]  # fmt: skip


@pytest.mark.parametrize("text", THANKS)
def test_d9_nothing_but_thanks(text: str) -> None:
    assert is_thanks(mail(text))


@pytest.mark.parametrize("text", NO_THANKS)
def test_d9_no_complaint_passes_as_thanks(text: str) -> None:
    assert not is_thanks(mail(text))


def test_d9_thanks_with_a_file_are_more_than_thanks() -> None:
    thanks = mail("Thanks!")
    file = Attachment("a.png", "image/png", b"x")
    assert is_thanks(thanks)
    assert not is_thanks(Mail(**vars(thanks) | {"attachments": (file,)}))


@given(st.sampled_from(THANKS), st.sampled_from(["not", "dead", "still", "nicht", "no", "kaputt"]))
def test_d9_a_word_of_complaint_is_enough(thanks: str, word: str) -> None:
    assert not is_thanks(mail(f"{word} {thanks}"))


@given(st.text(), st.text())
def test_any_text_is_looked_at(text: str, subject: str) -> None:
    found = mail(text.replace("\ud800", ""), subject.replace("\n", " "))
    assert {asks_status(found), is_thanks(found), says_more(found)} <= {True, False}


@pytest.mark.parametrize("piece", ["status ", "thanks ", "thanks ,, ", "[(#", "a", "0-", OURS])
def test_a_megabyte_of_anything_is_looked_at(piece: str) -> None:
    found = mail(piece * (1_000_000 // len(piece)), f"Re: [#{NUMBER}] x")
    assert {asks_status(found), is_thanks(found), says_more(found)} <= {True, False}
