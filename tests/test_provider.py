from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.pages import SITE
from netdesk.provider import Probe
from netdesk.provider_file import parse, read
from netdesk.toml_table import Wrong

EXAMPLE = """\
name = "Example Net"
mail_domains = ["Example.net"]
prefixes = ["192.0.2.0/24", "2001:db8::/32"]
[desk]
mail = "problem@support.example.org"
known_as = "problem@example.net"
staff_mail = "staff@example.org"
staff_senders = ["Staff@example.net"]
blocked_senders = ["@spam.example", "x@example.org"]
[phone]
number = "818/555-0100"
status_option = 2
emergency_option = 3
message_option = 4
[hours]
zone = "America/Los_Angeles"
zone_word = "Pacific"
days = ["monday", "friday"]
opens = "08:00"
closes = "17:00"
holidays = ["2026-12-25"]
[next_update_minutes]
none = 1440
minor = 240
major = 60
critical = 30
[emergency]
by_form = true
answer_within_minutes = 60
counts = ["You can't connect."]
does_not_count = ["A fault of your own computer."]
leave = ["your name"]
[[category]]
key = "technical"
name = "Technical question"
[[category]]
key = "mail-web"
name = "Mail & web"
[[category.question]]
key = "program"
name = "Which program?"
hint = "Such as Eudora."
kind = "line"
[[category]]
key = "names"
name = "Domain names"
form = "/problem/domain/"
[[group]]
name = "Internet access"
[[group.component]]
key = "dialup"
name = "Dial-up & ISDN"
about = "Modem lines."
meanwhile = "Try again later."
[[configuration]]
name = "Mail"
value = "mail.example.net"
about = "Your password."
[trace]
allow = ["198.18.0.0/15"]
refuse = ["192.0.2.128/25"]
resolvers = ["203.0.113.53"]
controls = ["203.0.113.1", "2001:db8::1"]
component = "dialup"
[[trace.probe]]
name = "outside"
place = "on AWS"
inside = false
[[trace.probe]]
name = "inside"
place = "in our office"
inside = true
[retention]
raw_mail_days = 400
closed_tickets_months = 36
traces_days = 30
"""
OPTIONAL = "form"


def test_the_shipped_file_can_be_read() -> None:
    assert read(SITE / "provider.toml").categories


def test_every_fact_of_the_file_reaches_its_place() -> None:
    found = parse(EXAMPLE)
    assert (found.name, found.mail_domains) == ("Example Net", ("example.net",))
    assert [str(network) for network in found.prefixes] == ["192.0.2.0/24", "2001:db8::/32"]
    assert (found.mail, found.known_as) == ("problem@support.example.org", "problem@example.net")
    assert (found.phone.number, found.phone.emergency_option) == ("818/555-0100", 3)
    assert found.hours.days == {0, 4}
    assert (found.hours.opens, found.hours.closes) == (time(8), time(17))
    assert found.hours.holidays == {date(2026, 12, 25)}
    assert found.emergency.counts == ("You can't connect.",)
    assert [category.key for category in found.categories] == ["technical", "mail-web", "names"]
    assert [category.form for category in found.categories] == ["", "", "/problem/domain/"]
    [question] = found.questions
    assert (question.key, question.name) == ("program", "Which program?")
    assert (question.hint, question.kind) == ("Such as Eudora.", "line")
    assert found.emergency.by_form is True
    kept = found.retention
    assert (kept.raw_mail_days, kept.closed_tickets_months, kept.traces_days) == (400, 36, 30)
    assert [component.name for component in found.components] == ["Dial-up & ISDN"]
    assert [component.meanwhile for component in found.components] == ["Try again later."]
    assert found.staff_mail == "staff@example.org"
    minutes = {impact: wait / timedelta(minutes=1) for impact, wait in found.next_update.items()}
    assert minutes == {"none": 1440, "minor": 240, "major": 60, "critical": 30}
    assert found.configuration[0].value == "mail.example.net"
    tracing = found.tracing
    assert [str(network) for network in tracing.rules.allow] == ["198.18.0.0/15"]
    assert [str(network) for network in tracing.rules.refuse] == ["192.0.2.128/25"]
    assert tracing.resolvers == ("203.0.113.53",)
    assert tracing.controls == ("203.0.113.1", "2001:db8::1")
    assert tracing.component == "dialup"
    assert tracing.probes == (
        Probe("outside", "on AWS", inside=False),
        Probe("inside", "in our office", inside=True),
    )


