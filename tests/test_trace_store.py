import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from netdesk.dynamo import pack
from netdesk.facts import MOST_FACTS, Control, Fact, Hop, Way, to_row
from netdesk.trace import Job, Run, Wish
from netdesk.trace_store import AWAY, FACTS_PER_ATTEMPT, LOST, Traces
from tests.desk import NOW, Cloud, Meanwhile, fails, provider
from tests.test_facts import FACTS
from traceroute.tracing import Tracing

JOB = Job("0" * 32, "www.example.com", ("outside",), NOW, Wish("udp", 6, 4))
SECOND = timedelta(seconds=1)
KEPT = timedelta(days=provider().retention.traces_days)
HOP = Hop(1, 1, ("192.0.2.1",), 1.5)


@pytest.fixture
def traces(tracing: Tracing) -> Traces:
    tracing.traces.order(JOB)
    return tracing.traces


def test_a_job_comes_back_as_it_was_ordered_and_once(traces: Traces) -> None:
    assert traces.job(JOB.id) == JOB
    assert traces.job("f" * 32) is None
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        traces.order(replace(JOB, target="other.example.com"))


def one(traces: Traces, now: Any) -> Run:
    [run] = traces.runs(JOB, now)
    return run


def test_a_job_that_no_probe_takes_fails_after_half_a_minute(traces: Traces) -> None:
    assert one(traces, NOW + AWAY - SECOND) == Run("outside", "queued")
    assert one(traces, NOW + AWAY) == Run("outside", "failed", reason="no-probe")
    traces.begin("outside", JOB.id, NOW + AWAY)
    assert one(traces, NOW + AWAY).state == "running"


def test_a_probe_that_was_not_heard_of_is_away_at_once(traces: Traces) -> None:
    traces.alive("outside", "0.1.0", NOW - AWAY + SECOND)
    assert one(traces, NOW) == Run("outside", "queued")
    assert one(traces, NOW + SECOND) == Run("outside", "failed", reason="no-probe")
    traces.begin("outside", JOB.id, NOW + SECOND)  # here it is again
    assert one(traces, NOW + SECOND).state == "running"


def test_each_probe_has_a_run_of_its_own(traces: Traces) -> None:
    both = replace(JOB, id="1" * 32, probes=("outside", "inside"))
    traces.order(both)
    traces.begin("inside", both.id, NOW)
    traces.learnt("inside", both.id, [HOP], NOW)
    traces.end("inside", both.id)
    assert traces.runs(both, NOW + AWAY) == (
        Run("outside", "failed", reason="no-probe"),
        Run("inside", "done", (HOP,)),
    )


def test_a_run_that_never_ends_is_lost(traces: Traces) -> None:
    traces.begin("outside", JOB.id, NOW)
    traces.learnt("outside", JOB.id, [HOP], NOW)
    assert one(traces, NOW + LOST).state == "running"
    lost = one(traces, NOW + LOST + SECOND)
    assert (lost.state, lost.reason, lost.facts) == ("failed", "", (HOP,))
    traces.end("outside", JOB.id)
    assert one(traces, NOW + 2 * LOST).state == "done"


def test_a_run_tells_why_it_failed(traces: Traces) -> None:
    traces.begin("outside", JOB.id, NOW)
    traces.end("outside", JOB.id, reason="refused-address")
    assert one(traces, NOW) == Run("outside", "failed", (), "refused-address")


@runs(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    facts=st.lists(FACTS, min_size=1, max_size=5, unique_by=lambda fact: fact.n),
)
def test_facts_come_back_as_they_were_learnt(traces: Traces, facts: Sequence[Fact]) -> None:
    job = replace(JOB, id=uuid4().hex)
    traces.begin("outside", job.id, NOW)
    traces.learnt("outside", job.id, facts, NOW)
    [run] = traces.runs(job, NOW)
    assert set(facts) <= set(run.facts)


def test_a_redelivered_job_starts_over_above_its_first_facts_until_it_is_finished(
    cloud: Cloud, traces: Traces
) -> None:
    starts = [traces.begin("outside", JOB.id, NOW) for _ in range(3)]
    assert starts == [0, FACTS_PER_ATTEMPT, 2 * FACTS_PER_ATTEMPT]
    traces.end("outside", JOB.id)
    before = cloud.rows("TracesTable")
    assert traces.begin("outside", JOB.id, NOW + SECOND) is None
    assert cloud.rows("TracesTable") == before


def test_what_an_attempt_found_that_died_is_not_shown_with_the_next(traces: Traces) -> None:
    traces.begin("outside", JOB.id, NOW)
    traces.learnt("outside", JOB.id, [HOP], NOW)
    before = traces.begin("outside", JOB.id, NOW + SECOND)
    assert one(traces, NOW + SECOND).facts == ()
    again = replace(HOP, n=(before or 0) + 1)
    traces.learnt("outside", JOB.id, [again], NOW + SECOND)
    assert one(traces, NOW + SECOND).facts == (again,)


