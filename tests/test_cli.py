import argparse
import io
import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import BadStatusLine
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from urllib.response import addinfourl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk import __version__
from netdesk.cli.download import safe_name
from netdesk.cli.main import main, parser
from netdesk.cli.span import due
from netdesk.facts import Hop, Lookup, Network, Service, Way
from netdesk.number import read
from netdesk.pages import SITE
from netdesk.text import safe
from status_publish.publish import Publisher
from tests.desk import (
    ARN,
    NOW,
    PUBLIC_URL,
    REGION,
    Cloud,
    Door,
    ask,
    fields,
    form,
    http_event,
    provider,
)
from tests.test_notice import KEYS
from tests.test_publish import FRONT
from traceroute.tracing import Tracing

API = f"https://abc.execute-api.{REGION}.amazonaws.com"
HOSTILE = "\x1b]0;evil\x07 \x9b31m \u202egnp.exe \r\x00 \ud83d words"
NOTICE = ("notice", "open", "--title", "No dial tone", "--impact", "major", "--message", "We look.")
OPEN = (*NOTICE, "--component", KEYS[0])
Run = Callable[..., Any]


class Doors(urllib.request.HTTPSHandler):
    """The network between the command line and the doors, as API Gateway is it."""

    def __init__(self, open_door: Callable[[str], Door]) -> None:
        super().__init__()
        self._open = open_door
        self.asked: list[urllib.request.Request] = []
        self.before: Callable[[str], object] = lambda path: None

    def https_open(self, request: urllib.request.Request) -> Any:
        self.asked.append(request)
        parts = urlsplit(request.full_url)
        self.before(parts.path)
        headers = {name.lower(): value for name, value in request.header_items()}
        content = request.data if isinstance(request.data, bytes) else b""
        event = http_event(
            request.get_method(),
            unquote(parts.path),
            body=("application/json", content) if content else None,
            headers=headers,
            query=dict(parse_qsl(parts.query)),
            arn=ARN,
        )
        answer = self._open(self._behind(parts.path))(event)
        body = io.BytesIO(answer["body"].encode())
        response: Any = addinfourl(body, answer["headers"], request.full_url, answer["statusCode"])
        response.msg = ""
        return response

    @staticmethod
    def _behind(path: str) -> str:
        kind = path.split("/")[2]
        known = {"tickets": "StaffFunction", "mails": "MailsFunction", "traces": "TraceFunction"}
        return known.get(kind, "NoticesFunction")


@pytest.fixture
def doors(door: Callable[..., Door], monkeypatch: pytest.MonkeyPatch) -> Iterator[Doors]:
    monkeypatch.setenv("NETDESK_API", API)
    made = Doors(door)
    urllib.request.install_opener(urllib.request.build_opener(made))
    yield made
    urllib.request.install_opener(urllib.request.build_opener())


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """What a command prints when it succeeds: its JSON document, if that was asked for."""

    def run(*arguments: str) -> Any:
        code = main(arguments)
        out, err = capsys.readouterr()
        assert (code, err) == (0, "")
        return json.loads(out) if "--json" in arguments else out

    return run


@pytest.fixture
def fails(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """The one sentence that a command ends with when its user can mend it."""

    def fails(*arguments: str) -> str:
        code = main(arguments)
        out, err = capsys.readouterr()
        assert (code, out) == (1, "")
        assert err.count("\n") == 1
        return err

    return fails


def commands(made: argparse.ArgumentParser, *before: str) -> Iterator[tuple[str, ...]]:
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, inner in action.choices.items():
                yield from commands(inner, *before, name)
            return
    yield before


ALL = list(commands(parser()))


def test_the_contract_names_these_commands() -> None:
    promised = {
        "notice": "open update resolve schedule edit postmortem retract list show templates",
        "ticket": "list next show reply note assign wait resolve reopen open history",
        "site": "publish",
    }
    wanted = {(group, name) for group, names in promised.items() for name in names.split()}
    assert wanted | {("trace",), ("up",)} <= set(ALL)


@pytest.mark.parametrize("command", [(), ("ticket",), *ALL], ids=" ".join)
def test_every_command_has_help(
    command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*command, "--help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: netdesk {' '.join(command)}".rstrip())


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"netdesk {__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["ticket"],
        ["ticket", "show"],
        ["ticket", "reply", "K7Q2-9WXA"],
        ["ticket", "list", "--colour"],
        ["notice", "open", "--title", "x"],
        ["notice", "open", "--template", "x", "--set", "place"],
        ["notice", "open", "--template", "x", "--set", "=Burbank"],
        [*NOTICE, "--component", "web", "--set", "place=Burbank"],
        [*NOTICE, "--component", "web", "--json", "--preview", "-"],
        [*NOTICE, "--component", "web", "--next-update", ""],
        ["notice", "schedule", *NOTICE[2:], "--component", "web", "--from", "", "--to", " "],
        ["notice", "update", "20261124-abc", "--message", "x"],
        ["notice", "retract", "20261124-abc", "--message", "x", "--json", "--preview", "-"],
        ["notice", "show", "20261124-abc", "--as", "fax"],
        ["trace"],
    ],
)
def test_a_command_that_is_not_understood_is_one_sentence_and_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    out, err = capsys.readouterr()
    assert (ended.value.code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("netdesk")
    assert err.endswith("--help)\n")


# --- no desk -------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [None, "{", "[]", "{}", '{"api": "http://localhost"}', b"\xff"])
def test_without_a_local_desk_the_sentence_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: Any, content: Any
) -> None:
    monkeypatch.setenv("NETDESK_STATE", str(tmp_path))
    monkeypatch.delenv("NETDESK_API", raising=False)
    if content is not None:
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "stack.json").write_bytes(data)
    assert "start one with `make run`" in fails("ticket", "list")


