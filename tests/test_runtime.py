"""The functions under AWS's own Lambda runtime interface client, from their bundles alone."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.aws_over_http import Aws, served
from tests.desk import REGION, Cloud, common, fields, mail_event, stream_event
from tests.execution_environment import CREDENTIALS, FUNCTIONS, Lambda, Python, program, python
from tests.first_events import ASKED, DONE, batch, opened, resolved_long_ago, story
from tests.lambda_answers import identity, lived, told
from tests.lambda_events import by_triggers, from_queue, from_stream, http, kind, scheduled
from tests.mail_room import raw
from tests.runtime_api import Outcome, Process
from tests.test_mail_door import age

LAMBDAS = common()["Runtime"].removeprefix("python")  # the version that the template asks for
BATCHES = ("MailFunction", "OutboxFunction", "FeedbackFunction")
Processes = Callable[[str], Process]


@pytest.fixture(scope="module")
def cloud(account: Any) -> Iterator[Cloud]:
    with pytest.MonkeyPatch.context() as patch:
        for name in CREDENTIALS:
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        yield Cloud()
    account.reset()


@pytest.fixture(scope="module")
def aws(cloud: Cloud) -> Iterator[Aws]:
    with served() as server:
        yield server


@pytest.fixture(scope="module")
def home(cloud: Cloud, aws: Aws, tmp_path_factory: pytest.TempPathFactory) -> Lambda:
    folder = tmp_path_factory.mktemp("lambda")
    return Lambda(cloud, aws.endpoint, python(folder), folder)


@pytest.fixture(scope="module")
def process(home: Lambda) -> Iterator[Processes]:
    """One process of each function; it stays warm."""
    with ExitStack() as stack:
        yield cache(lambda name: stack.enter_context(home.start(name, ONLY_FRONT="true")))


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Python:
    """The Python that Lambda runs, where this is another one."""
    other, client = program(LAMBDAS), Path(sys.prefix) / f"lambda-{LAMBDAS}"
    if not (other and client.is_dir()):
        pytest.skip(f"no {'awslambdaric for ' if other else ''}Python {LAMBDAS} here")
    return python(tmp_path_factory.mktemp("newer"), other, client)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_cold_start_and_warm_events_are_answered(
    process: Processes, cloud: Cloud, name: str
) -> None:
    kinds = lived(process(name), story(cloud, name))
    assert len(kinds) >= 2
    assert set(kinds) == {kind(event) for event in by_triggers(name)}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_so_they_are_by_the_python_that_lambda_runs(
    newer: Python, home: Lambda, cloud: Cloud, name: str
) -> None:
    with replace(home, python=newer).start(name) as process:
        assert len(lived(process, story(cloud, name))) >= 2


def test_half_a_character_ends_no_process(process: Processes) -> None:
    """Lambda's client can't send it, and gives up:
    https://github.com/aws/aws-lambda-python-runtime-interface-client
    """
    asked = http("POST", "/api/tickets", body=fields(email="", message="\ud800"))
    for accepted, path in (("text/html", "/api/tickets"), ("application/json", "/api/\ud800")):
        event = asked | {"rawPath": path, "headers": asked["headers"] | {"accept": accepted}}
        assert told(process("WebFunction").invoke(event))["statusCode"] in (404, 422)


# --- faults ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("wanted", ["application/json", "text/html"])
def test_a_fault_is_told_to_a_customer_in_a_sentence(
    process: Processes, aws: Aws, name: str, wanted: str
) -> None:
    """What it was stands in the log, once, under the same request id."""
    event = ASKED[name] | {"headers": ASKED[name]["headers"] | {"accept": wanted}}
    before = process(name).logged
    with aws.refusing("dynamodb"):
        answer = told(process(name).invoke(event))
    assert answer["statusCode"] == 500
    assert answer["headers"]["Content-Type"].startswith(wanted)
    assert "Something broke on our side." in answer["body"]
    assert "(request request-1)" in answer["body"]
    if wanted == "application/json":
        assert json.loads(answer["body"]).keys() == {"errors"}
    for inner in ("canary", "AccessDenied", "ClientError", "Traceback", ".py"):
        assert inner not in answer["body"]
    [line] = process(name).logged.removeprefix(before).splitlines()
    logged = json.loads(line)
    assert (logged["request"], logged["error"]) == ("request-1", "ClientError")
    assert "canary" not in line
    assert told(process(name).invoke(event))["statusCode"] < 500


@pytest.mark.parametrize("name", ["OutboxFunction", "RetentionFunction", "ClockFunction"])
def test_a_fault_that_nobody_waits_for_is_an_error_to_lambda(
    process: Processes, aws: Aws, name: str
) -> None:
    """So that it is counted, and an alarm can tell of it."""
    with aws.refusing("dynamodb"):
        outcome = process(name).invoke(scheduled(name))
    assert outcome.way == "error"
    error = outcome.body
    assert error["errorType"] == "ClientError"
    assert "AccessDeniedException" in error["errorMessage"]
    door = FUNCTIONS[name].handler.split(".")[1]
    assert f"{door}.py" in error["stackTrace"][0]
    assert "in lambda_handler" in error["stackTrace"][0]
    told(process(name).invoke(scheduled(name)))


@pytest.mark.parametrize("name", BATCHES)
def test_of_a_batch_that_fails_each_record_comes_again(
    process: Processes, cloud: Cloud, aws: Aws, name: str
) -> None:
    event = batch(cloud, name)
    with aws.refusing("dynamodb"):
        answer = told(process(name).invoke(event))
    failed = [{"itemIdentifier": identity(record)} for record in event["Records"]]
    assert answer == {"batchItemFailures": failed}
    assert told(process(name).invoke(event)) == DONE


def test_a_bundle_that_lacks_a_module_says_so_at_its_start(home: Lambda, tmp_path: Path) -> None:
    broken = replace(home, folder=tmp_path)
    (broken.unpacked("WebFunction") / "netdesk" / "answers.py").unlink()
    with broken.start("WebFunction") as process:
        outcome = process.invoke(ASKED["WebFunction"])
        assert (outcome.way, outcome.kind) == ("init/error", "Runtime.ImportModuleError")
        assert outcome.body["errorMessage"] == (
            "Unable to import module 'ticket_intake.web_door': No module named 'netdesk.answers'"
        )
        assert process.child.wait(timeout=10) == 1


# --- time -----------------------------------------------------------------------------------------

SWEEP = scheduled("OutboxFunction")


def test_the_outbox_begins_no_mail_when_its_time_is_nearly_over(
    process: Processes, cloud: Cloud
) -> None:
    outbox = process("OutboxFunction")
    told(outbox.invoke(SWEEP))
    opened(cloud, "fay", "gus")
    assert told(outbox.invoke(SWEEP, seconds=4)) == {"sent": 0}
    assert told(outbox.invoke(SWEEP)) == {"sent": 2}


@pytest.mark.parametrize("name", BATCHES)
def test_what_a_batch_has_no_time_for_comes_again(
    process: Processes, cloud: Cloud, name: str
) -> None:
    event = batch(cloud, name)
    failed = [{"itemIdentifier": identity(record)} for record in event["Records"]]
    assert told(process(name).invoke(event, seconds=4)) == {"batchItemFailures": failed}
    assert told(process(name).invoke(event)) == DONE


def test_the_minute_takes_in_no_mail_when_its_time_is_nearly_over(
    process: Processes, cloud: Cloud
) -> None:
    bucket = cloud.name("MailBucket")
    cloud.s3.put_object(Bucket=bucket, Key="inbound/left", Body=raw())
    age(cloud, timedelta(seconds=61))
    mail, minute = process("MailFunction"), scheduled("MailFunction")
    for seconds, lying in ((4, {"inbound/left"}), (20, set())):
        assert told(mail.invoke(minute, seconds=seconds)) == {"failed": 0}
        assert cloud.objects(bucket, "inbound/").keys() == lying


def test_the_day_begins_no_deletion_when_its_time_is_nearly_over(
    process: Processes, cloud: Cloud
) -> None:
    resolved_long_ago(cloud)
    retention, day = process("RetentionFunction"), scheduled("RetentionFunction")
    assert [told(retention.invoke(day, s))["tickets"] for s in (4, 20)] == [0, 1]


def test_a_mail_on_which_the_time_ran_out_is_sent_once_when_its_lease_is_over(
    home: Lambda, cloud: Cloud, aws: Aws
) -> None:
    first, second = opened(cloud, "hal", "ida")
    events = [from_stream(stream_event(row), "TicketsTable") for row in (first, second)]
    with home.start("OutboxFunction") as outbox, aws.saying_nothing("POST ses"):
        assert outbox.invoke(events[0], seconds=6).way == "time-out"
    with home.start("OutboxFunction") as outbox:
        for event in reversed(events):
            assert told(outbox.invoke(event)) == DONE
        [row] = [row for row in cloud.outbox() if row["number"] == first["number"]]
        assert (row["attempts"], "unsent" in row) == (1, True)
        cloud.put("TicketsTable", **row | {"due_at": first["due_at"]})
        for _ in range(2):
            told(outbox.invoke(SWEEP))
    for name in ("hal", "ida"):
        assert sum(f"{name}@example.org" in mail for mail in cloud.sent()) == 1


def test_a_process_that_is_killed_half_way_leaves_one_ticket_with_one_entry(
    home: Lambda, cloud: Cloud, aws: Aws
) -> None:
    """As a lack of memory does. The ticket was there, but its mail was not put away."""
    bucket, content = cloud.name("MailBucket"), raw(message_id="<late@example.org>", subject="Late")
    cloud.s3.put_object(Bucket=bucket, Key="inbound/late", Body=content)
    event = from_queue(mail_event("inbound/late"), "InboundMailQueue")

    def tickets() -> list[tuple[str, int]]:
        found = (row for row in cloud.tickets() if row["subject"] == "Late")
        return [(row["number"], row["entries"]) for row in found]

    with home.start("MailFunction") as mail, aws.saying_nothing("PUT s3", mail.child.kill):
        assert mail.invoke(event) == Outcome("exit", -9)
    before = tickets()
    assert len(before) == 1
    with home.start("MailFunction") as mail:
        assert told(mail.invoke(event)) == DONE
    assert tickets() == before
    assert "inbound/late" not in cloud.objects(bucket, "inbound/")
