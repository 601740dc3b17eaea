"""Traces in DynamoDB: jobs by the door, runs and hops by the probes; see docs/data-model.md."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.dynamo import Item, condition_lost, pack, unpack
from netdesk.trace import Hop, Run

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AWAY = timedelta(seconds=30)  # a job that no probe has taken by then fails
LOST = timedelta(seconds=90)  # a run: 30 s of work, and once more after the queue gave it back
EVENTS_PER_ATTEMPT = 300  # numbers of a second attempt go on above those of the first


@dataclass(frozen=True)
class Job:
    """What somebody wants traced."""

    id: str
    target: str
    probe: str
    queued_at: datetime


class Traces:
    def __init__(self, client: "DynamoDBClient", table: str, kept: timedelta) -> None:
        self._client = client
        self._table = table
        self._kept = kept

    def keeping(self, kept: timedelta) -> "Traces":
        """The same traces, where what is written is kept so long."""
        return Traces(self._client, self._table, kept)

    def order(self, job: Job) -> None:
        row = {
            "pk": f"job#{job.id}",
            "sk": "job",
            "target": job.target,
            "probe": job.probe,
            "queued_at": job.queued_at.isoformat(),
            "ttl": self._ttl(job.queued_at),
        }
        self._client.put_item(
            TableName=self._table,
            Item=pack(row),
            ConditionExpression="attribute_not_exists(pk)",
        )

    def job(self, job_id: str) -> Job | None:
        item = self._get(f"job#{job_id}", "job")
        if item is None:
            return None
        return Job(job_id, item["target"], item["probe"], datetime.fromisoformat(item["queued_at"]))

    def run(self, job: Job, now: datetime) -> Run:
        """How far the job has come; a probe that is away, or died, is noticed here."""
        item = self._get(_run_pk(job.probe, job.id), "run")
        if item is None:
            waiting = now - job.queued_at < AWAY
            return Run("queued") if waiting else Run("failed", reason="no-probe")
        hops = tuple(self._hops(job))
        if item["state"] == "done":
            return Run("done", item["address"], hops, bool(item["reached"]), item["reason"])
        started = datetime.fromisoformat(item["started_at"])
        return Run("running", hops=hops) if now - started <= LOST else Run("failed", hops=hops)

    def begin(self, probe: str, job_id: str, now: datetime) -> int | None:
        """The number before this attempt's first hop; None when the job is done already."""
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=pack({"pk": _run_pk(probe, job_id), "sk": "run"}),
                UpdateExpression="SET #state = :running, started_at = :now, #ttl = :ttl"
                " ADD attempt :one",
                ConditionExpression="attribute_not_exists(pk) OR #state = :running",
                ExpressionAttributeNames={"#state": "state", "#ttl": "ttl"},
                ExpressionAttributeValues=pack(
                    {
                        ":running": "running",
                        ":now": now.isoformat(),
                        ":ttl": self._ttl(now),
                        ":one": 1,
                    }
                ),
                ReturnValues="UPDATED_NEW",
            )
        except ClientError as error:
            if not condition_lost(error):
                raise
            return None
        return int((unpack(answer["Attributes"])["attempt"] - 1) * EVENTS_PER_ATTEMPT)

    def heard(self, probe: str, job_id: str, hop: Hop, now: datetime) -> None:
        row = {
            "pk": _run_pk(probe, job_id),
            "sk": f"hop#{hop.n:05d}",
            "n": hop.n,
            "hops_away": hop.ttl,  # `ttl` is the row's own
            "addresses": list(hop.addresses),
            "rtt_us": None if hop.rtt_ms is None else round(hop.rtt_ms * 1000),
            "mark": hop.mark,
            "ttl": self._ttl(now),
        }
        self._client.put_item(TableName=self._table, Item=pack(row))

    def end(
        self, probe: str, job_id: str, *, address: str = "", reached: bool = False, reason: str = ""
    ) -> None:
        self._client.update_item(
            TableName=self._table,
            Key=pack({"pk": _run_pk(probe, job_id), "sk": "run"}),
            UpdateExpression="SET #state = :done, address = :address, reached = :reached,"
            " reason = :reason",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=pack(
                {
                    ":done": "done",
                    ":address": address,
                    ":reached": int(reached),
                    ":reason": reason,
                }
            ),
        )

    def alive(self, probe: str, version: str, now: datetime) -> None:
        row = {"pk": f"probe#{probe}#alive", "sk": "alive", "at": now.isoformat()}
        self._client.put_item(TableName=self._table, Item=pack(row | {"version": version}))

    def _hops(self, job: Job) -> list[Hop]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :hop)",
            ExpressionAttributeValues=pack({":pk": _run_pk(job.probe, job.id), ":hop": "hop#"}),
            ConsistentRead=True,
        )
        return [_hop_of(unpack(item)) for page in pages for item in page["Items"]]

    def _ttl(self, now: datetime) -> int:
        return int((now + self._kept).timestamp())

    def _get(self, key: str, sort: str) -> Item | None:
        answer = self._client.get_item(
            TableName=self._table, Key=pack({"pk": key, "sk": sort}), ConsistentRead=True
        )
        return unpack(answer["Item"]) if "Item" in answer else None


def _hop_of(item: Item) -> Hop:
    rtt = item.get("rtt_us")
    kept = {"ttl": item["hops_away"], "rtt_ms": None if rtt is None else rtt / 1000}
    return Hop.from_dict(item | kept)


def _run_pk(probe: str, job_id: str) -> str:
    return f"probe#{probe}#job#{job_id}"