@pytest.mark.parametrize(
    "line",
    [n for n in EXAMPLE.splitlines() if " = " in n and not n.startswith(("[[", OPTIONAL))],
)
def test_a_missing_line_is_named(line: str) -> None:
    key = line.partition(" ")[0]
    with pytest.raises(Wrong, match=rf"{key} is missing: it must be "):
        parse(EXAMPLE.replace(f"{line}\n", "", 1))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"Example Net"', "7", "name must be a text, not 7"),
        ('"Example Net"', '" "', "name must be a text, not ' '"),
        ('["Example.net"]', '["no domain"]', r"mail_domains\[0\] must be a list of domain names"),
        ('"2001:db8::/32"', '"2001:db8::1/32"', r"prefixes\[1\] must be a list of networks"),
        ("problem@support", "a b@support", "desk.mail must be a mail address"),
        ("staff@example.org", "staff", "desk.staff_mail must be a mail address"),
        ("major = 60", "major = 4", "next_update_minutes.major must be a whole number from 5 to"),
        ("major = 60", "major = '60'", "next_update_minutes.major must be a whole number from 5"),
        ("major = 60", "major = 60\nhuge = 5", "next_update_minutes.huge is not a key that"),
        ("minor = 240", "minor = 10081", "from 5 to 10080, not 10081"),
        ('"Try again later."', '""', "meanwhile must be a text, not ''"),
        ("status_option = 2", "status_option = 12", "whole number from 0 to 9, not 12"),
        ("status_option = 2", "status_option = true", "whole number from 0 to 9, not True"),
        ("America/Los_Angeles", "Pacific", "hours.zone must be a time zone"),
        ("America/Los_Angeles", "../etc", "hours.zone must be a time zone"),
        ('"monday"', '"Moonday"', r"hours.days\[0\] must be a list of days"),
        ('"08:00"', '"8"', "hours.opens must be a time such as 08:00"),
        ('"08:00"', '"18:00"', "hours: Support hours must open before they close"),
        ('["monday", "friday"]', "[]", "hours: Support hours need at least one weekday"),
        ('"2026-12-25"', '"25 December"', r"hours.holidays\[0\] must be a list of dates"),
        ('key = "mail-web"', 'key = "Mail/Web"', r"category\[1\].key must be a short key"),
        ('key = "mail-web"', 'key = "technical"', "category.key 'technical' is used twice"),
        ('key = "program"', 'key = "email"', r"question\[0\].key must be a short key"),
        ('key = "program"', 'key = "Program"', r"question\[0\].key must be a short key"),
        ('kind = "line"', 'kind = "file"', "kind must be one of line, text, address"),
        ("by_form = true", "by_form = 1", "emergency.by_form must be true or false, not 1"),
        ("traces_days = 30", "traces_days = 0", "a whole number from 1 to 365, not 0"),
        ('"/problem/domain/"', '"https://evil"', "form must be the path of a form"),
        ('component = "dialup"', 'component = "mail"', "'mail' is no component's key"),
        ('name = "inside"', 'name = "outside"', "trace.probe.name 'outside' is used twice"),
        ('name = "inside"', 'name = "In Side"', r"trace.probe\[1\].name must be outside or inside"),
        ('"203.0.113.53"', '"dns.example"', r"trace.resolvers\[0\] must be a list of addresses"),
        ("[trace]", "[trace]\nallowed = 1", "trace.allowed is not a key that netdesk knows"),
        ("[[group.component]]", "[[group.part]]", r"group\[0\].component is missing"),
        ("name = ", "name : ", "not a TOML file"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected(old: str, new: str, sentence: str) -> None:
    assert old in EXAMPLE
    with pytest.raises(Wrong, match=sentence):
        parse(EXAMPLE.replace(old, new, 1))


@given(st.text(max_size=80), st.integers(0, len(EXAMPLE)), st.integers(0, 40))
def test_no_text_in_the_file_makes_anything_but_a_sentence(text: str, at: int, cut: int) -> None:
    try:
        parse(EXAMPLE[:at] + text + EXAMPLE[at + cut :])
    except Wrong as error:
        assert str(error)


def test_the_sentence_begins_with_the_files_name(tmp_path: Path) -> None:
    path = tmp_path / "provider.toml"
    with pytest.raises(Wrong, match=f"{path}: can't be read"):
        read(path)
    path.write_bytes(b"\xff")
    with pytest.raises(Wrong, match=f"{path}: can't be read"):
        read(path)
    path.write_text("name = 7", encoding="utf-8")
    with pytest.raises(Wrong, match=f"{path}: (desk|name)"):
        read(path)
