import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk.trace import Hop
from netdesk.trace_store import AWAY, Job
from tests.desk import (
    ARN,
    NOW,
    PUBLIC_URL,
    SECRETS,
    Answer,
    Cloud,
    Door,
    ask,
    form,
    http_event,
    provider,
)
from traceroute import traces
from traceroute.traces import BY_CLIENT, BY_TARGET, Tracing

HOSTILE = """<script>alert(1)</script>"><img src=x>"""


@pytest.fixture
def trace(door: Callable[..., Door]) -> Door:
    return door("TraceFunction")


def order(trace: Door, target: Any, **given: Any) -> Answer:
    return ask(trace, "POST", "/api/traces", body={"target": target}, **given)


def read(trace: Door, job: str, **given: Any) -> Answer:
    return ask(trace, "GET", f"/api/traces/{job}", **given)


def orders(cloud: Cloud) -> list[dict[str, str]]:
    """What the probe would find in its queue."""
    answer = cloud.sqs.receive_message(QueueUrl=cloud.name("ProbeQueue"), MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


@pytest.mark.parametrize(
    ("typed", "target"),
    [("https://WWW.Example.com/page?q=1", "www.example.com"), (" 8.8.8.8 ", "8.8.8.8")],
)
def test_an_order_is_kept_and_reaches_the_probe(
    cloud: Cloud, trace: Door, typed: str, target: str
) -> None:
    answer = order(trace, typed)
    assert answer.status == 202
    job = answer.json["id"]
    assert len(job) == 32
    assert answer.json == {"id": job, "link": f"{PUBLIC_URL}/api/traces/{job}"}
    days = provider().retention.traces_days
    assert orders(cloud) == [{"id": job, "target": target, "days": days}]
    queued = read(trace, job)
    assert queued.json.items() >= {"id": job, "target": target, "state": "queued"}.items()
    assert queued.json["hops"] == []
    assert queued.json["verdict"].keys() == {"code", "where", "sentence", "confidence"}


def test_a_browser_gets_a_page_that_loads_itself_again(cloud: Cloud, trace: Door) -> None:
    body = form({"target": "www.example.com"})
    answer = ask(trace, "POST", "/api/traces", body=body, wants="html")
    assert answer.status == 202
    [job] = orders(cloud)
    assert f'http-equiv="refresh" content="2;url=/api/traces/{job["id"]}"' in answer.text
    assert "Tracing www.example.com" in answer.text
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        {"target": "127.0.0.1"},
        {"target": "http://[::ffff:10.0.0.1]/"},
        {"target": "169.254.169.254"},
        {"target": "localhost"},
        {"target": "2130706433"},
        {"target": "-rf"},
        {"target": ""},
        {"target": 7},
        {"target": "x" * 5_000},
        {},
        ("application/json", b"[1]"),
        ("application/json", b"{"),
        ("application/json", b"[" * 100_000),
        ("application/x-www-form-urlencoded", b"target=%ff\xff"),
        ("text/plain", b""),
    ],
)
def test_what_may_not_be_traced_is_refused_before_any_limit_counts(
    cloud: Cloud, trace: Door, body: Any
) -> None:
    for wants in ("json", "html"):
        answer = ask(trace, "POST", "/api/traces", body=body, wants=wants)
        assert answer.status == 422
        if wants == "json":
            assert answer.json["errors"].keys() == {"target"}
            assert answer.json["errors"]["target"].endswith(".")
    assert (cloud.rows("TracesTable"), orders(cloud)) == ([], [])


def test_a_refusal_keeps_what_was_typed_and_runs_none_of_it(trace: Door) -> None:
    body = form({"target": HOSTILE})
    answer = ask(trace, "POST", "/api/traces", body=body, wants="html")
    assert answer.status == 422
    assert 'aria-describedby="target-error"' in answer.text
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert f'value="{HOSTILE}"' in unescape(answer.text)


def at_once(tracing: Tracing, target: str, client: str, wants: str = "json") -> Any:
    accept = {"accept": f"application/{wants}"}
    event = http_event("POST", "/api/traces", body={"target": target}, headers=accept)
    return traces.order(tracing, APIGatewayProxyEventV2(event), client, NOW)


def test_many_orders_of_one_client_wait(tracing: Tracing) -> None:
    codes = [at_once(tracing, f"h{n}.example.com", "ann").status_code for n in range(21)]
    assert codes == [202] * BY_CLIENT.most + [429]
    for wants in ("json", "html"):
        late = at_once(tracing, "www.example.com", "ann", wants)
        assert (late.status_code, late.headers["Retry-After"]) == (429, "3600")
        assert "That is many traces at once: try again in 3600 seconds." in late.body
    assert at_once(tracing, "www.example.com", "bob").status_code == 202


def test_one_target_is_not_traced_by_everybody_at_once(tracing: Tracing) -> None:
    clients = [f"client {n}" for n in range(BY_TARGET.most)] + ["late", traces.STAFF]
    codes = [at_once(tracing, "www.example.com", client).status_code for client in clients]
    assert codes == [202] * BY_TARGET.most + [429, 429]
    assert at_once(tracing, "other.example.com", traces.STAFF).status_code == 202


