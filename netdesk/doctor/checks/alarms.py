"""Alarms: somebody is told of them, and none is on."""

from collections.abc import Iterator
from typing import Any

from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good, skipped, waits
from netdesk.doctor.trying import trying

AT_ONCE = 100  # names that one question takes
PENDING = "PendingConfirmation"  # in place of the subscription's ARN
Json = dict[str, Any]


def look(desk: Desk) -> Iterator[Finding]:
    yield from trying(desk, _subscriptions(desk))
    yield from trying(desk, _states(desk))


def subscriptions(desk: Desk) -> list[Json]:
    """Who is told of alarms, or was asked whether he wants to be."""
    topic = desk.deployed.output("AlarmTopic")
    pages = desk.client("sns").get_paginator("list_subscriptions_by_topic")
    return [one for page in pages.paginate(TopicArn=topic) for one in page["Subscriptions"]]


def _subscriptions(desk: Desk) -> Iterator[Finding]:
    found = subscriptions(desk)
    confirmed = [one for one in found if one["SubscriptionArn"].startswith("arn:")]
    for one in found:
        if one["SubscriptionArn"] == PENDING:
            yield waits(
                f"{one['Endpoint']} has not confirmed yet that it wants alarms.",
                "Open the mail from AWS there, and follow its link; look among spam, too.",
            )
    if confirmed:
        yield good(f"Alarms go to {', '.join(one['Endpoint'] for one in confirmed)}.")
    elif desk.local:
        yield skipped("Nobody is told of alarms of a desk on this machine.")
    elif not found:
        yield bad(
            "Nobody is told of alarms.",
            "Deploy again with --alarm-mail ADDRESS, a mailbox outside your own network.",
        )


def _states(desk: Desk) -> Iterator[Finding]:
    alarms, topic = _alarms(desk), desk.deployed.output("AlarmTopic")
    if not alarms:
        yield bad("The stack has no alarms.", "Deploy the stack again.")
        return
    on = [one for one in alarms if one["StateValue"] == "ALARM"]
    for one in on:
        yield bad(
            f"Alarm: {one.get('AlarmDescription') or one['AlarmName']} ({one['AlarmName']}).",
            "docs/operating.md says of each alarm what to do.",
        )
    mute = [one["AlarmName"] for one in alarms if not _tells(one, topic)]
    if mute:
        yield bad(
            f"Some alarms tell nobody: {', '.join(mute)}.",
            "Somebody may have switched their actions off by hand: on again with"
            " `aws cloudwatch enable-alarm-actions --alarm-names NAME`.",
        )
    if not on and not mute:
        yield good(f"None of the {len(alarms)} alarms is on.")


def _alarms(desk: Desk) -> list[Json]:
    names = desk.deployed.all_of("AWS::CloudWatch::Alarm")
    cloudwatch = desk.client("cloudwatch")
    return [
        one
        for place in range(0, len(names), AT_ONCE)
        for one in cloudwatch.describe_alarms(
            AlarmNames=names[place : place + AT_ONCE], MaxRecords=AT_ONCE
        )["MetricAlarms"]
    ]


def _tells(alarm: Json, topic: str) -> bool:
    return bool(alarm.get("ActionsEnabled")) and topic in alarm.get("AlarmActions", [])
