from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from netdesk import number
from ticket_intake.mail import parse
from ticket_intake.mail.machines.rules import answerable
from ticket_intake.outbox.letters import Letter, answer, automatic, subject_line
from ticket_intake.token import sign, verify

SECRET = b"a secret of at least 32 bytes ok"
LETTER = Letter(
    desk_name="Example Net support",
    desk_address="problem@support.example.net",
    to="ann@example.org",
    number="K7Q2-9WXA",
    token=sign(SECRET, "K7Q2-9WXA"),
    subject="No dial tone",
    body="We have your report.",
    answers="two@example.org",
    references=("one@example.org",),
)
BOTH = pytest.mark.parametrize("compose", [automatic, answer])
Compose = Callable[[Letter], bytes]


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@BOTH
def test_a_letter_has_the_headers_that_keep_its_thread_together(compose: Compose) -> None:
    message = read(compose(LETTER))
    thread = f"<{LETTER.token}@support.example.net>"
    assert message["From"] == "Example Net support <problem@support.example.net>"
    assert message["To"] == "ann@example.org"
    assert message["Reply-To"] == f"problem+{LETTER.token}@support.example.net"
    assert message["Subject"] == "[#K7Q2-9WXA] No dial tone"
    assert message["References"].split() == [thread, "<one@example.org>", "<two@example.org>"]
    assert message["In-Reply-To"] == "<two@example.org>"
    assert message["X-Netdesk-Loop"] == "problem@support.example.net"
    assert message.get_content_type() == "text/plain"
    assert message.get_content_charset() == "utf-8"
    assert message.get_content().splitlines()[2:] == [
        "We have your report.", "", f"[ref:{LETTER.token}]"
    ]  # fmt: skip


def test_an_acknowledgement_says_that_a_machine_wrote_it() -> None:
    message = read(automatic(LETTER))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Precedence"] == "bulk"


def test_an_answer_is_a_persons_but_wants_no_absence_note() -> None:
    message = read(answer(LETTER))
    assert message["Auto-Submitted"] is None and message["Precedence"] is None
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_a_letter_to_somebody_who_wrote_no_mail_answers_none() -> None:
    message = read(automatic(replace(LETTER, answers="", references=())))
    assert message["In-Reply-To"] is None
    assert message["References"] == f"<{LETTER.token}@support.example.net>"


@BOTH
def test_our_own_letter_is_known_when_it_comes_back(compose: Compose) -> None:
    mail = parse(compose(LETTER))
    assert (mail.no_answer or "").startswith("B2: ")
    stripped = b"\r\n".join(
        line for line in compose(LETTER).split(b"\r\n") if not line.startswith(b"X-Netdesk-Loop")
    )
    assert answerable(parse(stripped), frozenset({"problem@support.example.net"}))


@BOTH
def test_a_reply_is_led_back_to_its_ticket_on_three_ways(compose: Compose) -> None:
    mail = parse(compose(LETTER))
    assert verify(SECRET, mail.references[0].partition("@")[0]) == "K7Q2-9WXA"
    reply_to = read(compose(LETTER))["Reply-To"].addresses[0].username
    assert verify(SECRET, reply_to.partition("+")[2].upper()) == "K7Q2-9WXA"
    assert number.find(mail.subject) == ("K7Q2-9WXA",)


def test_what_stands_below_our_separator_is_not_taken_for_the_reply() -> None:
    ours = read(answer(LETTER)).get_content()
    quoted = "".join(f"> {line}\n" for line in ours.splitlines())
    reply = f"Thanks.\n\nOn 23 Nov 2026, Support wrote:\n\n{quoted}"
    assert parse(b"Subject: Re\n\n" + reply.encode()).reply == "Thanks."


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        ("help", "[#K7Q2-9WXA] help"),
        ("Re: help", "[#K7Q2-9WXA] help"),
        ("RE: Fwd: AW[2]: help", "[#K7Q2-9WXA] help"),
        ("Re: [#K7Q2-9WXA] Re: help", "[#K7Q2-9WXA] help"),
        ("help [#k7q29wxa]", "[#K7Q2-9WXA] help"),
        ("[other-desk 5] help", "[#K7Q2-9WXA] [other-desk 5] help"),
        ("Rehearsal: no sound", "[#K7Q2-9WXA] Rehearsal: no sound"),
        ("", "[#K7Q2-9WXA]"),
        ("a\r\nBcc: v@example.org", "[#K7Q2-9WXA] a Bcc: v@example.org"),
    ],
)
def test_our_tag_stands_once_in_front(subject: str, line: str) -> None:
    assert subject_line("K7Q2-9WXA", subject) == line


def test_long_ids_stay_whole() -> None:
    ids = tuple(f"{'x' * 150}{n}@{'y' * 60}.example" for n in range(14))
    raw = automatic(replace(LETTER, references=ids, answers=ids[-1]))
    found = parse(raw)
    assert found.references[1:] == (ids[0], *ids[-9:])
    assert found.in_reply_to == (ids[-1],)
    assert max(len(line) for line in raw.split(b"\r\n")) < 998


