"""Rate limits: counters in DynamoDB, one row for each window, raised by condition."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.dynamo import condition_lost, pack

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Limit:
    what: str
    most: int
    seconds: int


class Limits:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def wait(self, limit: Limit, who: str, now: datetime) -> int:
        """Count one use: 0 when it is within the limit, else the seconds until it may be again."""
        second = int(now.timestamp())
        start = second - second % limit.seconds
        digest = hashlib.sha256(who.encode()).hexdigest()[:32]  # no personal data in a key
        try:
            self._client.update_item(
                TableName=self._table,
                Key=pack({"pk": f"limit#{limit.what}#{digest}", "sk": str(start)}),
                UpdateExpression="ADD used :one SET #ttl = :ttl",
                ConditionExpression="attribute_not_exists(used) OR used < :most",
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues=pack(
                    {":one": 1, ":most": limit.most, ":ttl": start + limit.seconds + 86_400}
                ),
            )
        except ClientError as error:
            if not condition_lost(error):
                raise
            return start + limit.seconds - second
        return 0
