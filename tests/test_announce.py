import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from netdesk.notice import Notice, Update, explained, retracted
from netdesk.pages import Pages
from netdesk.provider import Provider
from netdesk.states import IMPACTS, MAINTENANCE_STATES, STATES
from netdesk.words import COMPONENT_WORDS, IMPACT_WORDS, STATE_WORDS
from status_publish.announce import phone, sms, social
from tests.desk import NOW, PUBLIC_URL, provider
from tests.test_notice import KEYS, after, notice

URL = f"{PUBLIC_URL}/status/notices/20261124-k3x/"
WHEN = Pages(provider(), PUBLIC_URL).when
NAME, PHONE = provider().name, provider().phone
[HIT] = [component.name for component in provider().components if component.key == KEYS[0]]
NEWS = f"For news, choose option {PHONE.status_option}."
MESSAGE = f"To leave a message, choose option {PHONE.message_option}."
Format = Callable[[Notice, Provider, str, Callable[[datetime], str]], str]
FORMATS: list[Format] = [sms, phone, social]


def works(*states: str, hours: int = 2) -> Notice:
    """A maintenance of tomorrow, which went through these states an hour apart."""
    begins = NOW + timedelta(hours=24)
    updates = [
        Update(begins + timedelta(hours=place), state, "Some *lines* are down.", "anna")
        for place, state in enumerate(states)
    ]
    return replace(
        notice(title="New lines"),
        kind="maintenance",
        updates=tuple(updates),
        scheduled_for=begins,
        scheduled_until=begins + timedelta(hours=hours),
    )


def told(title: str, message: str = "We are looking.", **changes: object) -> Notice:
    updates = (Update(NOW, "investigating", message, "anna"),)
    return replace(notice(), title=title, updates=updates, **changes)  # type: ignore[arg-type]


def reach(still: str = "", aside: str = "") -> str:
    emergency = f"If you {still}can't connect{aside}, choose option {PHONE.emergency_option}."
    return f"{NEWS} {emergency} {MESSAGE}"


SINCE = "Since Tuesday 24 November, 10:00 Pacific."
LATER = NOW + timedelta(hours=1)
NOT_THIS = reach(aside=" and it is not this")
TABLE = [
    (
        notice(),
        f"{NAME}: Part of our service is down: No dial tone. {SINCE}",
        f" Affected: {HIT}. You need not report this. We are looking. {NOT_THIS}",
        " We are looking for the cause. We are looking.",
    ),
    (
        after("identified", "monitoring", impact="critical"),
        f"{NAME}: Our service is down: No dial tone. {SINCE}",
        f" Affected: {HIT}. You need not report this. Now monitoring. {NOT_THIS}",
        " Repaired, we are watching it. Now monitoring.",
    ),
    (
        after("resolved"),
        f"{NAME}: Solved: No dial tone. From Tuesday 24 November, 10:00 Pacific to 10:01 Pacific.",
        f" Now resolved. {reach('still ')}",
        " Now resolved.",
    ),
    (
        explained(after("resolved"), "A digger.", "anna", LATER),
        f"{NAME}: What happened: No dial tone. From Tuesday 24 November, 10:00 Pacific"
        " to 10:01 Pacific.",
        f" A digger. {reach()}",
        " A digger.",
    ),
    (
        retracted(notice(), "Our monitor was wrong.", "anna", LATER),
        f"{NAME}: Taken back: No dial tone. We published this by mistake.",
        f" Our monitor was wrong. {reach()}",
        " Our monitor was wrong.",
    ),
    (
        notice(elsewhere="Other Net", impact="minor"),
        f"{NAME}: At Other Net: No dial tone. {SINCE}",
        f" You may notice it in: {HIT}. You need not report this. We are looking. {NOT_THIS}",
        " We are looking for the cause. We are looking.",
    ),
    (
        after("resolved", elsewhere="Other Net"),
        f"{NAME}: Solved: At Other Net: No dial tone. From Tuesday 24 November, 10:00 Pacific"
        " to 10:01 Pacific.",
        f" Now resolved. {reach('still ')}",
        " Now resolved.",
    ),
    (
        notice(elsewhere="Internet"),
        f"{NAME}: Internet-wide problem: No dial tone. {SINCE}",
        f" You may notice it in: {HIT}. You need not report this. We are looking. {NOT_THIS}",
        " We are looking for the cause. We are looking.",
    ),
    (
        works("scheduled"),
        f"{NAME}: Maintenance planned: New lines. From Wednesday 25 November, 10:00 Pacific"
        " to 12:00 Pacific.",
        f" Affected: {HIT}. Some lines are down. {reach()}",
        " Some lines are down.",
    ),
    (
        works("scheduled", "in_progress"),
        f"{NAME}: Maintenance going on: New lines. From Wednesday 25 November, 10:00 Pacific"
        " to 12:00 Pacific.",
        f" Affected: {HIT}. Some lines are down. {NOT_THIS}",
        " Some lines are down.",
    ),
    (
        works("scheduled", "in_progress", "completed"),
        f"{NAME}: Maintenance over: New lines. Ended Wednesday 25 November, 12:00 Pacific.",
        f" Some lines are down. {reach('still ')}",
        " Some lines are down.",
    ),
]


