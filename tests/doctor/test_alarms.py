"""Alarms: somebody is told, and none is on."""

from dataclasses import replace
from typing import Any

import pytest

from netdesk.doctor.deployed import Resource
from tests.doctor import ward
from tests.doctor.account import ANSWERS, TOPIC, Account, alarm, subscription
from tests.doctor.ward import DEPLOYED, desk, found, only_bad, states

SNS, ALARMS = ("sns", "ListSubscriptionsByTopic"), ("cloudwatch", "DescribeAlarms")


def test_somebody_is_told_and_no_alarm_is_on() -> None:
    told = found(desk(), "alarms")
    assert [one.said for one in told] == [
        "Alarms go to on@elsewhere.example.",
        "None of the 1 alarms is on.",
    ]


def test_who_has_not_confirmed_waits() -> None:
    listed = {"Subscriptions": [subscription("new@elsewhere.example", "PendingConfirmation")]}
    told = found(desk({SNS: listed}), "alarms")
    assert [one.state for one in told] == ["waits", "good"]
    assert "new@elsewhere.example" in told[0].said and "mail from AWS" in told[0].advice


@pytest.mark.parametrize(
    ("answers", "said", "advice"),
    [
        ({SNS: {"Subscriptions": []}}, "Nobody is told of alarms.", "--alarm-mail"),
        ({ALARMS: {"MetricAlarms": [alarm(StateValue="ALARM")]}},
         "Alarm: Mail waits (netdesk-MailAge).", "docs/operating.md"),
        ({ALARMS: {"MetricAlarms": [alarm(AlarmActions=[])]}}, "tell nobody: net", "by hand"),
        ({ALARMS: {"MetricAlarms": [alarm(ActionsEnabled=False)]}}, "tell nobody: net", "by hand"),
        ({ALARMS: {"MetricAlarms": []}}, "The stack has no alarms.", "again"),
    ],
)  # fmt: skip
def test_each_fault_of_the_alarms_is_named_alone(answers: Any, said: str, advice: str) -> None:
    bad = only_bad(desk(answers), "alarms")
    assert said in bad.said and advice in bad.advice


def test_an_alarm_that_has_no_figures_yet_is_not_on() -> None:
    told = {ALARMS: {"MetricAlarms": [alarm(StateValue="INSUFFICIENT_DATA")]}}
    assert states(desk(told), "alarms") == ["good", "good"]


def test_on_this_machine_nobody_need_be_told() -> None:
    given = desk({SNS: {"Subscriptions": []}}, local=True)
    assert states(given, "alarms") == ["skipped", "good"]


def test_every_alarm_of_the_stack_is_asked_for_and_no_other() -> None:
    many = {f"A{n}": Resource("AWS::CloudWatch::Alarm", f"alarm-{n}") for n in range(130)}
    account = Account(ANSWERS)
    given = desk(client=account.client, deployed=replace(DEPLOYED, resources=many))
    assert states(given, "alarms") == ["good", "good"]
    asked = [body for service, name, body in account.asked if name == "DescribeAlarms"]
    names = [str(body).count("alarm-") for body in asked]
    assert sum(names) == 130 and max(names) == 100


def test_a_stack_of_another_version_is_told() -> None:
    outputs = {name: value for name, value in DEPLOYED.outputs.items() if value != TOPIC}
    bad = list(ward.of("bad", found(desk(deployed=replace(DEPLOYED, outputs=outputs)), "alarms")))
    assert "has no output AlarmTopic: it is of another version" in bad[0].said
