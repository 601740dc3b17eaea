"""Counts what a door asks of AWS while it runs: calls, DynamoDB's units, the log, CPU time."""

import io
import json
import logging
import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from typing import Any
from unittest import mock

from botocore.client import BaseClient

from infra.costs.counted import Work
from tests.costs.dynamo_units import (
    Item,
    index_units,
    item_size,
    read_units,
    stored,
    write_units,
)
from tests.desk import template

Call = Callable[[Any, str, dict[str, Any]], Any]
REAL: Call = BaseClient._make_api_call
AT_COLD_STARTS = "secretsmanager"  # read once in a process: the model adds them
STEP = {"Put": "Item", "Update": "Key", "Delete": "Key", "ConditionCheck": "Key"}
TWICE = 2  # a transaction prepares and commits each of its items
OF_A_READ = (
    "TableName", "IndexName", "KeyConditionExpression", "ExpressionAttributeNames",
    "ExpressionAttributeValues", "Limit", "ExclusiveStartKey", "ScanIndexForward",
)  # fmt: skip
MS = 5  # to which CPU time is rounded up: it differs from run to run


class Meter:
    """All calls of all clients go through here while it is on."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.reads = self.writes = 0.0
        self.stored = self.log_bytes = 0
        self.cpu = 0.0
        self.metrics: set[str] = set()

    @contextmanager
    def on(self) -> Iterator[None]:
        printed = io.StringIO()

        def make_api_call(client: Any, operation: str, given: dict[str, Any]) -> Any:
            return self._counted(client, operation, given)

        def emit(handler: logging.StreamHandler[Any], record: logging.LogRecord) -> None:
            self.log_bytes += len(handler.format(record).encode()) + 1

        with ExitStack() as stack:
            stack.enter_context(mock.patch.object(BaseClient, "_make_api_call", make_api_call))
            stack.enter_context(mock.patch.object(logging.StreamHandler, "emit", emit))
            stack.enter_context(redirect_stdout(printed))
            begun = time.process_time()
            yield
            self.cpu += time.process_time() - begun
        self.log_bytes += len(printed.getvalue().encode())
        self.metrics |= {name for line in printed.getvalue().splitlines() for name in metrics(line)}

    def work(self, function: str, answer: Any = None) -> Work:
        body = answer.get("body") if isinstance(answer, dict) else None
        return Work(
            function,
            dict(sorted(self.calls.items())),
            reads=self.reads,
            writes=self.writes,
            stored_bytes=self.stored,
            log_bytes=self.log_bytes,
            answer_bytes=len((body or "").encode()),
            cpu_ms=math.ceil(self.cpu * 1000 / MS) * MS,
        )

    def _counted(self, client: Any, operation: str, given: dict[str, Any]) -> Any:
        """What AWS itself does, here moto, is not the door's time."""
        begun = time.process_time()
        service = client.meta.service_model.service_name
        dynamodb = _Dynamo(client, operation, given) if service == "dynamodb" else None
        answer: dict[str, Any] = {}
        try:
            answer = REAL(client, operation, given)
            return answer
        finally:  # what fails is to be paid for, too
            if dynamodb:
                dynamodb.told(self, answer)
            if service != AT_COLD_STARTS:
                self.calls[f"{service}:{operation}"] += 1
            self.cpu -= time.process_time() - begun


def metrics(line: str) -> Iterator[str]:
    """Metrics that a line of the log makes, each with its dimensions: each is one to pay for.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    told = json.loads(line) if line.startswith("{") else {}
    for directive in told.get("_aws", {}).get("CloudWatchMetrics", []):
        for dimensions in directive["Dimensions"]:
            where = "".join(f" {name}={told[name]}" for name in sorted(dimensions))
            for metric in directive["Metrics"]:
                yield f"{metric['Name']}{where}"


class _Dynamo:
    """One call of DynamoDB: looked at before it is made, and after it."""

    def __init__(self, client: Any, operation: str, given: dict[str, Any]) -> None:
        self._client, self._operation, self._given = client, operation, given
        self._before = [self._get(table, key) for table, key in self._written()]

    def told(self, meter: Meter, answer: dict[str, Any]) -> None:
        meter.reads += sum(self._reads(answer))
        times = TWICE if self._operation == "TransactWriteItems" else 1
        for (table, key), before in zip(self._written(), self._before, strict=True):
            after, indexes = self._get(table, key), self._indexes(table)
            meter.writes += times * write_units(before, after)
            meter.writes += sum(index_units(index, before, after) for index in indexes)
            meter.stored += stored(indexes, after) - stored(indexes, before)

    def _written(self) -> list[tuple[str, Item]]:
        given = self._given
        match self._operation:
            case "PutItem" | "UpdateItem" | "DeleteItem":
                return [(given["TableName"], _key(given.get("Item") or given["Key"]))]
            case "TransactWriteItems":
                steps = [step for one in given["TransactItems"] for step in one.items()]
                return [(what["TableName"], _key(what[STEP[kind]])) for kind, what in steps]
        return []

    def _reads(self, answer: dict[str, Any]) -> Iterator[float]:
        given, consistent = self._given, bool(self._given.get("ConsistentRead"))
        match self._operation:
            case "GetItem":
                yield read_units(item_size(answer.get("Item", {})), consistent=consistent)
            case "BatchGetItem":
                for table, wanted in given["RequestItems"].items():
                    found = answer.get("Responses", {}).get(table, [])
                    missing = [{}] * (len(wanted["Keys"]) - len(found))
                    for item in [*found, *missing]:
                        yield read_units(item_size(item), consistent=wanted["ConsistentRead"])
            case "Query":
                yield read_units(
                    sum(map(item_size, self._looked_at(answer))), consistent=consistent
                )

    def _looked_at(self, answer: dict[str, Any]) -> list[Item]:
        """What is counted, filtered or left out of the answer is read all the same."""
        given = self._given
        if not given.keys() & {"Select", "FilterExpression", "ProjectionExpression"}:
            return list(answer.get("Items", []))
        whole = {name: given[name] for name in OF_A_READ if name in given}
        return list(REAL(self._client, "Query", whole)["Items"])

    def _get(self, table: str, key: Item) -> Item:
        asked = {"TableName": table, "Key": key, "ConsistentRead": True}
        found: Item = REAL(self._client, "GetItem", asked).get("Item", {})
        return found

    def _indexes(self, table: str) -> list[Any]:
        return list(template()["Resources"][table]["Properties"].get("GlobalSecondaryIndexes", []))


def _key(item: Item) -> Item:
    return {name: item[name] for name in ("pk", "sk")}