@pytest.mark.parametrize(("made", "opening", "script", "post"), TABLE)
def test_each_medium_tells_it_its_way(made: Notice, opening: str, script: str, post: str) -> None:
    assert sms(made, provider(), URL, WHEN) == f"{opening} {URL}"
    assert phone(made, provider(), URL, WHEN) == opening + script
    assert social(made, provider(), URL, WHEN) == f"{opening}{post} {URL}"


def test_a_text_message_says_less_of_the_time_before_the_title_is_cut_too_short() -> None:
    night = works("scheduled", hours=16)
    assert "New lines. From Wednesday 25 November, 10:00 Pacific. " in sms(
        night, provider(), URL, WHEN
    )
    assert "10:00 Pacific to Thursday 26 November, 02:00 Pacific." in social(
        night, provider(), URL, WHEN
    )
    cut = sms(told("All lines to the centre of Burbank are cut"), provider(), URL, WHEN)
    assert cut == (f"{NAME}: Part of our service is down: All lines to the... {SINCE} {URL}")
    named = replace(provider(), name="The Internet Company")
    dayless = sms(told("All lines to the centre of Burbank are cut"), named, URL, WHEN)
    assert "is down: All lines to... Since 24 November, 10:00 Pacific. " in dayless


@pytest.mark.parametrize(
    ("title", "spelled"),
    [
        ("Ça coûte 5€ à Zürich", "Ça coute 5€ à Zürich"),
        ("\u201cmail\u201d \u2013 it\u2019s ½ up\u2026", '"mail" - it\'s 1/2 up...'),
        ("[web] {a|b} ~ ^ \\", "[web] {a|b} ~ ^ \\"),
        ("e\u0301 n\u0303 s\u030c", "é ñ s"),
        ("语言 🙂 Ж \ufffd", "?? ? ? ?"),
        ("a\u00a0b\tc ﬁ №", "a b c fi No"),
        ("`x` \u00d7 y \u2022 z", "'x' x y * z"),
    ],
)
def test_text_messages_have_an_alphabet(title: str, spelled: str) -> None:
    url = "https://x.example/"
    assert f": {spelled}" in sms(told(title), provider(), url, WHEN)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "Mail & web: 24/7 @ 50%, e.g. DSL.",
            "Mail and web: 24 7 at 50 percent, for example D-S-L.",
        ),
        ("See https://x.example/y_z. [Map](https://m.example/).", "See our status page. Map."),
        ("Wait 5\u201310 min (approx.) \u2013 or 2h.", "Wait 5 to 10 minutes, about, or 2 hours."),
        ("It\u2019s **down** 🙂 *now* … <b>", "It's down now. b."),
        ("Hit:\n- mail\n- web\n\nWe work\non it", "Hit: mail. web. We work on it."),
        ("First. Second, with " + "word " * 40, "First."),
        ("語" * 5_000, "語" * 40 + "."),
    ],
)
def test_scripts_are_for_the_ear(message: str, said: str) -> None:
    script = phone(told("Down", message), provider(), URL, WHEN)
    assert f" You need not report this. {said} For news," in script


def test_scripts_count_what_is_hit() -> None:
    every = phone(told("Down", components=tuple(KEYS)), provider(), URL, WHEN)
    assert f" and {len(KEYS) - 2} more. You" in every
    two = phone(told("Down", components=tuple(KEYS[:2])), provider(), URL, WHEN)
    assert re.search(r"Affected: [^,]+ and [^,]+\. You", two)


