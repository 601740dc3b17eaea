"""Traces in DynamoDB: jobs by the door, runs and facts by the probes; see docs/data-model.md."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.dynamo import Item, condition_lost, pack, unpack
from netdesk.facts import MOST_FACTS, Fact, from_row, to_row
from netdesk.trace import NO_PROBE, REASONS, Job, Run, Wish

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

AWAY = timedelta(seconds=30)  # a job that no probe has taken by then fails
LOST = timedelta(seconds=90)  # a run: 30 s of work, and once more after the queue gave it back
FACTS_PER_ATTEMPT = 300  # numbers of a second attempt go on above those of the first


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
            "probes": list(job.probes),
            "queued_at": job.queued_at.isoformat(),
            "wish": json.dumps(asdict(job.wish)),
            "ttl": self._ttl(job.queued_at),
        }
        self._client.put_item(
            TableName=self._table,
            Item=pack(row),
            ConditionExpression="attribute_not_exists(pk)",
        )

    def note_latest(self, job: Job) -> None:
        """Remember it for others who ask the same in a moment."""
        row = {"pk": _asked_pk(job), "sk": "latest", "job": job.id}
        at = {"queued_at": job.queued_at.isoformat(), "ttl": self._ttl(job.queued_at)}
        self._client.put_item(TableName=self._table, Item=pack(row | at))

    def latest(self, job: Job, within: timedelta) -> Job | None:
        """The job that was ordered last for the same, unless that is too long ago."""
        item = self._get(_asked_pk(job), "latest")
        if item is None or job.queued_at - datetime.fromisoformat(item["queued_at"]) > within:
            return None
        return self.job(item["job"])

    def job(self, job_id: str) -> Job | None:
        item = self._get(f"job#{job_id}", "job")
        if item is None:
            return None
        queued_at, wish = datetime.fromisoformat(item["queued_at"]), json.loads(item["wish"])
        return Job(job_id, item["target"], tuple(item["probes"]), queued_at, Wish(**wish))

    def runs(self, job: Job, now: datetime) -> tuple[Run, ...]:
        """How far each probe has come; one that is away, or died, is noticed here."""
        return tuple(self._run(job, probe, now) for probe in job.probes)

    def begin(self, probe: str, job_id: str, now: datetime) -> int | None:
        """The number before this attempt's first fact; None when the run is over already."""
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
        return int((unpack(answer["Attributes"])["attempt"] - 1) * FACTS_PER_ATTEMPT)

    def learnt(self, probe: str, job_id: str, facts: Sequence[Fact], now: datetime) -> None:
        """Keep what was learnt at about the same time, as one row."""
        row = {
            "pk": _run_pk(probe, job_id),
            "sk": f"facts#{facts[0].n:05d}",
            "facts": json.dumps([to_row(fact) for fact in facts]),
            "ttl": self._ttl(now),
        }
        self._client.put_item(TableName=self._table, Item=pack(row))

    def end(self, probe: str, job_id: str, reason: str = "") -> None:
        self._client.update_item(
            TableName=self._table,
            Key=pack({"pk": _run_pk(probe, job_id), "sk": "run"}),
            UpdateExpression="SET #state = :over, reason = :reason",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=pack(
                {":over": "failed" if reason else "done", ":reason": reason}
            ),
        )

    def alive(self, probe: str, version: str, now: datetime) -> None:
        row = {"pk": f"probe#{probe}#alive", "sk": "alive", "at": now.isoformat()}
        self._client.put_item(TableName=self._table, Item=pack(row | {"version": version}))

    def last_seen(self, probe: str) -> datetime | None:
        item = self._get(f"probe#{probe}#alive", "alive")
        return _moment(item.get("at")) if item else None

    def _run(self, job: Job, probe: str, now: datetime) -> Run:
        item = self._get(_run_pk(probe, job.id), "run")
        if item is None:
            return self._not_begun(job, probe, now)
        attempt = item.get("attempt")
        before = (attempt - 1) * FACTS_PER_ATTEMPT if isinstance(attempt, int) else 0
        # Of the newest attempt alone: an older one may have found a longer path.
        facts = tuple(fact for fact in self._facts(job, probe) if fact.n > before)
        if item.get("state") in ("done", "failed"):
            reason = item.get("reason")
            return Run(probe, item["state"], facts, reason if reason in REASONS else "")
        started = _moment(item.get("started_at"))
        lost = started is None or abs(now - started) > LOST
        return Run(probe, "failed" if lost else "running", facts)

    def _not_begun(self, job: Job, probe: str, now: datetime) -> Run:
        """Away is who does not take a job, and who has not been heard of for as long."""
        seen = self.last_seen(probe)
        away = now - job.queued_at >= AWAY or (seen is not None and now - seen >= AWAY)
        return Run(probe, "failed", reason=NO_PROBE) if away else Run(probe, "queued")

    def _facts(self, job: Job, probe: str) -> list[Fact]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :facts)",
            ExpressionAttributeValues=pack({":pk": _run_pk(probe, job.id), ":facts": "facts#"}),
            ConsistentRead=True,
        )
        texts = (str(unpack(item).get("facts")) for page in pages for item in page["Items"])
        return list(islice((fact for text in texts for fact in _read(text)), MOST_FACTS))

    def _ttl(self, now: datetime) -> int:
        return int((now + self._kept).timestamp())

    def _get(self, key: str, sort: str) -> Item | None:
        answer = self._client.get_item(
            TableName=self._table, Key=pack({"pk": key, "sk": sort}), ConsistentRead=True
        )
        return unpack(answer["Item"]) if "Item" in answer else None


# What lies under a probe's name is anybody's who has its key: it is read, or passed over.


def _read(text: str) -> list[Fact]:
    """Nothing of a row in which anything is wrong: who wrote it is not the probe that we know."""
    try:
        return [from_row(row) for row in json.loads(text)]
    except (ValueError, TypeError, RecursionError):
        return []


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _asked_pk(job: Job) -> str:
    asked = json.dumps([job.target, job.probes, asdict(job.wish)])
    return f"asked#{hashlib.sha256(asked.encode()).hexdigest()}"


def _run_pk(probe: str, job_id: str) -> str:
    return f"probe#{probe}#job#{job_id}"
