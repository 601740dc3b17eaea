"""Another provider needs its own facts and no other change: nothing of the first one is left."""

import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import time
from html import unescape
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from infra import bundle
from infra.template import ROOT, TEMPLATE, functions
from netdesk.pages import SITE, Pages
from netdesk.provider import Provider
from tests.desk import provider as first_provider
from tests.second_provider import PROVIDER, SAMPLE, URL, everything, made_site

FIRST, SECOND = ((at / "provider.toml").read_text(encoding="utf-8") for at in (SITE, SAMPLE))
# What the first one says with words that every page may have.
ORDINARY = {"your name", "since when?", "name servers"}
# What customers see nothing of: rules, and what is only for machines and staff.
UNSEEN = (
    "prefixes", "desk.known_as", "desk.staff_mail", "desk.staff_senders", "desk.blocked_senders",
    "hours.days", "hours.holidays", "next_update_minutes", "emergency.by_form",
    "retention.raw_mail_days", "retention.closed_tickets_months", "trace.allow", "trace.refuse",
    "trace.resolvers", "trace.controls", "trace.probe.inside",
)  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_site(tmp_path_factory.mktemp("second") / "site")


@pytest.fixture(scope="module")
def made(site: Path) -> tuple[Pages, dict[str, str]]:
    return everything(site)


@pytest.fixture(scope="module")
def told(made: tuple[Pages, dict[str, str]]) -> dict[str, str]:
    return {name: unescape(text) for name, text in made[1].items()}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each value of the file with the name of its key."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(below, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for below in value:
            yield from leaves(below, path)
    else:
        yield path, value


def words_of_the_first() -> set[str]:
    """Names, domains, numbers, places and sentences; keys and times are words of everybody."""
    found = {
        str(value).lower()
        for path, value in leaves(tomllib.loads(FIRST))
        if isinstance(value, str) and not path.endswith((".key", ".kind", ".component"))
        if not path.startswith(("hours.opens", "hours.closes", "hours.days", "hours.holidays"))
    }
    found |= {"jet.net", "jetnet", "818-734-0168", "818", "los_angeles", "burbank"}
    return {word for word in found if word not in SECOND.lower()} - ORDINARY


def test_every_template_is_rendered_for_it(made: tuple[Pages, dict[str, str]]) -> None:
    environment = made[0]._environment
    assert environment.cache is not None
    rendered = {name for _, name in environment.cache}
    assert rendered == set(environment.list_templates())


def test_nothing_says_a_word_of_the_first_provider(told: dict[str, str]) -> None:
    words = words_of_the_first()
    assert {"jet.net", "pacific", "818/734-0168", "problem@support.jet.net"} <= words
    found = {
        (name, word)
        for name, text in told.items()
        for word in words
        if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text.lower())
    }
    assert found == set()


def test_every_fact_of_the_file_is_shown_as_it_is_written(told: dict[str, str]) -> None:
    whole = "\n".join(told.values())
    facts = [
        (path, value)
        for path, value in leaves(tomllib.loads(SECOND))
        if not path.startswith(UNSEEN)
    ]
    assert len(facts) > 80
    assert [fact for fact in facts if str(fact[1]) not in whole] == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("support/index.html", "We open at 07:30 Vienna time and close at 19:00 Vienna time"),
        ("support/index.html", ", who answers within 30 minutes."),
        ("support/index.html", "leave your customer number, your village, a number to call back"),
        ("problem/index.html", '"tel:+43-512-010-010">+43 512 010 010, option 9</a>'),
        ("problem/index.html", '"tel:+43-512-010-010">+43 512 010 010, option 0</a>'),
        ("status/index.html", "Saturday 5 December, 18:00 Vienna time"),
        ("status/status.txt", "call +43 512 010 010, option 9, day and night"),
        ("status/line.txt", "Alpenfunk status, Saturday 5 December, 18:00 Vienna time."),
        ("calm/status/line.txt", "Choose option 9: day and night, a technician answers within 30"),
        ("api/v2/summary.json", '"time_zone":"Europe/Vienna"'),
        ("phone 20261205-lat", "For news, choose option 1."),
        ("phone 20261205-lat", "To leave a message, choose option 0."),
        # Opened on a Saturday evening; the Tuesday after is a holiday.
        ("taken", "by <strong>Monday 18:00 Vienna time</strong>"),
        ("taken", "at the latest by <strong>Wednesday 18:00 Vienna time</strong>"),
        ("mail 0", "From: Alpenfunk support <help@alpenfunk-support.example>"),
        ("mail 0", "answer by Monday 18:00 Vienna time,\nand at the latest by Wednesday 18:00"),
        ("mail 0", "- The telephone over our line is dead.\n"),
        ("emergency", "by phone alone: call +43 512 010 010, option 9, day and night."),
        ("own mail", "Mail to alpenfunk.example may not reach you"),
        ("own address", "This is our own address"),
        ("trace ours", "The path stops at our border, after 203.0.113.2 (hop 2)"),
        ("trace from outside", "Seen from our measuring host outside Alpenfunk's network"),
        ("trace ours", "Our measuring host, in our exchange in the valley"),
        ("no trace json", "results are kept for 14 days"),
    ],
)
def test_hours_promises_numbers_and_names_are_its_own(
    told: dict[str, str], name: str, sentence: str
) -> None:
    assert sentence in told[name]


