import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticket_intake.mail.subject import cleaned, is_forward, numbers

MARKED = [
    "Re: no dial tone",
    "RE: no dial tone",
    "re : no dial tone",
    "Re:no dial tone",
    "RE[2]: no dial tone",
    "Re(3): no dial tone",
    "Re^2: no dial tone",
    "AW: WG: no dial tone",
    "Antw: Antwort: no dial tone",
    "Fwd: Fw: FW: no dial tone",
    "SV: VS: VL: VB: no dial tone",
    "Rv: RIF: R: no dial tone",
    "TR: no dial tone",
    "RÉP : no dial tone",
    "RES: ENC: no dial tone",
    "Doorst: no dial tone",
    "Odp: PD: no dial tone",
    "YNT: İLT: ilt: no dial tone",
    "Отв: Пересл: no dial tone",
    "回复\uff1a答复: 转发\uff1ano dial tone",
    "返信: 転送: no dial tone",
    "답장: 전달: no dial tone",
    "Re: I: no dial tone",
    "I: R: no dial tone",
    "[EXTERNAL] no dial tone",
    "Re: [EXT] AW: [Extern] no dial tone",
    "**EXTERNAL** (External Email) no dial tone",
    "[CAUTION: External Sender] no dial tone",
    "EXTERNAL: no dial tone",
    "[#K7Q2-9WXA] no dial tone",
    "Re: [#K7Q2-9WXA] AW: no dial tone",
    "AW: [#k7q29wxa] no dial tone [K7Q2-9WXA]",
    "no dial tone #K7Q2-9WXA",
    "no (K7Q2-9WXA) dial tone",
    " Re:   no dial \t tone ",
]

PEOPLES = [
    "no dial tone",
    "I: no dial tone",
    "Ref: 4711",
    "Reference: 4711",
    "re the dial tone",
    "external: the antenna fell",
    "(externals) are out",
    "[#12345678] of another desk",
    "(networks) and #problems of [password]",
    "is K7Q2-9WXA mine?",
    "[2026] plans",
]


@pytest.mark.parametrize("subject", MARKED)
def test_d10_marks_and_tags_are_taken_off(subject: str) -> None:
    assert cleaned(subject) == "no dial tone"


@pytest.mark.parametrize("subject", PEOPLES)
def test_d10_what_a_person_wrote_stays(subject: str) -> None:
    assert cleaned(subject) == subject


@pytest.mark.parametrize("subject", ["Re:", "[#K7Q2-9WXA]", "Fwd: Re: [#K7Q2-9WXA]", " ", ""])
def test_d10_nothing_may_be_left(subject: str) -> None:
    assert cleaned(subject) == ""


@pytest.mark.parametrize(
    "subject",
    [
        "Re: [#K7Q2-9WXA] no dial tone",
        "[#k7q2-9wxa]",
        "[K7Q29WXA] hello",
        "[ #K7Q2-9WXA ]",
        "#K7Q2-9WXA",
        "# K7Q2 9WXA",
        "#K7Q29WXA!",
        "#T-K7Q2-9WXA",
        "T-K7Q2-9WXA",
        "t-k7q2-9wxa still broken",
        "ticket K7Q2 9WXA",
        "Your ticket number K7Q29WXA",
        "Ticket no. K7Q2 9WXA?",
        "Ticket-Nr.: K7Q2-9WXA",
        "Ticket: K7Q2-9WXA",
        "ticket this K7Q2-9WXA",
        "K7Q2-9WXA",
        "K7Q2\u20119WXA",
        "k7q29wxa",
        "(K7Q2-9WXA) and #K7Q29WXA",
        "KTQ2-9WXA or K7Q2-9WXA",
        "status K7Q2-9WXA.",
        "K7Q2-9WXA: late",
        "k7q2-9wxa, [EXT] #12345678",
    ],
)
def test_d5_a_number_is_read_in_every_form(subject: str) -> None:
    assert numbers(subject) == ("K7Q2-9WXA",)


def test_d5_numbers_come_in_order_and_once() -> None:
    subject = "[#0000-024Z] was K7Q2-9WXA, not #0000-024Z"
    assert numbers(subject) == ("0000-024Z", "K7Q2-9WXA")


@pytest.mark.parametrize(
    "subject",
    [
        "K7Q2-9WXB",
        "[#K7Q2-9WXB]",
        "K7Q2 9WXA",
        "xK7Q2-9WXA",
        "K7Q2-9WXA1",
        "K7Q29WXA1",
        "K7Q2-9WXA-1",
        "1-K7Q2-9WXA",
        "K7Q2-9WX",
        "12345678",
        "tickets K7Q2 9WXA",
    ],
)
def test_d5_no_number(subject: str) -> None:
    assert numbers(subject) == ()


# All of these have the right check symbol.
WORDS = "anzeigen approval networks password problems recently regional remember scenario slightly"


@pytest.mark.parametrize("word", WORDS.split())
def test_d5_a_word_is_no_number_unless_it_is_marked_as_one(word: str) -> None:
    for written in (word, word.capitalize(), word.upper()):
        assert numbers(f"my {written}: slow") == ()
        assert numbers(f"#{written}") == numbers(f"ticket {written}") == numbers(f"[{written}]")
        assert len(numbers(f"[#{written}]")) == 1


SUBJECTS = st.lists(
    st.sampled_from(
        [
            "Re",
            "I",
            "R",
            ":",
            " ",
            "[",
            "#",
            "]",
            "(",
            ")",
            "K7Q2",
            "-",
            "9WXA",
            "T-",
            "ticket",
            "EXT",
        ]
    )
    | st.text(max_size=2)
).map("".join)


@given(SUBJECTS)
def test_d10_cleaning_twice_is_cleaning_once(subject: str) -> None:
    assert cleaned(cleaned(subject)) == cleaned(subject)


@given(SUBJECTS)
def test_d5_nothing_in_a_subject_raises(subject: str) -> None:
    assert all(len(number) == 9 for number in numbers(subject))


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "unit",
    ["re:", "re [", "[", "#", "[#", "ticket ", "ticket#", "K7Q2-", "i:", "T-", "(ext", "0", " "],
)
def test_hostile_repetition_takes_linear_time(unit: str) -> None:
    subject = unit * (200_000 // len(unit))
    assert numbers(subject) == ()
    assert len(cleaned(subject)) <= len(subject)


@pytest.mark.parametrize(
    ("subject", "forwarded"),
    [
        ("Fwd: No dial tone", True),
        ("FW: No dial tone", True),
        ("[EXTERNAL] Fwd: No dial tone", True),
        ("WG: Kein Freizeichen", True),
        ("\u8f6c\u53d1\uff1a\u6d4b\u8bd5", True),
        ("I: Nessun segnale", True),
        ("Re: Fwd: No dial tone", False),  # an answer to a forward
        ("Forward: what does it mean", False),
        ("No dial tone", False),
        ("", False),
    ],
)
def test_a_forward_is_known_by_its_first_mark(subject: str, forwarded: bool) -> None:
    assert is_forward(subject) == forwarded
