"""Attribution lines as mail programs write them in the languages of their users."""

import pytest

# ruff: noqa: RUF001 (letters of other alphabets look like Latin ones)
from ticket_intake.mail.reply import written

ATTRIBUTIONS = [
    "On Mon, Nov 23, 2026 at 9:15 AM Support <p@x.example> wrote:",
    "On 23 Nov 2026, at 09:15, Support <p@x.example> wrote:",
    "On 23/11/2026 09:15, Support wrote:",
    "On Monday, November 23, 2026 at 09:15:12 AM GMT+1, Support <p@x.example> wrote:",
    'On Mon, Nov 23, 2026 at 9:15 AM -0500, "Support" <p@x.example> wrote:',
    "--- On Mon, 11/23/26, Support <p@x.example> wrote:",
    "2026-11-23 9:15 GMT+01:00 Support <p@x.example>:",
    "Support <p@x.example> wrote on Mon, 23 Nov 2026 at 09:15:",
    "*On Mon, Nov 23, 2026 at 9:15 AM Support <p@x.example> wrote:*",
    "Am Mo., 23. Nov. 2026 um 09:15 Uhr schrieb Support <p@x.example>:",
    "Am 23.11.2026 um 09:15 schrieb Support:",
    "Support <p@x.example> schrieb am Mo. 23. Nov. 2026 um 09:15:",
    "Am Montag, den 23.11.2026, 09:15 +0100 schrieb Support:",
    "Am Montag, 23. November 2026 um 09:15:12 MEZ hat Support <p@x.example> geschrieben:",
    "Le lun. 23 nov. 2026 à 09:15, Support <p@x.example> a écrit\xa0:",
    "Le 23/11/2026 à 09:15, Support a écrit :",
    "El lun, 23 nov 2026 a las 9:15, Support (<p@x.example>) escribió:",
    "El 23/11/2026 a las 9:15, Support escribió:",
    "Il giorno lun 23 nov 2026 alle ore 09:15 Support <p@x.example> ha scritto:",
    "Il 23/11/2026 09:15, Support ha scritto:",
    "Op ma 23 nov 2026 om 09:15 schreef Support <p@x.example>:",
    "Op 23-11-2026 om 09:15 schreef Support:",
    "Em seg., 23 de nov. de 2026 às 09:15, Support <p@x.example> escreveu:",
    "No dia 23/11/2026, às 09:15, Support <p@x.example> escreveu:",
    "Support <p@x.example> escreveu no dia segunda, 23/11/2026 à(s) 09:15:",
    "pon., 23 lis 2026 o 09:15 Support <p@x.example> napisał(a):",
    "W dniu 23.11.2026 o 09:15, Support pisze:",
    "Dnia 23 listopada 2026 09:15 Support <p@x.example> napisał:",
    "Wiadomość napisana przez Support <p@x.example> w dniu 23 lis 2026, o godz. 09:15:",
    "Den mån 23 nov. 2026 kl 09:15 skrev Support <p@x.example>:",
    "23 nov. 2026 kl. 09:15 skrev Support <p@x.example>:",
    "Den man. 23. nov. 2026 kl. 09.15 skrev Support <p@x.example>:",
    "man. 23. nov. 2026 kl. 09:15 skrev Support <p@x.example>:",
    "ma 23. marrask. 2026 klo 9.15 Support (p@x.example) kirjoitti:",
    "Support kirjoitti 23.11.2026 klo 9.15 <p@x.example>:",
    "po 23. 11. 2026 v 9:15 odesílatel Support <p@x.example> napsal:",
    "Dne 23.11.2026 v 9:15 Support napsal(a):",
    "пн, 23 нояб. 2026 г. в 09:15, Support <p@x.example>:",
    "23 нояб. 2026 г., в 09:15, Support <p@x.example> написал(а):",
    "23.11.2026 09:15, Support пишет:",
    "Понедельник, 23 ноября 2026, 9:15 +03:00 от Support <p@x.example>:",
    "2026年11月23日(月) 9:15 Support <p@x.example>:",
    "2026/11/23 9:15、Support <p@x.example>のメール:",
    "Support <p@x.example> 于2026年11月23日周一 09:15写道：",
    "在 2026-11-23 09:15:00，“Support” <p@x.example> 写道：",
    "2026년 11월 23일 (월) 오전 9:15, Support <p@x.example>님이 작성:",
    "Support <p@x.example>, 23 Kas 2026 Pzt, 09:15 tarihinde şunu yazdı:",
]


def folded(attribution: str, width: int) -> str:
    lines = [""]
    for word in attribution.split(" "):
        start = f"{lines[-1]} {word}".strip()
        lines[-1:] = [start] if len(start) <= width else [lines[-1], word]
    return "\n".join(line for line in lines if line)


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("width", [200, 60, 40])
@pytest.mark.parametrize("mark", ["", "> ", "| "], ids=["bare", "quoted", "bars"])
def test_an_attribution_and_what_it_quotes_go(attribution: str, width: int, mark: str) -> None:
    mail = f"Still dead.\n\n{folded(attribution, width)}\n\n{mark}How is the line?\n{mark}Ann"
    assert written(mail) == "Still dead."


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_directly_below_the_text_takes_nothing_of_it(attribution: str) -> None:
    mail = f"We have 2 routers\nsince 2026\n{folded(attribution, 70)}\n> How is the line?"
    assert written(mail) == "We have 2 routers\nsince 2026"


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_answers_between_the_quotes_stay(attribution: str) -> None:
    mail = f"{attribution}\n> How is it?\n\nDead.\n\n> And now?\nStill dead.\n"
    assert written(mail) == "Dead.\n\nStill dead."


@pytest.mark.parametrize(
    "line",
    [
        "Support wrote:",
        "Ann Doe schrieb:",
        "Support a écrit :",
        "You wrote:",
        "Support пишет:",
        "Ann さんは書きました:",
        "2026/11/23 Support <p@x.example>",
        "In your last mail you wrote:",
    ],
)
def test_directly_above_a_quote_a_name_is_enough(line: str) -> None:
    assert written(f"Yes.\n\n{line}\n> Is it dead?\n> Ann\n\nThank you.") == "Yes.\n\nThank you."


@pytest.mark.parametrize(
    "text",
    [
        "On reflection I wrote:\nthe line is dead",
        "On my screen it wrote: error 5\nWhat now?",
        "On your router you can run:\n\n    ping 127.0.0.1\n\nIt fails.",
        "On 3 routers I see the same:\nred lights",
        "On 23 Nov 2026 at 9:15 I wrote:\n\nThe line is dead.",
        "Am 23.11.2026 um 9:15 schrieb ich:\n\nDie Leitung ist tot.",
        "We have 3 routers, and the label of each of them says:\n2026-11",
        "My addresses are ann@x.example and these:\nbob@x.example",
        "The manual says:\npress the button",
        "I bought it in 2026 for these:\na phone",
        "At 9:15 the light was red.\nAt 9:20 I wrote it down:\nred, red, green",
        "Your colleague wrote:\nwe come at noon",
        "| a | b |\n| 1 | 2 |",
        "HP> is what the printer shows",
        "price: 5 > 3",
    ],
)
def test_a_persons_own_words_stay(text: str) -> None:
    assert written(f"Hello.\n\n{text}") == f"Hello.\n\n{text}"