def test_every_number_can_be_dialled_and_every_option_is_said(told: dict[str, str]) -> None:
    """RFC 3966 section 3: digits and -.() alone; an option may be 0."""
    links = {link for text in told.values() for link in re.findall(r'"(tel:[^"]*)"', text)}
    assert links == {"tel:+43-512-010-010"}
    assert "option 0</a> and leave a message" in told["unavailable.html"]


def test_the_sample_keeps_the_rule_that_it_needs_nothing_of_its_own_network() -> None:
    for address in (PROVIDER.mail, PROVIDER.staff_mail):
        domain = address.partition("@")[2]
        assert not any(f".{domain}".endswith(f".{own}") for own in PROVIDER.mail_domains)
    theirs = map(ip_address, (*PROVIDER.tracing.controls, *PROVIDER.tracing.resolvers))
    assert not [one for one in theirs if any(one in prefix for prefix in PROVIDER.prefixes)]


@pytest.mark.parametrize(
    ("days", "closes", "said"),
    [
        ({0, 1, 2, 3, 4}, time(17), "17:00 Vienna time, Monday to Friday, but not on holidays."),
        ({0, 2, 5}, time(0), "24:00 Vienna time, Monday, Wednesday and Saturday, but not"),
        ({5, 6}, time(12, 5), "12:05 Vienna time, Saturday and Sunday, but not"),
        ({3}, time(12), "12:00 Vienna time, Thursday, but not"),
    ],
)
def test_hours_are_said_in_words(days: set[int], closes: time, said: str) -> None:
    hours = replace(PROVIDER.hours, days=frozenset(days), closes=closes)
    assert f"We open at 07:30 Vienna time and close at {said}" in support(hours=hours)
    assert "holidays" not in support(hours=replace(hours, holidays=frozenset()))


@pytest.mark.parametrize(
    ("leave", "said"),
    [(("a",), "leave a."), (("a", "b"), "leave a and b."), (("a", "b", "c"), "leave a, b and c.")],
)
def test_what_to_leave_is_listed_however_many_it_is(leave: tuple[str, ...], said: str) -> None:
    assert said in support(emergency=replace(PROVIDER.emergency, leave=leave))


def support(**changes: Any) -> str:
    made: Provider = replace(PROVIDER, **changes)
    return Pages(made, URL).render("support.html")


def test_its_bundles_serve_it_alone(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not into build/, where those of the first one lie, and without libraries: ours are lent."""
    found = functions(TEMPLATE.read_text(encoding="utf-8"))
    aside = [replace(one, code_uri=str(tmp_path / f"{one.name}.zip")) for one in found]
    monkeypatch.setattr(bundle, "functions", lambda _: aside)
    monkeypatch.setattr(bundle, "libraries", lambda *_: tmp_path / "none")
    paths = bundle.bundle_all(site)
    assert len(paths) == len(found)
    for path in paths:
        with zipfile.ZipFile(path) as packed:
            assert packed.read("site/provider.toml").decode() == SECOND
            assert "site/content/notices/mast-down.toml" in packed.namelist()
    with zipfile.ZipFile(paths[0]) as packed:
        packed.extractall(tmp_path / "code")
    assert first_provider().name not in (page := _rendered(tmp_path / "code"))
    assert PROVIDER.name in page


def _rendered(code: Path) -> str:
    """The support page, by the code in a bundle and by none of this repository."""
    libraries = [path for path in sys.path if path.endswith("site-packages")]
    program = (
        f"import sys; sys.path[:0] = [{str(code)!r}]; sys.path += {libraries!r};"
        "from netdesk.pages import SITE, Pages; from netdesk.provider_file import read;"
        "print(Pages(read(SITE / 'provider.toml'), 'https://x').render('support.html'))"
    )
    command = [sys.executable, "-I", "-S", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_of_this_repository_but_the_sample_names_the_sample() -> None:
    """So that these tests find what is left of a provider, and not what was put in for them."""
    for folder in ("site", "netdesk", "functions", "infra"):
        for path in (ROOT / folder).rglob("*.*"):
            if path.suffix in (".py", ".html", ".txt", ".toml", ".yaml"):
                assert "alpenfunk" not in path.read_text(encoding="utf-8").lower(), path