def test_posts_take_the_message_as_far_as_it_goes() -> None:
    post = social(
        told("Down", "We **look** at [it](https://x.example/). " * 30), provider(), URL, WHEN
    )
    assert " We look at it (https://x.example/). We look at it" in post
    assert post.endswith(f"\u2026 {URL}")
    assert 230 < weight(post) <= 280


def test_every_state_has_its_words() -> None:
    assert set(IMPACT_WORDS) == set(IMPACTS)
    assert set(COMPONENT_WORDS) == {*IMPACTS.values(), "under_maintenance"}
    assert set(STATE_WORDS) == {*STATES, *MAINTENANCE_STATES, "postmortem", "retracted"}


# 3GPP TS 23.038 section 6.2.1, in its order, with ESC at 27; and 6.2.1.1
ALPHABET = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "^{}\\[~]|€"


def septets(text: str) -> int:
    assert set(text) <= set(ALPHABET) - set("\n\r\x1b") | set(EXTENSION)
    return sum(2 if character in EXTENSION else 1 for character in text)


def weight(text: str) -> int:
    """As X counts, but every part of an emoji: https://docs.x.com/fundamentals/counting-characters."""
    rest = re.sub(r"https?://\S+", "a" * 23, text)
    light = (range(0x1100), range(0x2000, 0x200E), range(0x2010, 0x2020), range(0x2032, 0x2038))
    return sum(1 if any(ord(c) in one for one in light) else 2 for c in rest)


def test_the_alphabet_is_whole() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 128
    for character in set(ALPHABET + EXTENSION) - set("\n\r\x1b '"):
        assert f": {character}" in sms(told(character), provider(), "https://x.example/", WHEN)


PARTS = [
    "🙂",
    "👩\u200d🚒",
    "語語",
    "€€€",
    "[]{}",
    "é",
    "e\u0301",
    "\ud800",
    "\n",
    "\n\n",
    "- ",
    "*",
    "`",
]
WORDY = [
    "mail",
    "w " * 70,
    "x" * 200,
    "https://a.example/" + "b" * 90,
    "a.com.",
    "U.S.",
    "& % @",
    "(",
]
texts = st.lists(st.sampled_from(PARTS + WORDY) | st.text(max_size=30), max_size=30).map(" ".join)
incidents = st.builds(
    lambda states, changes: replace(
        after(*states), **{key: value for key, value in changes.items() if value is not None}
    ),
    st.sampled_from([(), ("identified",), ("monitoring",), ("resolved",)]),
    st.fixed_dictionaries(
        {
            "impact": st.sampled_from(list(IMPACTS)),
            "elsewhere": st.sampled_from(["", "internet", "Other Net"]) | texts,
            "components": st.lists(st.sampled_from([*KEYS, "gone"])).map(tuple),
        }
    ),
)
maintenance = st.sampled_from(
    [works("scheduled"), works("scheduled", "in_progress"), works("verifying"), works("completed")]
)
named = st.sampled_from([NAME, "w " * 20, "x" * 99, "語" * 30]) | st.text(min_size=1)


@runs(max_examples=300, deadline=None)
@given(
    incidents | maintenance, texts, texts, named, st.sampled_from([WHEN, str, lambda _: "w " * 9])
)
def test_each_medium_has_its_limit(
    made: Notice, title: str, message: str, name: str, when: Callable[[datetime], str]
) -> None:
    last = replace(made.updates[-1], message=message)
    made = replace(made, title=title, updates=(*made.updates[:-1], last))
    desk = replace(provider(), name=name)
    short, script, post = (tell(made, desk, URL, when) for tell in FORMATS)
    assert septets(short) <= 160
    assert len(script.split()) <= 75
    assert not [c for c in script if not (c.isalnum() or c in " .,:;!?'-")]
    assert weight(post) <= 280
    assert short.endswith(f" {URL}")
    assert post.endswith(f" {URL}")
    assert script.endswith(MESSAGE)
    assert (short, script, post) == tuple(tell(made, desk, URL, when) for tell in FORMATS)


def test_an_address_is_never_cut() -> None:
    url = "https://x.example/" + "y" * 200
    assert sms(notice(), provider(), url, WHEN) == url
    assert social(notice(), provider(), url, WHEN).endswith(f" {url}")