def test_whom_aws_does_not_know_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: Any
) -> None:
    monkeypatch.setenv("NETDESK_API", API)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    assert "AWS does not know you: set AWS_PROFILE" in fails("ticket", "list")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "AWS does not know you" in fails("ticket", "list")


@pytest.mark.parametrize(
    "url", ["support.example.net", "ftp://example.net", "https://", "http://a b"]
)
def test_an_address_that_is_none_is_said_to_be(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, fails: Any, url: str
) -> None:
    monkeypatch.setenv("NETDESK_API", url)
    assert "NETDESK_API" in fails("ticket", "list")


@pytest.mark.parametrize(
    "error", [ConnectionRefusedError("refused"), TimeoutError("timed out"), BadStatusLine("junk")]
)
def test_a_desk_that_does_not_answer_is_said_to_be_away(
    doors: Doors, fails: Any, error: Exception
) -> None:
    def away(_: str) -> None:
        raise error

    doors.before = away
    assert fails("ticket", "list").startswith("The desk does not answer (")


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (403, '{"message": "Forbidden"}', "The desk refused you: ask for the staff policy"),
        (422, '{"errors": {"": "No\\nticket."}}', "No ticket."),
        (404, '{"errors": {"id": "No trace."}}', "No trace."),
        (500, "<html>", "The desk failed (500): try again."),
        (502, "[]", "The desk failed (502): try again."),
    ],
)
def test_what_the_desk_refuses_is_one_sentence(
    doors: Doors, fails: Any, monkeypatch: Any, status: int, body: str, sentence: str
) -> None:
    answer = {"statusCode": status, "headers": {}, "body": body}
    monkeypatch.setattr(doors, "_open", lambda _: lambda _: answer)
    assert fails("ticket", "list").startswith(sentence)


def test_who_gives_up_waiting_is_not_shown_a_trace_of_calls(doors: Doors) -> None:
    def stop(_: str) -> None:
        raise KeyboardInterrupt

    doors.before = stop
    assert main(["ticket", "list"]) == 130


# --- tickets -------------------------------------------------------------------------------------

PHONE = ("ticket", "open", "--name", "Ann", "--phone", "818-555-0100", "--message", "It is dead.")
TICKET = {
    "number", "state", "subject", "category", "opened_at", "promised_by", "latest_by", "assignee",
    "from", "emergency",
}  # fmt: skip


def test_a_ticket_goes_from_the_phone_to_its_end(run: Run, doors: Doors) -> None:
    made = run(*PHONE, "--email", "ann@example.org", "--json")
    number = made["number"]
    assert made.keys() >= TICKET
    assert read(number) == number
    assert [t["number"] for t in run("ticket", "list", "--json")] == [number]
    assert run("ticket", "next", "--json")["assignee"] == "anna"
    assert run("ticket", "reply", number, "--message", "Reboot.", "--json")["number"] == number
    run("ticket", "note", number, "--message", "Old modem.")
    run("ticket", "assign", number, "--to", "bob")
    run("ticket", "wait", number)
    run("ticket", "reopen", number.lower().replace("-", ""))
    assert run("ticket", "resolve", number, "--message", "Done.", "--json")["state"] == "resolved"
    shown = run("ticket", "show", number, "--json")
    assert TICKET | {"entries"} <= shown.keys()
    history = run("ticket", "history", number, "--json")
    assert [told["text"] for told in history] == [
        "It is dead.", "Keyed in from the phone by anna.", "assigned to anna", "Reboot.",
        "Old modem.", "assigned to bob", "waiting for the customer", "reopened", "Done.",
    ]  # fmt: skip
    assert run("ticket", "list", "--json") == []


def test_every_request_is_signed_for_the_api_in_its_region(run: Run, doors: Doors) -> None:
    run(*PHONE)
    run("ticket", "list", "--state", "waiting")
    for asked in doors.asked:
        signature = asked.get_header("Authorization") or ""
        assert signature.startswith("AWS4-HMAC-SHA256 Credential=")
        assert f"/{REGION}/execute-api/aws4_request" in signature
    keys = [asked.get_header("Idempotency-key") for asked in doors.asked]
    assert len(set(keys)) == 2


