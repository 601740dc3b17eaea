from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st

from netdesk.trace import Hop, Run
from netdesk.trace_store import AWAY, EVENTS_PER_ATTEMPT, LOST, Job, Traces
from tests.desk import NOW, Cloud, Meanwhile, fails, provider
from traceroute.traces import Tracing

JOB = Job("0" * 32, "www.example.com", "outside", NOW)
SECOND = timedelta(seconds=1)
KEPT = timedelta(days=provider().retention.traces_days)


@pytest.fixture
def traces(tracing: Tracing) -> Traces:
    tracing.traces.order(JOB)
    return tracing.traces


def test_a_job_comes_back_as_it_was_ordered_and_once(traces: Traces) -> None:
    assert traces.job(JOB.id) == JOB
    assert traces.job("f" * 32) is None
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        traces.order(replace(JOB, target="other.example.com"))


def test_a_job_that_no_probe_takes_fails_after_half_a_minute(traces: Traces) -> None:
    assert traces.run(JOB, NOW + AWAY - SECOND) == Run("queued")
    assert traces.run(JOB, NOW + AWAY) == Run("failed", reason="no-probe")
    traces.begin("outside", JOB.id, NOW + AWAY)
    assert traces.run(JOB, NOW + AWAY).state == "running"


def test_a_run_that_never_ends_is_lost(traces: Traces) -> None:
    traces.begin("outside", JOB.id, NOW)
    traces.heard("outside", JOB.id, Hop(1, 1, ("192.0.2.1",)), NOW)
    assert traces.run(JOB, NOW + LOST).state == "running"
    lost = traces.run(JOB, NOW + LOST + SECOND)
    assert (lost.state, lost.reason, len(lost.hops)) == ("failed", "", 1)
    traces.end("outside", JOB.id, reached=True)
    assert traces.run(JOB, NOW + 2 * LOST).state == "done"


def test_a_run_tells_its_end(traces: Traces) -> None:
    traces.begin("outside", JOB.id, NOW)
    traces.end("outside", JOB.id, address="192.0.2.9", reached=True)
    assert traces.run(JOB, NOW) == Run("done", "192.0.2.9", (), True)
    traces.end("outside", JOB.id, reason="no-such-name")
    assert traces.run(JOB, NOW).reason == "no-such-name"


HOPS = st.builds(
    Hop,
    n=st.integers(1, 999),
    ttl=st.integers(1, 30),
    addresses=st.lists(st.ip_addresses().map(str), max_size=3).map(tuple),
    rtt_ms=st.none() | st.integers(0, 10**7).map(lambda us: us / 1000),
    mark=st.sampled_from(["", "!N", "!H", "!P", "!X"]),
)


@runs(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(hops=st.lists(HOPS, max_size=4, unique_by=lambda hop: hop.n), number=st.integers(0, 10**9))
def test_hops_come_back_as_they_were_heard_in_their_order(
    traces: Traces, hops: list[Hop], number: int
) -> None:
    job = replace(JOB, id=f"{number:032}")
    traces.begin("outside", job.id, NOW)
    for hop in hops:
        traces.heard("outside", job.id, hop, NOW)
    kept = {hop.n: hop for hop in traces.run(job, NOW).hops}
    assert kept.items() >= {hop.n: hop for hop in hops}.items()
    assert list(kept) == sorted(kept)


def test_a_redelivered_job_starts_over_above_its_first_hops_until_it_is_finished(
    cloud: Cloud, traces: Traces
) -> None:
    starts = [traces.begin("outside", JOB.id, NOW) for _ in range(3)]
    assert starts == [0, EVENTS_PER_ATTEMPT, 2 * EVENTS_PER_ATTEMPT]
    traces.end("outside", JOB.id, address="192.0.2.9", reached=True)
    before = cloud.rows("TracesTable")
    assert traces.begin("outside", JOB.id, NOW + SECOND) is None
    assert cloud.rows("TracesTable") == before


def test_all_that_a_probe_writes_lies_under_its_name_and_ends_after_30_days(
    cloud: Cloud, traces: Traces
) -> None:
    before = cloud.rows("TracesTable")
    traces.alive("inside", "0.1.0", NOW)
    traces.begin("inside", JOB.id, NOW)
    traces.heard("inside", JOB.id, Hop(1, 1), NOW)
    traces.end("inside", JOB.id)
    written = [row for row in cloud.rows("TracesTable") if row not in before]
    assert len(written) == 3
    assert {row["pk"].partition("inside")[0] for row in written} == {"probe#"}
    ends = {row.get("ttl") for row in cloud.rows("TracesTable") if row["sk"] != "alive"}
    assert ends == {int((NOW + KEPT).timestamp())}
    assert traces.run(JOB, NOW) == Run("queued")  # another probe's run is not this job's


def test_what_a_probe_writes_is_kept_as_long_as_its_order_says(
    cloud: Cloud, traces: Traces
) -> None:
    told = traces.keeping(timedelta(days=3))
    told.begin("outside", JOB.id, NOW)
    told.heard("outside", JOB.id, Hop(1, 1), NOW)
    ends = {row["ttl"] for row in cloud.rows("TracesTable", "probe#")}
    assert ends == {int((NOW + timedelta(days=3)).timestamp())}


@pytest.mark.parametrize("call", [lambda t: t.begin("outside", JOB.id, NOW)])
def test_a_fault_of_the_table_is_raised(cloud: Cloud, call: Any) -> None:
    down = Meanwhile(cloud.dynamodb, "update_item", fails("InternalServerError", 500))
    with pytest.raises(ClientError, match="InternalServerError"):
        call(Traces(down, "TracesTable", KEPT))