def test_all_that_a_probe_writes_lies_under_its_name_and_ends_after_30_days(
    cloud: Cloud, traces: Traces
) -> None:
    before = cloud.rows("TracesTable")
    traces.alive("inside", "0.1.0", NOW)
    traces.begin("inside", JOB.id, NOW)
    traces.learnt("inside", JOB.id, [Way(1, 4, "192.0.2.1"), Control(2, "192.0.2.2", True)], NOW)
    traces.end("inside", JOB.id)
    written = [row for row in cloud.rows("TracesTable") if row not in before]
    assert len(written) == 3
    assert {row["pk"].partition("inside")[0] for row in written} == {"probe#"}
    ends = {row.get("ttl") for row in cloud.rows("TracesTable") if row["sk"] != "alive"}
    assert ends == {int((NOW + KEPT).timestamp())}
    assert one(traces, NOW) == Run("outside", "queued")  # another probe's run


def test_what_a_probe_writes_is_kept_as_long_as_its_order_says(
    cloud: Cloud, traces: Traces
) -> None:
    told = traces.keeping(timedelta(days=3))
    told.begin("outside", JOB.id, NOW)
    told.learnt("outside", JOB.id, [HOP], NOW)
    ends = {row["ttl"] for row in cloud.rows("TracesTable", "probe#")}
    assert ends == {int((NOW + timedelta(days=3)).timestamp())}


def test_a_probe_is_seen_when_it_was_last_alive(traces: Traces) -> None:
    assert traces.last_seen("outside") is None
    traces.alive("outside", "0.1.0", NOW)
    assert traces.last_seen("outside") == NOW


def test_what_a_probe_wrote_wrongly_is_not_shown(cloud: Cloud, traces: Traces) -> None:
    """A key outside AWS may be anybody's by now: its rows are read like anything from outside."""
    traces.begin("outside", JOB.id, NOW)
    traces.learnt("outside", JOB.id, [HOP], NOW)
    for number, text in enumerate(('[{"kind": "hop", "ttl": 99}]', "{", '"x"', "[7]"), 2):
        row = {"pk": {"S": f"probe#outside#job#{JOB.id}"}, "sk": {"S": f"facts#{number:05d}"}}
        cloud.dynamodb.put_item(TableName="TracesTable", Item=row | {"facts": {"S": text}})
    assert one(traces, NOW).facts == (HOP,)


RUN = {"pk": f"probe#outside#job#{JOB.id}", "sk": "run"}
ALIVE = {"pk": "probe#outside#alive", "sk": "alive"}


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (RUN, "failed"),
        (RUN | {"state": "running"}, "failed"),
        (RUN | {"state": "running", "started_at": "soon"}, "failed"),
        (RUN | {"state": "running", "started_at": "2026-11-24T18:00:00"}, "failed"),
        (RUN | {"state": "running", "started_at": 7}, "failed"),
        (RUN | {"state": "running", "started_at": "2126-11-24T18:00:00+00:00"}, "failed"),
        (RUN | {"state": "<b>", "started_at": NOW.isoformat()}, "running"),
        (RUN | {"state": ["done"], "started_at": NOW.isoformat()}, "running"),
        (RUN | {"state": "done", "reason": "<script>"}, "done"),
        (RUN | {"state": "failed", "reason": ["x"]}, "failed"),
        (ALIVE, "queued"),
        (ALIVE | {"at": "now"}, "queued"),
        (ALIVE | {"at": 7}, "queued"),
        (ALIVE | {"at": "2026-11-24T18:00:00"}, "queued"),
    ],
    ids=str,
)
def test_whoever_has_a_probes_key_breaks_no_page(
    cloud: Cloud, traces: Traces, row: Any, state: str
) -> None:
    cloud.dynamodb.put_item(TableName="TracesTable", Item=pack(row))
    assert one(traces, NOW) == Run("outside", state)  # type: ignore[arg-type]


def test_more_facts_than_a_run_may_have_are_not_read(cloud: Cloud, traces: Traces) -> None:
    traces.begin("outside", JOB.id, NOW)
    for number in range(1, 4):
        row = {"pk": RUN["pk"], "sk": f"facts#{number:05d}"}
        text = json.dumps([to_row(HOP)] * (MOST_FACTS // 2))
        cloud.dynamodb.put_item(TableName="TracesTable", Item=pack(row | {"facts": text}))
    deep = {"pk": RUN["pk"], "sk": "facts#00000", "facts": "[" * 100_000}
    cloud.dynamodb.put_item(TableName="TracesTable", Item=pack(deep))
    cloud.dynamodb.put_item(TableName="TracesTable", Item=pack(deep | {"sk": "facts#00001x"}))
    assert len(one(traces, NOW).facts) == MOST_FACTS


@pytest.mark.parametrize("call", [lambda t: t.begin("outside", JOB.id, NOW)])
def test_a_fault_of_the_table_is_raised(cloud: Cloud, call: Any) -> None:
    down = Meanwhile(cloud.dynamodb, "update_item", fails("InternalServerError", 500))
    with pytest.raises(ClientError, match="InternalServerError"):
        call(Traces(down, "TracesTable", KEPT))