def test_people_read_tables_and_pages(run: Run, doors: Doors) -> None:
    assert run("ticket", "list") == "No ticket is open.\n"
    assert run("ticket", "list", "--state", "waiting") == "No ticket is waiting.\n"
    number = run(*PHONE, "--url", "https://example.com/", "--emergency", "--json")["number"]
    calls, _, called, _, head, line = run("ticket", "list").splitlines()
    assert calls.startswith("Call back, no mail reaches them")
    assert called.split()[:3] == ["818-555-0100", "Ann", number]
    assert head.split()[:2] == ["number", "due"]
    assert line.startswith(f"! {number}")
    shown = run("ticket", "show", number)
    for words in (number, " ".join(number[:4]), "open  EMERGENCY", "Ann, 818-555-0100", "nobody",
                  "https://example.com/", "customer", "It is dead.", "not shown to"):  # fmt: skip
        assert words in shown
    assert "Keyed in from the phone by anna." in run("ticket", "history", number)


def test_what_is_too_long_to_be_shown_with_the_others_is_shown_alone(
    run: Run, doors: Doors, fails: Any
) -> None:
    long = "x" * 99_990
    number = run(*PHONE[:-1], f"{long} first", "--json")["number"]
    for _ in range(8):
        run("ticket", "note", number, "--message", f"{long} note")
    command = f"netdesk ticket show {number} --entry 1"
    shown = run("ticket", "show", number)
    assert shown.count("The rest of this text is left out here.") == 1
    assert f"All of it: {command})" in shown
    assert "first" not in shown
    assert shown.count(f"{long} note") == 8
    alone = run(*command.split()[1:])
    assert f"{long} first" in alone
    assert not [words for words in ("left out", "note") if words in alone]
    assert [one["place"] for one in run(*command.split()[1:], "--json")["entries"]] == [1]
    for place in ("0", "99", "-1"):
        assert fails("ticket", "show", number, "--entry", place) == (
            f"Ticket {number} has no entry {place}.\n"
        )


def test_whom_no_mail_reaches_is_called_back_once(run: Run, doors: Doors) -> None:
    number = run(*PHONE, "--json")["number"]
    run("ticket", "called", number)
    assert run("ticket", "calls") == "Nobody is to be called back.\n"
    told = run("ticket", "reply", number, "--message", "Try again now.")
    assert f"call 818-555-0100, then: netdesk ticket called {number}" in told
    assert "call back 818-555-0100: not told yet" in run("ticket", "show", number)
    [to_call] = run("ticket", "calls", "--json")
    assert (to_call["number"], to_call["call_back"]) == (number, True)
    run("ticket", "called", number, "--message", "He says that it works again.")
    assert run("ticket", "calls", "--json") == []
    told = run("ticket", "history", number, "--json")[-1]
    assert (told["text"], told["kind"]) == ("He says that it works again.", "answer")


def test_who_was_quarantined_is_let_in_with_one_command(
    run: Run, doors: Doors, door: Callable[..., Door]
) -> None:
    trapped = form(fields() | {"leave_empty": "http://spam.example"})
    number = ask(door("WebFunction"), "POST", "/api/tickets", body=trapped).json["number"]
    assert run("ticket", "list", "--json") == []
    [held] = run("ticket", "list", "--quarantined", "--json")
    assert (held["number"], held["state"]) == (number, "suspect")
    assert "held      a field was filled in" in run("ticket", "show", number)
    run("ticket", "let-in", number)
    assert [ticket["number"] for ticket in run("ticket", "list", "--json")] == [number]


def test_a_long_text_comes_from_standard_input(
    run: Run, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = run(*PHONE, "--json")["number"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Grüße\nline 2".encode())))
    run("ticket", "note", number, "--message", "-")
    assert run("ticket", "history", number, "--json")[-1]["text"] == "Grüße\nline 2"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"no UTF-8: \xff")))
    run("ticket", "note", number, "--message", "-")
    assert run("ticket", "history", number, "--json")[-1]["text"] == "no UTF-8: \ufffd"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "K7Q2-9WXB"), "K7Q2-9WXB is not a ticket number"),
        (("show", "../notices"), "../notices is not a ticket number"),
        (("show", "#K7Q2", "-", "9WXB"), "#K7Q2 - 9WXB is not a ticket number"),
        (("reply", "0000-0000", "--message", "x"), "There is no ticket 0000-0000."),
        (("next",), "No open ticket is without an owner."),
        (("list", "--state", "lost"), "A ticket is open, waiting, resolved or suspect"),
        (("open", "--message", "x"), "Give a mail address or a phone number"),
    ],
)
def test_the_desks_own_refusal_is_what_staff_read(
    doors: Doors, fails: Any, arguments: tuple[str, ...], sentence: str
) -> None:
    assert fails("ticket", *arguments).startswith(sentence)


