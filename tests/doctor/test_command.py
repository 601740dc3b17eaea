"""netdesk doctor as it is typed and read: its words, its exit codes, and the desk that it takes."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.deploying.on_aws import OnAws
from netdesk.cli import patient
from netdesk.cli.desk_api import Failed
from netdesk.cli.doctor import Note
from netdesk.cli.main import main
from netdesk.doctor import examine
from netdesk.doctor.desk import Desk
from netdesk.doctor.examine import Check
from netdesk.doctor.finding import Finding, bad, good, skipped, waits
from netdesk.doctor.parts import PARTS
from netdesk.pages import SITE
from netdesk.text import safe
from tests.desk import NOW
from tests.doctor import ward
from tests.doctor.account import TOPIC, Account

GOOD, SKIPPED = good("The page is there."), skipped("Nothing to see.")
RECORD = "support.isp.example MX 10 inbound-smtp.us-west-2.amazonaws.com"
BAD = bad("Mail is lost.", "Add it:", RECORD)
WAITS = waits("AWS looks at it.", "Wait a day.")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The command on a desk of which these things are found."""

    def run(*arguments: str, **given: list[Finding]) -> tuple[int, str, str]:
        checks = [
            Check(part, lambda desk, part=part: iter(given[part]))
            for part in PARTS
            if part in given
        ]
        monkeypatch.setattr(examine, "CHECKS", checks)
        monkeypatch.setattr(patient, "on_aws", lambda *_: ward.desk())
        code = main(["doctor", "--stack", "netdesk", *arguments])
        return (code, *capsys.readouterr())

    return run


def test_each_finding_stands_in_its_part_with_what_to_do_below(run: Run) -> None:
    code, out, err = run("page", "mail", page=[GOOD, SKIPPED], mail=[BAD, WAITS])
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "https://support.isp.example, stack netdesk in us-west-2",
        "",
        "Status page",
        "  ok     The page is there.",
        "  --     Nothing to see.",
        "",
        "Mail that comes in",
        "  FAILS  Mail is lost.",
        "         > Add it:",
        f"             {RECORD}",
        "  waits  AWS looks at it.",
        "         > Wait a day.",
        "",
        "1 thing fails, 1 waits for AWS; 1 was not looked at.",
    ]


@pytest.mark.parametrize(
    ("given", "code", "summary"),
    [
        ([GOOD], 0, "Everything works."),
        ([GOOD, SKIPPED, SKIPPED], 0, "Everything works; 2 were not looked at."),
        ([WAITS, WAITS], 0, "Nothing fails, 2 wait for AWS."),
        ([BAD, BAD, BAD, WAITS], 1, "3 things fail, 1 waits for AWS."),
    ],
)
def test_the_last_line_and_the_code_say_how_it_is(
    run: Run, given: list[Finding], code: int, summary: str
) -> None:
    ended, out, _ = run(page=given)
    assert (ended, out.splitlines()[-1]) == (code, summary)


def test_parts_are_examined_in_their_own_order_and_others_are_not(run: Run) -> None:
    _, out, _ = run("mail", "page", page=[GOOD], mail=[GOOD], trace=[BAD])
    assert re.findall(r"(?m)^[A-Z].*[a-z]$", out) == ["Status page", "Mail that comes in"]


def test_one_document_for_programs(run: Run) -> None:
    code, out, _ = run("--json", page=[GOOD], mail=[BAD])
    told = json.loads(out)
    assert code == 1
    assert (told["good"], told["bad"], told["waits"], told["skipped"]) == (1, 1, 0, 0)
    assert told["findings"][1] == {
        "part": "mail", "state": "bad", "said": BAD.said, "advice": "Add it:",
        "copied": list(BAD.copied),
    }  # fmt: skip


def test_what_strangers_say_can_not_steer_the_terminal(run: Run) -> None:
    evil = "\x1b]0;evil\x07 \x9b31m \u202egnp.exe \r\n\nokay"
    _, out, _ = run(page=[bad(evil, evil, evil)])
    assert safe(out) == out
    assert "\n\nokay" not in out


def test_on_a_terminal_lines_are_wrapped_and_what_is_copied_is_not(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((60, 24)))
    long = "When your network is down, nobody finds the desk, and nobody can report a problem."
    record = "x" * 70
    _, out, _ = run("page", page=[bad(long, long, record)])
    lines = out.splitlines()
    assert lines[3:5] == [
        "  FAILS  When your network is down, nobody finds the desk,",
        "         and nobody can report a problem.",
    ]
    assert lines[5].startswith("         > When") and lines[6].startswith("           and")
    assert lines[7] == " " * 13 + record


