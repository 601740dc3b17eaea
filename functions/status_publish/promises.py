"""Counts the tickets whose usual promise fell due: the index tells nothing else of them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from netdesk.dynamo import moment, pack
from status_publish.traffic import BACKLOG, RECENT, Traffic

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def count(client: "DynamoDBClient", table: str, now: datetime) -> Traffic:
    """An index lags a little; that a ticket is counted a minute later misleads nobody."""

    def fell_due(answered: str, within: timedelta) -> int:
        times = {":since": moment(now - within), ":now": moment(now)}
        pages = client.get_paginator("query").paginate(
            TableName=table,
            IndexName="by_promise",
            KeyConditionExpression="answered = :answered AND promised_by BETWEEN :since AND :now",
            ExpressionAttributeValues=pack(times | {":answered": answered}),
            Select="COUNT",
        )
        return sum(page["Count"] for page in pages)

    return Traffic(fell_due("no", BACKLOG), fell_due("late", RECENT), fell_due("in time", RECENT))