@pytest.fixture
def link(tmp_path: Path, doors: Doors, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that the desk gives out, and an empty folder to fetch it to."""
    source = tmp_path / "source"
    source.write_bytes(b"line")
    body = json.dumps({"name": "../.evil log.txt", "url": source.as_uri()})
    answer = {"statusCode": 200, "headers": {}, "body": body}
    monkeypatch.setattr(doors, "_open", lambda _: lambda _: answer)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


FILE = ("ticket", "file", "0000-0000", "x")


def test_a_file_is_fetched_under_a_name_that_can_do_no_harm(run: Run, link: Path) -> None:
    assert "evil_log.txt. It came from a stranger" in run(*FILE)
    assert [(path.name, path.read_bytes()) for path in link.iterdir()] == [
        ("evil_log.txt", b"line")
    ]
    document = run(*FILE, "--to", str(link / "b"), "--json")
    assert document == {"name": "../.evil log.txt", "path": str(link / "b")}
    (link / "folder").mkdir()
    run(*FILE, "--to", "folder")
    assert (link / "folder" / "evil_log.txt").exists()


def test_nothing_that_is_there_is_overwritten(fails: Any, link: Path) -> None:
    (link / "evil_log.txt").write_text("mine")
    assert "is there already: name another place with --to" in fails(*FILE)
    assert (link / "evil_log.txt").read_text() == "mine"


def test_a_link_that_leads_nowhere_is_one_sentence(fails: Any, link: Path) -> None:
    (link.parent / "source").unlink()
    assert fails(*FILE).startswith("The file could not be fetched (")
    assert list(link.iterdir()) == []


@given(st.text())
def test_any_file_name_becomes_one_that_is_safe_in_any_shell(name: str) -> None:
    left = safe_name(name)
    assert re.fullmatch(r"[\w+][\w.+-]*", left)
    assert len(left) <= 100


# --- notices -------------------------------------------------------------------------------------


def test_a_notice_goes_from_open_to_resolved(run: Run, doors: Doors, cloud: Cloud) -> None:
    assert run("notice", "list") == "There is no notice yet.\n"
    made = run(*OPEN, "--component", KEYS[1], "--at", "Other Net", "--json")
    assert made.keys() >= {
        "id", "title", "kind", "state", "impact", "components", "opened_at", "resolved_at", "url",
        "updates",
    }  # fmt: skip
    assert made["components"] == KEYS[:2]
    one = made["id"]
    run("notice", "update", one.upper(), "--state", "identified", "--message", "A cable.")
    run("notice", "resolve", one, "--message", "Mended.")
    assert [n["state"] for n in run("notice", "list", "--json")] == ["resolved"]
    assert run("notice", "list").splitlines()[1].startswith(one)
    shown = run("notice", "show", one)
    for words in (one, "Other Net", "No dial tone", "A cable.", "Mended.", "by anna"):
        assert words in shown
    assert run("site", "publish").endswith(" pages written, revision 3.\n")
    everything = run("site", "publish", "--all", "--json")
    assert set(everything["written"]) >= FRONT
    assert everything["renewing"] == [f"{one[:4]}-{one[4:6]}"]
    told = run("site", "publish", "--all").splitlines()
    assert told[1] == "The pages of 1 month follow, one month a minute."
    assert "Mended." in cloud.objects("sitebucket")[f"status/notices/{one}/index.html"].decode()


def test_all_that_staff_may_say_of_a_notice_arrives(run: Run, doors: Doors) -> None:
    began, next_at = datetime.now(UTC) - timedelta(hours=2), datetime.now(UTC) + timedelta(hours=1)
    said = ("--meanwhile", "Use the phone.", "--since", began.isoformat())
    made = run(*OPEN, *said, "--next-update", next_at.isoformat(), "--json")
    assert made["meanwhile"] == "Use the phone."
    assert made["since"] == began.isoformat(timespec="seconds")
    assert made["next_update"] == next_at.isoformat(timespec="seconds")
    shown = run("notice", "show", made["id"])
    for words in ("meanwhile   Use the phone.", "since       ", "promised    an update by "):
        assert words in shown
    again = ("--state", "identified", "--message", "A cable.", "--next-update", "2h 30m", "--json")
    promised = run("notice", "update", made["id"], *again)["next_update"]
    assert _minutes_from_now(promised) == pytest.approx(150, abs=1)
    more = ("--meanwhile", "Wait.", "--at", "Other Net", "--since", made["opened_at"])
    edited = run("notice", "edit", made["id"], *more, "--next-update", "1d", "--json")
    assert (edited["meanwhile"], edited["at"]) == ("Wait.", "Other Net")
    assert edited["since"] == made["opened_at"]
    assert _minutes_from_now(edited["next_update"]) == pytest.approx(1440, abs=1)


def _minutes_from_now(moment: str) -> float:
    return (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds() / 60


PLAN = ("notice", "schedule", "--title", "New router", "--from", "2099-03-01 02:00",
        "--to", "2099-03-01 04:00", "--component", KEYS[0], "--message", "Breaks.")  # fmt: skip


def test_a_maintenance_is_planned_and_moved(run: Run, doors: Doors, fails: Any) -> None:
    made = run(*PLAN, "--meanwhile", "Sleep.", "--json")
    assert (made["kind"], made["impact"], made["meanwhile"]) == ("maintenance", "minor", "Sleep.")
    moved = run("notice", "edit", made["id"], "--to", "2099-03-01 06:00", "--json")
    assert moved["scheduled_for"] == made["scheduled_for"]
    assert moved["scheduled_until"] == "2099-03-01T14:00:00+00:00"
    assert re.search(r"planned     .* to ", run("notice", "show", made["id"]))
    sentence = fails("notice", "edit", made["id"], "--from", "2099-03-01 07:00")
    assert sentence.startswith("The maintenance would end before it begins")
    listed = run("notice", "list").splitlines()[1]
    assert listed.split()[:4] == [made["id"], "scheduled", "minor", "-"]


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("30m", "2026-11-24T18:30:00+00:00"),
        ("2h", "2026-11-24T20:00:00+00:00"),
        ("1D", "2026-11-25T18:00:00+00:00"),
        (" 1h 30 min ", "2026-11-24T19:30:00+00:00"),
        ("0m", "2026-11-24T18:00:00+00:00"),
        *(
            (other, other)
            for other in ("", " ", "30", "m", "1w", "30m 1h", "-1h", "soon", "12345d")
        ),
        ("2026-12-24 22:00", "2026-12-24 22:00"),
    ],
)
def test_a_span_is_sent_as_a_moment_and_nothing_else_is_changed(typed: str, moment: str) -> None:
    assert due(typed, NOW) == moment


@given(st.text())
def test_any_text_is_a_moment_or_stays(text: str) -> None:
    said = due(text, NOW)
    assert said == text or datetime.fromisoformat(said) >= NOW


BAD: list[tuple[tuple[str, ...], str]] = [
    ((*NOTICE, "--component", "moon"), "Component moon is unknown: use "),
    ((*OPEN, "--impact", "huge"), "Impact huge is unknown: use none, minor, major or critical."),
    ((*OPEN, "--title", " "), "The title is empty"),
    ((*OPEN, "--since", "2000-09-02 08:00"), "It can't have begun then"),
    ((*OPEN, "--next-update", "0m"), "The next update can't be promised for then"),
    ((*OPEN, "--next-update", "99d"), "The next update can't be promised for then"),
    ((*OPEN, "--next-update", "soon"), "soon is no time: write it like "),
    ((*OPEN, "--template", "flood"), "There is no template flood: use "),
    (
        ("notice", "open", "--template", "web-down"),
        "Template web-down has a gap: add --set server=",
    ),
    ((*PLAN, "--to", "2099-03-01 01:00"), "The maintenance would end before it begins"),
    (("notice", "resolve", "20261124-zzz", "--message", "x"), "There is no notice 20261124-zzz"),
    (("notice", "show", "templates"), "templates is not a notice: see `netdesk notice list`."),
    (("notice", "show", "../tickets"), "../tickets is not a notice"),
    (("notice", "show", ""), " is not a notice"),
    (("notice", "edit", "\udcff\x1b[31m", "--title", "x"), "\ufffd\ufffd[31m is not a notice"),
]


@pytest.mark.parametrize(("arguments", "sentence"), BAD)
def test_a_notice_that_can_not_be_is_refused_and_nothing_is_kept(
    doors: Doors, fails: Any, cloud: Cloud, arguments: tuple[str, ...], sentence: str
) -> None:
    assert fails(*arguments).startswith(sentence.strip())
    assert cloud.rows("NoticesTable") == []


def test_who_is_overtaken_is_told_and_nothing_is_overruled(
    run: Run, doors: Doors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also while the first still types: the version is read before the text is."""
    one = run(*OPEN, "--json")["id"]

    def other(_: str) -> None:
        doors.before = lambda path: None
        main(["notice", "edit", one, "--title", "The other's", "--json"])

    class Typing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            doors.before = other
            return b"Mine."

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Typing()))
    assert main(["notice", "edit", one, "--message", "-"]) == 1
    said = capsys.readouterr().err
    assert said == f"Somebody changed notice {one} meanwhile: look at it again first.\n"
    told = run("notice", "show", one, "--json")
    assert (told["title"], told["updates"][0]["message"]) == ("The other's", "We look.")


