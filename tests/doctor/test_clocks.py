"""Clocks: all are on, or the one that is not is named."""

from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from netdesk.doctor.checks.clocks import KIND
from netdesk.doctor.deployed import Resource
from netdesk.doctor.desk import Desk
from tests.desk import REGION
from tests.doctor.ward import DEPLOYED, desk, found, only_bad

CLOCKS = {name: Resource(KIND, f"desk-{name}") for name in ("ClockFunctionMinute", "MailMinute")}


@pytest.fixture
def schedules(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("scheduler", REGION)


def made(schedules, **states: str) -> Desk:
    for name, state in states.items():
        schedules.create_schedule(
            Name=CLOCKS[name].name, State=state, ScheduleExpression="rate(1 minute)",
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": "arn:aws:lambda:::x", "RoleArn": "arn:aws:iam::1:role/x"},
        )  # fmt: skip
    return desk(client=lambda _: schedules, deployed=replace(DEPLOYED, resources=CLOCKS))


def test_all_clocks_are_on(schedules) -> None:
    given = made(schedules, ClockFunctionMinute="ENABLED", MailMinute="ENABLED")
    assert [one.said for one in found(given, "clocks")] == ["All 2 clocks are on."]


def test_one_that_is_off_is_named(schedules) -> None:
    given = made(schedules, ClockFunctionMinute="DISABLED", MailMinute="ENABLED")
    bad = only_bad(given, "clocks")
    assert bad.said.startswith("The clock ClockFunctionMinute is disabled")
    assert "desk-ClockFunctionMinute: it must be enabled" in bad.advice


def test_one_that_is_gone_is_named(schedules) -> None:
    bad = only_bad(made(schedules, ClockFunctionMinute="ENABLED"), "clocks")
    assert bad.said.startswith("The clock MailMinute is deleted")
