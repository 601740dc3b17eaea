import pytest

from ticket_intake.mail.reply import SEPARATOR, written


def test_only_what_is_new_is_the_reply() -> None:
    outlook = (
        "Thanks.\n\n________________________________\nFrom: Support\nSent: Monday\nTo: Ann\n\nold"
    )
    assert written(outlook) == "Thanks."
    assert written("Thanks.\n\n-----Original Message-----\nold") == "Thanks."
    assert written(f"Thanks.\n\n> {SEPARATOR}\n> old") == "Thanks."
    assert written(f"Thanks.\n\n{SEPARATOR}\n\nold") == "Thanks."
    assert written("Thanks.\n\nOn 23 Nov 2026,\nSupport <p@x.example>\nwrote:\n\nold") == "Thanks."
    assert written("Danke.\n\nAm 23.11.2026 um 09:15 schrieb Support:\n> alt") == "Danke."
    assert written("Merci.\n\nLe 23 nov. 2026 à 09:15, S a écrit :\n> vieux") == "Merci."


def test_an_answer_below_or_between_the_quotes_is_kept() -> None:
    below = "On 23 Nov 2026 Support wrote:\n> How is it?\n\nDead.\n> And now?\nStill dead."
    assert written(below) == "Dead.\nStill dead."


@pytest.mark.parametrize(
    "text",
    [
        "> everything is quoted",
        "-----Original Message-----\nonly a forward",
        "On my screen it wrote: error 5\nWhat now?",
        "From: my desk\nI write to you about the line.",
        "",
    ],
)
def test_a_text_without_a_quote_is_its_own_reply(text: str) -> None:
    assert written(text) == text