# --- notices that would be -----------------------------------------------------------------------


def everything_of(cloud: Cloud) -> Any:
    return cloud.rows("NoticesTable"), cloud.objects("sitebucket")


def changes(one: str, plan: str) -> dict[str, tuple[str, ...]]:
    said = ("--message", "Another word.")
    return {
        "open": OPEN,
        "schedule": PLAN,
        "update": ("notice", "update", one, "--state", "identified", *said),
        "edit": ("notice", "edit", plan, "--title", "Another router"),
        "retract": ("notice", "retract", plan, *said),
        "resolve": ("notice", "resolve", one, *said),
        "postmortem": ("notice", "postmortem", one, *said),
    }


@pytest.mark.parametrize("verb", changes("", ""))
def test_a_dry_run_says_what_the_command_writes_and_keeps_nothing(
    run: Run, doors: Doors, cloud: Cloud, tmp_path: Path, verb: str
) -> None:
    one, plan = (run(*command, "--json")["id"] for command in (OPEN, PLAN))
    if verb == "postmortem":
        run("notice", "resolve", one, "--message", "Over.")
    command, before = changes(one, plan)[verb], everything_of(cloud)
    page, text = tmp_path / "page.html", run(*command, "--dry-run")
    told = run(*command, "--preview", str(page), "--json")
    assert told["dry_run"] is True
    count = f"Would write {len(told['pages'])} pages:"
    for words in ("This is a dry run: nothing is kept", count, "status/index.html", told["title"],
                  "--- the status page", "SERVICES"):  # fmt: skip
        assert words in text
    assert ("Its id will be another" in text) == (verb in ("open", "schedule"))
    assert page.read_text(encoding="utf-8") == told["html"]
    assert everything_of(cloud) == before
    done = run(*command, "--json")
    assert "dry_run" not in done
    after = cloud.objects("sitebucket")
    written = {
        key.replace(done["id"], told["id"]) for key in after if after[key] != before[1].get(key)
    }
    assert written <= set(told["pages"])
    assert set(told["pages"]) <= {key.replace(done["id"], told["id"]) for key in after}


