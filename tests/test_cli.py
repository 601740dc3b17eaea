import argparse
import io
import json
import re
import sys
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
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
from netdesk.number import read
from netdesk.text import safe
from netdesk.trace import Hop
from tests.desk import ARN, REGION, Cloud, Door, http_event, provider
from tests.test_notice import KEYS
from tests.test_publish import FRONT
from traceroute.traces import Tracing

API = f"https://abc.execute-api.{REGION}.amazonaws.com"
HOSTILE = "\x1b]0;evil\x07 \x9b31m \u202egnp.exe \r\x00 \ud83d words"
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
        return {"tickets": "StaffFunction", "traces": "TraceFunction"}.get(kind, "NoticesFunction")


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
        "notice": "open update resolve list show",
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
    head, line = run("ticket", "list").splitlines()
    assert head.split()[:2] == ["number", "due"]
    assert line.startswith(f"! {number}")
    shown = run("ticket", "show", number)
    for words in (number, " ".join(number[:4]), "open  EMERGENCY", "Ann, 818-555-0100", "nobody",
                  "https://example.com/", "customer", "It is dead.", "not shown to"):  # fmt: skip
        assert words in shown
    assert "Keyed in from the phone by anna." in run("ticket", "history", number)


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
        (("list", "--state", "lost"), "A ticket is open, waiting or resolved"),
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


# --- notices and traces --------------------------------------------------------------------------

OPEN = ("notice", "open", "--title", "No dial tone", "--impact", "major", "--message", "We look.")


def test_a_notice_goes_from_open_to_resolved(run: Run, doors: Doors, cloud: Cloud) -> None:
    assert run("notice", "list") == "There is no notice yet.\n"
    made = run(*OPEN, "--component", KEYS[0], "--component", KEYS[1], "--at", "Other Net", "--json")
    assert made.keys() >= {
        "id", "title", "kind", "state", "impact", "components", "opened_at", "resolved_at", "url",
        "updates",
    }  # fmt: skip
    assert made["components"] == KEYS[:2]
    one = made["id"]
    run("notice", "update", one, "--state", "identified", "--message", "A cable.")
    run("notice", "resolve", one, "--message", "Mended.")
    assert [n["state"] for n in run("notice", "list", "--json")] == ["resolved"]
    assert run("notice", "list").splitlines()[1].startswith(one)
    shown = run("notice", "show", one)
    for words in (one, "Other Net", "No dial tone", "A cable.", "Mended.", "by anna"):
        assert words in shown
    assert run("site", "publish").endswith(" pages written, revision 3.\n")
    assert len(run("site", "publish", "--all", "--json")["written"]) == len(FRONT) + 1
    assert "Mended." in cloud.objects("sitebucket")[f"status/notices/{one}/index.html"].decode()


def test_a_notice_that_can_not_be_is_refused(doors: Doors, fails: Any) -> None:
    assert fails(*OPEN, "--component", "moon").startswith("Component moon is unknown: use ")
    sentence = fails("notice", "resolve", "20261124-zzz", "--message", "x")
    assert sentence.startswith("There is no notice 20261124-zzz")


def test_a_trace_is_shown_hop_by_hop_with_its_verdict(
    run: Run, doors: Doors, tracing: Tracing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def probe(path: str) -> None:
        """Between order and question the whole path is walked."""
        job = path.removeprefix("/staff/traces").strip("/")
        if job and tracing.traces.begin("outside", job, datetime.now(UTC)) is not None:
            for hop in (Hop(1, 1, ("192.0.2.1",), 1.25), Hop(2, 2), Hop(3, 2, ("192.0.2.2",), 2)):
                tracing.traces.heard("outside", job, hop, datetime.now(UTC))
            tracing.traces.end("outside", job, address="192.0.2.2", reached=True)

    doors.before = probe
    first, second, late, _, verdict = run("trace", "https://www.example.com/").splitlines()
    assert first.split() == ["1", "192.0.2.1", "1.2", "ms"]
    assert (second.split(), late.split()) == (["2", "*"], ["2", "192.0.2.2", "2.0", "ms"])
    assert "packets reach the machine 192.0.2.2 of www.example.com" in verdict
    document = run("trace", "www.example.com", "--json")
    assert [hop["n"] for hop in document["hops"]] == [1, 3]
    assert (document["state"], document["verdict"]["code"]) == ("done", "reached")


def test_a_target_that_may_not_be_traced_is_refused(doors: Doors, fails: Any) -> None:
    assert fails("trace", "127.0.0.1").startswith("127.0.0.1 is the address by which")


# --- what strangers wrote ------------------------------------------------------------------------


def test_no_command_lets_a_stranger_steer_the_terminal(
    doors: Doors, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even when what is stored was never cleaned: every answer holds nothing but steering."""
    at = "2026-11-24T18:00:00+00:00"
    file = {"name": HOSTILE, "media_type": HOSTILE, "size": 1}
    told = {"at": at, "who": HOSTILE, "kind": HOSTILE, "state": HOSTILE, "text": HOSTILE,
            "message": HOSTILE, "public": False, "attachments": [file]}  # fmt: skip
    words = ("id", "number", "state", "subject", "assignee", "from", "name", "email", "phone",
             "account", "url", "occurred_at", "error_text", "title", "impact", "at", "category",
             "source", "last_word", "target")  # fmt: skip
    one: dict[str, Any] = dict.fromkeys(words, HOSTILE)
    one["id"] = HOSTILE.replace("\ud83d", "")  # it stands in addresses, too
    one |= dict.fromkeys(("opened_at", "promised_by", "latest_by"), at)
    one |= {"errors": {"": HOSTILE}, "number": "0000-0000"}
    one |= dict.fromkeys(("scheduled_for", "scheduled_until", "version"), at)
    one |= {"emergency": True, "components": [HOSTILE], "entries": [told], "updates": [told]}
    hop = {"n": 1, "ttl": 1, "addresses": [HOSTILE], "rtt_ms": 1.0, "mark": HOSTILE}
    one |= {"hops": [hop], "verdict": {"sentence": HOSTILE}, "written": [], "revision": HOSTILE}
    document = one | {"tickets": [one], "notices": [one]}
    for status, state, tried in ((200, "done", ALL), (422, HOSTILE, [("ticket", "list")])):
        body = json.dumps(document | {"state": state})
        answer = {"statusCode": status, "headers": {}, "body": body}
        monkeypatch.setattr(doors, "_open", lambda _, a=answer: lambda _: a)
        for command in tried:
            if command != ("up",):
                for more in ([], ["--json"]):
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
    given = []
    for action in made._actions:
        if action.required:
            given += [*action.option_strings[:1], str((action.choices or ["x"])[0])]
    return given


def test_the_shipped_provider_has_components_to_name() -> None:
    assert len(KEYS) == len(list(provider().components)) > 1
