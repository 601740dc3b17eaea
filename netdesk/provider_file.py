"""Reads site/provider.toml; what is wrong in it is named in plain words."""

import ipaddress
import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from netdesk.hours import Hours
from netdesk.provider import (
    Category,
    Component,
    Configuration,
    Emergency,
    Group,
    Phone,
    Provider,
    Question,
    Retention,
)
from netdesk.provider_tracing import tracing
from netdesk.states import IMPACTS
from netdesk.toml_table import Table, Wrong, load

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read(path: Path) -> Provider:
    """The provider in this file; raises Wrong with the file's name and the key."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"{path}: can't be read: {error}") from None
    except Wrong as error:
        raise Wrong(f"{path}: {error}") from None


def parse(text: str) -> Provider:
    top = load(text)
    desk = top.table("desk")
    provider = Provider(
        name=top.text("name"),
        mail_domains=top.all_parsed("mail_domains", _domain, "a list of domain names"),
        prefixes=top.all_parsed(
            "prefixes", ipaddress.ip_network, "a list of networks (192.0.2.0/24)"
        ),
        mail=desk.parsed("mail", _address, "a mail address"),
        known_as=desk.parsed("known_as", _address, "a mail address"),
        staff_mail=desk.parsed("staff_mail", _address, "a mail address"),
        staff_senders=desk.all_parsed("staff_senders", _sender, "a list of mail addresses"),
        blocked_senders=desk.all_parsed(
            "blocked_senders", _blocked, "a list of mail addresses and @domains"
        ),
        phone=_phone(top.table("phone")),
        hours=_hours(top.table("hours")),
        emergency=_emergency(top.table("emergency")),
        categories=tuple(_category(t) for t in top.tables("category")),
        groups=tuple(_group(t) for t in top.tables("group")),
        configuration=tuple(_configuration(t) for t in top.tables("configuration")),
        next_update=_next_update(top.table("next_update_minutes")),
        tracing=tracing(top.table("trace")),
        retention=_retention(top.table("retention")),
    )
    for table in (desk, top):
        table.done()
    _once("category.key", [category.key for category in provider.categories])
    _once("category.question.key", [question.key for question in provider.questions])
    _once("group.component.key", [component.key for component in provider.components])
    _once("trace.probe.name", [probe.name for probe in provider.tracing.probes])
    if provider.tracing.component not in {component.key for component in provider.components}:
        raise Wrong(f"trace.component {provider.tracing.component!r} is no component's key")
    return provider


def _phone(table: Table) -> Phone:
    phone = Phone(
        table.text("number"),
        table.number("status_option", 0, 9),
        table.number("emergency_option", 0, 9),
        table.number("message_option", 0, 9),
    )
    table.done()
    return phone


def _hours(table: Table) -> Hours:
    zone = table.parsed("zone", _zone, "a time zone such as America/Los_Angeles")
    zone_word = table.text("zone_word")
    days = table.all_parsed("days", WEEKDAYS.index, "a list of days such as monday")
    opens = table.parsed("opens", time.fromisoformat, "a time such as 08:00")
    closes = table.parsed("closes", time.fromisoformat, "a time such as 17:00")
    holidays = table.all_parsed(
        "holidays", date.fromisoformat, "a list of dates such as 2026-12-25"
    )
    table.done()
    try:
        return Hours(zone, zone_word, frozenset(days), opens, closes, frozenset(holidays))
    except ValueError as error:
        raise Wrong(f"hours: {error}") from None


def _emergency(table: Table) -> Emergency:
    emergency = Emergency(
        table.flag("by_form"),
        table.number("answer_within_minutes", 1, 1440),
        table.texts("counts"),
        table.texts("does_not_count"),
        table.texts("leave"),
    )
    table.done()
    return emergency


def _category(table: Table) -> Category:
    category = Category(
        table.parsed("key", _key, KEY_WORDS),
        table.text("name"),
        tuple(_question(t) for t in table.tables("question", at_least=0)),
        table.parsed("form", _form, "the path of a form") if table.has("form") else "",
    )
    table.done()
    return category


def _question(table: Table) -> Question:
    question = Question(
        table.parsed("key", _question_key, "a short key of small letters, digits and _"),
        table.text("name"),
        table.text("hint"),
        table.parsed("kind", _kind, f"one of {', '.join(KINDS)}"),
    )
    table.done()
    return question


def _retention(table: Table) -> Retention:
    retention = Retention(
        table.number("raw_mail_days", 1, 3_650),
        table.number("closed_tickets_months", 1, 240),
        table.number("traces_days", 1, 365),
    )
    table.done()
    return retention


def _group(table: Table) -> Group:
    group = Group(table.text("name"), tuple(_component(t) for t in table.tables("component")))
    table.done()
    return group


def _component(table: Table) -> Component:
    component = Component(
        key=table.parsed("key", _key, KEY_WORDS),
        name=table.text("name"),
        about=table.text("about"),
        meanwhile=table.text("meanwhile"),
    )
    table.done()
    return component


def _configuration(table: Table) -> Configuration:
    configuration = Configuration(table.text("name"), table.text("value"), table.text("about"))
    table.done()
    return configuration


def _next_update(table: Table) -> Mapping[str, timedelta]:
    found = {impact: timedelta(minutes=table.number(impact, 5, 10_080)) for impact in IMPACTS}
    table.done()
    return found


KINDS = ("line", "text", "address")
FORMS = ("/problem/domain/",)
# What the form has anyway, under names that others rely on.
TAKEN = {
    "name", "email", "phone", "account", "category", "subject", "message", "emergency",
    "attachments", "token", "leave_empty", "form", "action",
}  # fmt: skip
KEY_WORDS = "a short key of small letters, digits and dashes"


def _key(text: str) -> str:
    return _matching(r"[a-z0-9]+(-[a-z0-9]+)*", text)


def _question_key(text: str) -> str:
    if text in TAKEN:
        raise ValueError(text)
    return _matching(r"[a-z][a-z0-9_]{0,30}", text)


def _kind(text: str) -> str:
    return _matching("|".join(KINDS), text)


def _form(text: str) -> str:
    return _matching("|".join(FORMS), text)


def _domain(text: str) -> str:
    return _matching(r"([a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{1,62}", text.lower())


def _address(text: str) -> str:
    local, _, domain = text.partition("@")
    return f"{_matching(r'[A-Za-z0-9._-]{1,64}', local)}@{_domain(domain)}"


def _sender(text: str) -> str:
    """Of a mail that comes in, so compared without case."""
    return _address(text).lower()


def _blocked(text: str) -> str:
    """An address, or @ and a whole domain."""
    return f"@{_domain(text[1:])}".lower() if text.startswith("@") else _sender(text)


def _matching(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise ValueError(text)
    return text


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(text) from error
    return text


def _once(what: str, keys: list[str]) -> None:
    for key in keys:
        if keys.count(key) > 1:
            raise Wrong(f"{what} {key!r} is used twice: every key must be its own")