def test_a_preview_is_written_where_it_is_asked_for(
    run: Run, doors: Doors, fails: Any, tmp_path: Path, cloud: Cloud
) -> None:
    html = run(*OPEN, "--preview", "-")
    assert html.startswith("<!doctype html>")
    assert html.endswith("</html>\n")
    assert not html.endswith("\n\n")
    path = tmp_path / "page.html"
    path.write_text("an older preview")
    said = run(*OPEN, "--preview", str(path))
    assert said.endswith(f"Open {path} in a browser: it is the status page.\n")
    assert "No dial tone" in path.read_text(encoding="utf-8")
    for place in ("", str(tmp_path), str(tmp_path / "none" / "page.html")):
        assert " was not written (" in fails(*OPEN, "--preview", place)
    assert cloud.rows("NoticesTable") == []


# --- templates -----------------------------------------------------------------------------------

SHIPPED = sorted((SITE / "content" / "notices").glob("*.toml"))


def test_templates_are_listed_with_their_gaps(run: Run, doors: Doors) -> None:
    listed = run("notice", "templates", "--json")
    assert [one["name"] for one in listed] == [path.stem for path in SHIPPED]
    assert len(SHIPPED) >= 5
    head, *rows = run("notice", "templates").splitlines()
    assert head.split() == ["name", "title", "gaps"]
    for one, row in zip(listed, rows, strict=True):
        assert row.startswith(one["name"])
        assert row.endswith(", ".join(one["gaps"]))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_template_fills_and_names_the_gap_that_is_left(
    run: Run, doors: Doors, fails: Any, path: Path
) -> None:
    [listed] = [n for n in run("notice", "templates", "--json") if n["name"] == path.stem]
    gaps = listed["gaps"]
    given = [f"--set={gap}=What {{is}} in {gap}" for gap in gaps]
    command = ("notice", "open", "--template", path.stem)
    made = run(*command, *given, "--dry-run", "--json")
    assert (made["impact"], made["components"]) == (listed["impact"], listed["components"])
    assert made["meanwhile"] and not made["meanwhile"].endswith("\u2026")
    whole = " ".join((made["title"], made["meanwhile"], made["updates"][0]["message"]))
    for gap in gaps:
        assert f"What {{is}} in {gap}" in whole
        assert f"{{{gap}}}" not in whole
        left = [one for one in given if not one.startswith(f"--set={gap}=")]
        said = fails(*command, *left)
        assert said == f"Template {path.stem} has a gap: add --set {gap}=...\n"


def test_what_is_said_overrides_the_template(run: Run, doors: Doors) -> None:
    """And a gap in what is overridden need not be filled."""
    said = ("--title", "Burbank is silent", "--impact", "critical", "--component", KEYS[1],
            "--message", "Mine.", "--meanwhile", "Wait.")  # fmt: skip
    made = run("notice", "open", "--template", "dialup-down", *said, "--json")
    assert (made["title"], made["impact"]) == ("Burbank is silent", "critical")
    assert (made["components"], made["meanwhile"]) == ([KEYS[1]], "Wait.")
    assert made["updates"][0]["message"] == "Mine."


# --- notices in a list, and elsewhere ------------------------------------------------------------


def test_a_notice_is_told_for_other_media(run: Run, doors: Doors) -> None:
    one = run(*OPEN, "--json")["id"]
    for medium in ("sms", "phone", "social"):
        text = run("notice", "show", one, "--as", medium)
        assert "No dial tone" in text
        assert run("notice", "show", one, "--as", medium, "--json") == {"text": text[:-1]}