NO_ADDRESSES = ["", "ann", "ann@", "@example.org", "a b@example.org", "a..b@example.org"]
NO_ADDRESSES += ["ann@example.org, bob@example.org", "Ann <ann@example.org>", "ann@bücher.example"]
NO_ADDRESSES += ["ann@example.org\r\nBcc: v@x.example", "=?utf-8?q?=0D=0ABcc:x?=@example.org"]
NO_ADDRESSES += [f"{'a' * 65}@example.org", f"a@{'b.' * 130}example", "ann@example.org\n"]


@pytest.mark.parametrize("to", NO_ADDRESSES)
def test_an_address_that_mail_cannot_go_to_is_refused(to: str) -> None:
    with pytest.raises(ValueError, match=r"is no address that mail can go to\.$"):
        answer(replace(LETTER, to=to))


PIECES = ["\r\nBcc: v@x.example", "\n", "\r", "\0", "\x1b[2J", "\x85", "\u2028", "\u202e", '"', ","]
PIECES += [
    "=?utf-8?q?=0D=0ABcc:_v=40x.example?=",
    "=?utf-8?b?DQpCY2M6IHY=?=",
    "=?",
    "?=",
    "=\u200b?",
]
NASTY = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=30), max_size=8).map(
    "".join
)


def header_lines(raw: bytes) -> list[bytes]:
    return raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


def header_names(raw: bytes) -> list[bytes]:
    return [line.partition(b":")[0] for line in header_lines(raw) if not line.startswith(b" ")]


@BOTH
def test_an_id_that_hides_a_header_is_left_out(compose: Compose) -> None:
    hidden = "=?utf-8?q?=0D=0ABcc:_v=40x.example?="
    raw = compose(replace(LETTER, answers=hidden, references=(hidden,)))
    assert header_names(raw) == [n for n in header_names(compose(LETTER)) if n != b"In-Reply-To"]


@settings(max_examples=60, deadline=None)
@given(NASTY, NASTY, NASTY, st.lists(NASTY | st.just("x@y.example"), max_size=4), NASTY)
def test_no_text_adds_a_header_or_a_control_character(
    subject: str, name: str, body: str, ids: list[str], answers: str
) -> None:
    nasty = replace(
        LETTER, subject=subject, desk_name=name, body=body, references=tuple(ids), answers=answers
    )
    for compose in (automatic, answer):
        raw = compose(nasty)
        lines = header_lines(raw)
        assert not [line for line in lines if any(byte < 32 or byte > 126 for byte in line)]
        expected = [name for name in header_names(compose(LETTER)) if name != b"In-Reply-To"]
        assert [name for name in header_names(raw) if name != b"In-Reply-To"] == expected
        assert "\r" not in read(raw)["Subject"] and "\n" not in read(raw)["Subject"]
        assert [address.addr_spec for address in read(raw)["To"].addresses] == ["ann@example.org"]
        assert len(read(raw)["From"].addresses) == 1


PROVIDER = SimpleNamespace(
    name="Example Net",
    phone=SimpleNamespace(number="555 0100", emergency_option=3),
    emergency=SimpleNamespace(counts=("You can't connect.",)),
)


def render(template: str, **facts: str) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent.parent / "site" / "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(provider=PROVIDER, **facts)


def test_the_acknowledgement_tells_what_its_reader_needs() -> None:
    text = render(
        "mail/acknowledgement.txt",
        number="K7Q2-9WXA",
        spelled=number.spell("K7Q2-9WXA"),
        usual_by="Monday 16:00 Pacific",
        latest_by="Tuesday 16:00 Pacific",
        link="https://support.example.net/api/tickets/K7Q2-9WXA/key?a=1&b=2",
    )
    for fact in (
        "    K7Q2-9WXA ",
        "K 7 Q 2, 9 W X A",
        "by Monday 16:00 Pacific,",
        "at the latest by Tuesday 16:00 Pacific.",
        "\n    https://support.example.net/api/tickets/K7Q2-9WXA/key?a=1&b=2\n",
        "555 0100, option 3",
        "Mail never pages anybody",
        "You can't connect.",
        "Example Net",
    ):
        assert fact in text
    assert text.startswith("We have your report.")
    assert len(text.splitlines()) <= 25


def test_the_answer_is_what_staff_wrote_and_where_to_go_on() -> None:
    text = render(
        "mail/answer.txt", message='Try "it" & <see>.', number="K7Q2-9WXA", link="https://x/",
        asked=None, quoted=[],
    )  # fmt: skip
    assert text.startswith('Try "it" & <see>.\n')
    for fact in ("ticket K7Q2-9WXA", "https://x/", "555 0100, option 3", "never pages anybody"):
        assert fact in text