def test_a_network_counts_as_one_client(cloud: Cloud, trace: Door) -> None:
    for source in ("2001:db8::1", "2001:db8::2", "198.51.100.1"):
        order(trace, "www.example.com", source=source)
    used = [row["used"] for row in cloud.rows("TracesTable", "limit#traces#")]
    assert sorted(used) == [1, 2]


def test_staff_order_and_read_by_their_own_road(cloud: Cloud, door: Callable[..., Door]) -> None:
    trace = door("TraceFunction", ONLY_FRONT="true")
    body = {"target": "www.example.com"}
    made = ask(trace, "POST", "/staff/traces", body=body, arn=ARN)
    assert made.status == 202
    shown = ask(trace, "GET", f"/staff/traces/{made.json['id']}", arn=ARN)
    assert shown.json["state"] == "queued"


@pytest.mark.parametrize("path", ["/api/traces", "/api/traces/x"])
def test_past_the_front_there_is_no_way_in_on_aws(
    cloud: Cloud, door: Callable[..., Door], path: str
) -> None:
    trace = door("TraceFunction", ONLY_FRONT="true")
    method = "GET" if path.endswith("x") else "POST"
    body = None if method == "GET" else {"target": "www.example.com"}
    assert ask(trace, method, path, body=body).status == 403
    assert cloud.rows("TracesTable") == []
    headers = {"x-origin-secret": SECRETS["OriginSecret"]}
    assert ask(trace, method, path, body=body, headers=headers).status in (202, 404)


# --- reading -------------------------------------------------------------------------------------


@pytest.fixture
def job(trace: Door) -> str:
    return str(order(trace, "www.example.com").json["id"])


def walked(tracing: Tracing, job: str) -> None:
    """The probe's part: a silent hop that answers late, and the end."""
    now = datetime.now(UTC)
    tracing.traces.begin("outside", job, now)
    for hop in (
        Hop(1, 1, ("192.0.2.1",), 1.25),
        Hop(2, 2),
        Hop(3, 3, ("192.0.2.3", "192.0.2.4"), 3.5),
        Hop(4, 2, ("192.0.2.2",), 2.0),
    ):
        tracing.traces.heard("outside", job, hop, now)


def test_hops_come_as_they_are_heard_and_after_n_only_the_new_ones(
    trace: Door, tracing: Tracing, job: str
) -> None:
    walked(tracing, job)
    for after, numbers in [("0", [1, 2, 3, 4]), ("2", [3, 4]), ("4", []), ("x", [1, 2, 3, 4]),
                           ("-1", [1, 2, 3, 4]), ("9" * 500, [1, 2, 3, 4])]:  # fmt: skip
        running = read(trace, job, query={"after": after}).json
        assert running["state"] == "running"
        assert [hop["n"] for hop in running["hops"]] == numbers
    assert running["verdict"]["code"] == "pending"
    assert read(trace, job).json["hops"][0] == {
        "n": 1, "ttl": 1, "addresses": ["192.0.2.1"], "rtt_ms": 1.25, "mark": "",
    }  # fmt: skip


def test_a_finished_trace_tells_its_verdict_and_no_longer_loads_itself(
    trace: Door, tracing: Tracing, job: str
) -> None:
    walked(tracing, job)
    tracing.traces.end("outside", job, address="192.0.2.3", reached=True)
    done = read(trace, job).json
    assert (done["state"], done["verdict"]["code"]) == ("done", "reached")
    page = read(trace, job, wants="html").text
    assert done["verdict"]["sentence"] in unescape(page)
    assert 'http-equiv="refresh"' not in page
    rows = [page.index(f"<td>{ttl}</td><td>192.0.2.{ttl}") for ttl in (1, 2, 3)]
    assert rows == sorted(rows)
    assert "192.0.2.3, 192.0.2.4" in page


def test_a_probe_that_is_away_is_noticed_after_half_a_minute(trace: Door, tracing: Tracing) -> None:
    for age, state in ((AWAY - timedelta(seconds=10), "queued"), (AWAY, "failed")):
        job = Job(f"{age.seconds:032x}", "www.example.com", "outside", datetime.now(UTC) - age)
        tracing.traces.order(job)
        found = read(trace, job.id).json
        assert found["state"] == state
    assert found["verdict"]["code"] == "no-probe"
    assert "measuring host is away" in read(trace, job.id, wants="html").text


@pytest.mark.parametrize("wants", ["json", "html"])
@pytest.mark.parametrize("unknown", ["f" * 32, "x", "x" * 3_000, "a%20b"])
def test_an_unknown_trace_is_not_found(trace: Door, unknown: str, wants: str) -> None:
    answer = read(trace, unknown, wants=wants)
    assert answer.status == 404
    assert "There is no such trace" in answer.text