def test_a_late_notice_is_marked_and_told_apart(
    run: Run, doors: Doors, publisher: Publisher, capsys: pytest.CaptureFixture[str]
) -> None:
    late, timely = (run(*OPEN, "--title", title, "--json")["id"] for title in ("late", "timely"))
    over = run(*OPEN, "--title", "over", "--json")["id"]
    run("notice", "resolve", over, "--message", "Over.")
    was = publisher.notices.read(late)
    assert was
    promised = datetime.now(UTC) - timedelta(minutes=1)
    publisher.notices.change(replace(was, next_at=promised, version=was.version + 1), was)
    warning = f"Late: customers wait for the promised update of {late}.\n"
    for command in (("list",), ("show", late)):
        assert main(["notice", *command]) == 0
        out, err = capsys.readouterr()
        assert err == warning
        assert out.count("LATE") == 1
    run("notice", "list", "--json")
    run("notice", "show", timely)
    run("notice", "show", late, "--as", "sms")
    main(["notice", "list"])
    head, *rows = capsys.readouterr().out.splitlines()
    assert [name for name in re.split("  +", head) if not name.startswith("next")] == [
        "id", "state", "impact", "title",
    ]  # fmt: skip
    due = {row.split()[0]: re.split("  +", row)[3] for row in rows}
    assert list(due)[-1] == over
    assert due[late].endswith(" LATE")
    assert re.fullmatch(r"\d\d \w+ \d\d:\d\d", due[timely])
    assert due[over] == "-"