def test_what_is_waited_for_is_shown_on_a_terminal_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = Note()
    silent.write("a mail")
    silent.wipe()
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    note = Note()
    for _ in range(3):
        note.write("a mail \x1b[2J")
    note.wipe()
    note.wipe()
    out = capsys.readouterr().out
    assert out == "waiting for a mail \ufffd[2J ...\r\x1b[2K\r"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("nonsense",), 2, "nonsense is none of network, dns, certificate"),
        (("--resolver", "dns.example"), 1, "dns.example is no address of a resolver"),
        (("--resolver", "127.0.0.1:99999"), 1, "is no address of a resolver"),
        (("--resolver", "127.0.0.1:x"), 1, "is no address of a resolver"),
    ],
)
def test_what_is_typed_wrongly_is_one_sentence(
    arguments: tuple[str, ...], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        ended = main(["doctor", *arguments])
    except SystemExit as exit:
        ended = int(str(exit.code))
    out, err = capsys.readouterr()
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert sentence in err


@pytest.mark.parametrize(
    ("typed", "address", "port"),
    [
        ("9.9.9.9", "9.9.9.9", 53),
        ("127.0.0.1:5353", "127.0.0.1", 5353),
        ("2001:db8::1", "2001:db8::1", 53),
        ("[2001:db8::1]", "2001:db8::1", 53),
        ("[::1]:5353", "::1", 5353),
    ],
)
def test_a_resolver_is_named_by_address_and_port(typed: str, address: str, port: int) -> None:
    made: Any = patient.resolver_at(typed)
    assert (made.asked.nameservers, made.asked.port) == ([address], port)


def test_every_part_has_its_check_in_the_order_that_is_told() -> None:
    assert [check.part for check in examine.CHECKS] == [*PARTS]


# --- which desk ----------------------------------------------------------------------------------


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("NETDESK_API", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETDESK_STATE", str(tmp_path))
    return tmp_path


def test_without_a_desk_it_says_how_to_name_one(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["doctor"]) == 1
    assert "start one with `make run`, or name yours with --stack" in capsys.readouterr().err


def test_a_desk_of_this_machine_that_does_not_run_is_one_sentence(
    nowhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = dict.fromkeys(("front", "api", "smtp", "outbox", "region"), "http://localhost:9")
    told |= {"emulator": "http://127.0.0.1:9", "staff_key": "x", "staff_secret": "x"}
    (nowhere / "stack.json").write_text(json.dumps(told | {"region": "us-west-2"}))
    assert main(["doctor"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and "A desk on this machine must run" in err


@pytest.fixture
def stack(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Account]:
    """A stack, `desk` in us-west-2, with these outputs."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")

    def stack(**outputs: str) -> Account:
        told: Any = {"StackName": "desk", "CreationTime": NOW, "StackStatus": "CREATE_COMPLETE"}
        told["Outputs"] = [{"OutputKey": k, "OutputValue": v} for k, v in outputs.items()]
        made: Any = {"LogicalResourceId": "AlarmTopic", "PhysicalResourceId": TOPIC}
        made |= {"ResourceType": "AWS::SNS::Topic", "LastUpdatedTimestamp": NOW}
        made |= {"ResourceStatus": "CREATE_COMPLETE"}
        account = Account(
            {
                ("cloudformation", "DescribeStacks"): {"Stacks": [told]},
                ("cloudformation", "ListStackResources"): {"StackResourceSummaries": [made]},
                ("ses", "SendRawEmail"): {"MessageId": "1"},
            }
        )
        monkeypatch.setattr(
            OnAws,
            "client",
            lambda own, service, region="": account.client(service, region or own.region),
        )
        return account

    return stack


def test_a_desk_on_aws_is_found_by_its_stack(stack: Callable[..., Account]) -> None:
    account = stack(Front=f"{ward.FRONT}/", ApiUrl=ward.API)
    found: Desk = patient.on_aws("desk", "us-west-2", ward.names(), look_only=False)
    assert (found.front, found.region, found.local, found.seconds) == (
        ward.FRONT, "us-west-2", False, 120,
    )  # fmt: skip
    staff: Any = found.staff
    assert (staff.url, staff.region) == (ward.API, "us-west-2")
    assert found.deployed.name("AlarmTopic") == TOPIC
    assert found.provider.name == ward.provider().name
    assert found.log_command == "aws logs tail /netdesk/desk --since 15m --region us-west-2"
    assert found.client("acm", "us-east-1").meta.region_name == "us-east-1"
    found.post("a@isp.example", "b@isp.example", b"From: a@isp.example\n\nHello.")
    assert account.asked[-1][:2] == ("ses", "SendRawEmail")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("ValidationError", "There is no stack desk here: name it with --stack, and --region."),
        ("AccessDenied", "The stack desk can't be looked at: AccessDenied of the test"),
    ],
)
def test_a_stack_that_can_not_be_seen_is_one_sentence(
    stack: Callable[..., Account], error: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stack().answers["cloudformation", "DescribeStacks"] = error
    assert main(["doctor", "--stack", "desk", "--region", "us-west-2"]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert sentence in err


def test_a_stack_that_is_no_desk_is_one_sentence(
    stack: Callable[..., Account], capsys: pytest.CaptureFixture[str]
) -> None:
    stack(ApiUrl=ward.API)
    assert main(["doctor", "--stack", "desk", "--region", "us-west-2"]) == 1
    assert "has no output Front: it is of another version" in capsys.readouterr().err


def test_a_profile_without_a_region_is_asked_for_one(
    stack: Callable[..., Account],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stack()
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    assert main(["doctor", "--stack", "desk"]) == 1
    assert "Say in which region" in capsys.readouterr().err


def test_a_provider_file_that_is_wrong_is_named(
    stack: Callable[..., Account], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack(Front=ward.FRONT, ApiUrl=ward.API)
    monkeypatch.setenv("NETDESK_SITE", str(tmp_path))
    text = (SITE / "provider.toml").read_text(encoding="utf-8")
    (tmp_path / "provider.toml").write_text(text.replace("prefixes =", "prefix ="))
    with pytest.raises(Failed, match=r"provider\.toml: prefix"):
        patient.on_aws("desk", "us-west-2", ward.names(), look_only=False)