def test_on_a_terminal_no_line_is_broken_inside_a_word(
    run: Run, doors: Doors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    words = "What you can do meanwhile is to wait until somebody has found out why it is so. " * 3
    said = ("--title", words[:100], "--meanwhile", words, "--message", f"{words}\n\n- {words}")
    shown = run(*OPEN, *said, "--dry-run")
    for line in shown.splitlines():
        assert len(line) <= 80 or " " not in line.strip()
    assert re.search(r"(?m)^meanwhile   What .*\n {12}\w", shown)
    assert re.search(r"(?m)^- What .*\n  \w", shown)
    run(*OPEN, *said, "--next-update", "1h")
    assert max(map(len, run("notice", "list").splitlines())) <= 80
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    main([*NOTICE, "--component", "moon" * 9])
    assert max(map(len, capsys.readouterr().err.splitlines())) <= 80


# --- traces --------------------------------------------------------------------------------------


WALKED = (
    Lookup(1, "own", "found", ("192.0.2.2",)),
    Way(2, 4, "192.0.2.2"),
    Hop(3, 1, ("192.0.2.1",), 1.25),
    Hop(4, 2),
    Network(5, "192.0.2.1", 64500, "Example Net"),
    Hop(6, 2, ("192.0.2.2",), 2),
    Way(7, 4, "192.0.2.2", "reached"),
    Service(8, 4, 443, "open", 2.0, "ok", 200),
)


@pytest.fixture
def walked(doors: Doors, tracing: Tracing) -> None:
    """Between order and question the whole path is walked."""

    def probe(path: str) -> None:
        job, now = path.removeprefix("/staff/traces").strip("/"), datetime.now(UTC)
        if job and tracing.traces.begin("outside", job, now) is not None:
            tracing.traces.learnt("outside", job, WALKED, now)
            tracing.traces.end("outside", job)

    doors.before = probe


def test_a_trace_is_shown_hop_by_hop_with_its_verdict(run: Run, walked: None) -> None:
    lines = run("trace", "https://www.example.com/").splitlines()
    assert lines[:4] == [
        "from outside over IPv4 to 192.0.2.2:",
        "  1  192.0.2.1            1.2 ms    AS64500  Example Net",
        "  2  *",
        "  2  192.0.2.2            2.0 ms",
    ]
    assert "names       own name server: 192.0.2.2" in lines
    assert "port 443    IPv4: open, TLS ok, HTTP 200" in lines
    assert "the site www.example.com answers us now" in lines[-3]
    assert lines[-2] == "sure        certain"
    assert lines[-1].startswith(f"page        {PUBLIC_URL}/api/traces/")


def test_a_trace_is_one_document(run: Run, walked: None) -> None:
    document = run("trace", "www.example.com", "--json")
    assert [hop["n"] for hop in document["hops"]] == [3, 6]
    assert (document["state"], document["verdict"]["code"]) == ("done", "answers")
    kinds = [fact["kind"] for fact in document["probes"][0]["facts"]]
    assert kinds == ["lookup", "way", "network", "way", "service"]


@pytest.mark.parametrize(
    ("options", "wish"),
    [
        ((), {"method": None, "version": None, "flows": 1}),
        (("--tcp", "-6"), {"method": "tcp", "version": 6, "flows": 1}),
        (("--udp", "--flows", "4"), {"method": "udp", "version": None, "flows": 4}),
        (("--icmp", "-4", "--from", "outside"), {"method": "icmp", "version": 4, "flows": 1}),
    ],
    ids=str,
)
def test_how_it_is_traced_is_the_callers_to_choose(
    run: Run, walked: None, cloud: Cloud, options: tuple[str, ...], wish: Any
) -> None:
    run("trace", "www.example.com", *options)
    url = cloud.name("ProbeQueue")
    [order] = cloud.sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(order["Body"])["wish"] == wish


def test_a_measuring_host_that_there_is_not_is_named(doors: Doors, fails: Any) -> None:
    said = fails("trace", "www.example.com", "--from", "moon")
    assert said == "Choose a measuring host: outside.\n"


def test_a_target_that_may_not_be_traced_is_refused(doors: Doors, fails: Any) -> None:
    assert fails("trace", "127.0.0.1").startswith("127.0.0.1 is the address by which")


# --- what strangers wrote ------------------------------------------------------------------------


NUMBERS = {"id": "20261124-abc", "number": "0000-0000"}  # such as there may be
CHANGES = [("notice", verb) for verb in changes("", "")]


# They serve, change and examine a whole desk; the last one fetches.
UNLIKE = (("up",), ("deploy",), ("doctor",), ("ticket", "file"))


def test_no_command_lets_a_stranger_steer_the_terminal(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even when what is stored was never cleaned: every answer holds nothing but steering."""
    at = "2026-11-24T18:00:00+00:00"
    file = {"name": HOSTILE, "media_type": HOSTILE, "size": 1, "kept_back": True}
    told = {"at": at, "who": HOSTILE, "kind": HOSTILE, "state": HOSTILE, "text": HOSTILE,
            "message": HOSTILE, "public": False, "attachments": [file], "place": 1,
            "cut": True}  # fmt: skip
    words = ("id", "number", "state", "subject", "assignee", "from", "name", "email", "phone",
             "account", "url", "occurred_at", "error_text", "title", "impact", "at", "category",
             "source", "last_word", "target", "meanwhile", "html", "text")  # fmt: skip
    one: dict[str, Any] = dict.fromkeys(words, HOSTILE)
    one["id"] = HOSTILE.replace("\ud83d", "")  # it stands in addresses, too
    one |= dict.fromkeys(("opened_at", "promised_by", "latest_by", "since", "next_update"), at)
    one |= {"errors": {"": HOSTILE}, "number": "0000-0000"}
    one |= dict.fromkeys(("scheduled_for", "scheduled_until", "version"), at)
    one |= {"emergency": True, "components": [HOSTILE], "entries": [told], "updates": [told]}
    hop = {"n": 1, "ttl": 1, "addresses": [HOSTILE], "rtt_ms": 1.0, "mark": HOSTILE, "version": 4}
    facts = [
        {"kind": "network", "address": HOSTILE, "operator": HOSTILE, "asn": HOSTILE},
        {"kind": "way", "version": 4, "address": HOSTILE},
        {"kind": "control", "address": HOSTILE, "reached": False},
        {"kind": "lookup", "resolver": HOSTILE, "outcome": HOSTILE, "addresses": [HOSTILE]},
        {"kind": "service", "port": 1, "version": 4, "connect": HOSTILE, "tls": HOSTILE,
         "status": HOSTILE},
    ]  # fmt: skip
    one |= {"hops": [hop | {"probe": HOSTILE}], "probes": [{"name": HOSTILE, "facts": facts}]}
    known = {"title": HOSTILE, "url": HOSTILE}
    said = dict.fromkeys(("sentence", "code", "where", "operator"), HOSTILE)
    said |= {"confidence": "low", "known": known, "after": 1, "version": 4}
    one |= {"verdict": said, "link": HOSTILE}
    one |= {"written": [], "revision": HOSTILE}
    one |= {"renewing": [HOSTILE], "resolved_at": None, "pages": [HOSTILE], "gaps": [HOSTILE]}
    one |= {"received_at": at, "outcome": HOSTILE, "reason": HOSTILE, "size": 1, "month": HOSTILE}
    one |= {"verdicts": {HOSTILE: HOSTILE}, "no_answer": HOSTILE, "attachments": [file]}
    one |= {"received": 1, "ticket": 1, "follow-up": 1, "quarantined": 1, "follows": HOSTILE}
    one |= {"waiting": [HOSTILE], "missing": [HOSTILE], "call_back": True, "code": HOSTILE}
    one |= {"suspicion": HOSTILE, "transfer_code": True, "details": {"since": HOSTILE}}
    one |= {"files": 1, "backups": HOSTILE}
    told |= {"sender": HOSTILE, "remark": HOSTILE}
    document = one | {n: [one] for n in ("tickets", "notices", "templates", "mails", "calls")}
    for status, dry, tried in ((200, False, ALL), (200, True, CHANGES), (422, False, [ALL[0]])):
        state = "done" if status == 200 else HOSTILE
        body = json.dumps(document | {"state": state, "dry_run": dry})
        answer = {"statusCode": status, "headers": {}, "body": body}
        monkeypatch.setattr(doors, "_open", lambda _, a=answer: lambda _: a)
        for command in tried:
            if command not in UNLIKE:
                for more in ([], ["--json"], *([["--preview", "-"]] if dry else [])):
                    main([*command, *needed(command), *more])
    out, err = capsys.readouterr()
    assert "words" in out
    assert "words" in err
    for text in (out, err):
        assert safe(text) == text


def needed(command: tuple[str, ...]) -> list[str]:
    """What this command can't be called without, as its own parser says."""
    made = parser()
    for name in command:
        [group] = [a for a in made._actions if isinstance(a, argparse._SubParsersAction)]
        made = group.choices[name]
    given = [] if command != ("notice", "open") else ["--template", "x"]
    for action in made._actions:
        if action.required:
            value = NUMBERS.get(action.dest) or str((action.choices or ["x"])[0])
            given += [*action.option_strings[:1], value]
    return given


def test_the_shipped_provider_has_components_to_name() -> None:
    assert len(KEYS) == len(list(provider().components)) > 1
