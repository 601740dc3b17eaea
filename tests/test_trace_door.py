import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk.facts import Fact, Hop, Network, Service, Way
from netdesk.provider import Probe
from netdesk.ranges import Rules, networks
from netdesk.trace import Job
from netdesk.trace_store import AWAY
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
from traceroute import ordering, reading
from traceroute.known import KEY
from traceroute.ordering import BY_CLIENT, BY_PROBE, BY_TARGET
from traceroute.tracing import Tracing

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
    jetnet = provider()
    [kept] = orders(cloud)
    assert kept == {
        "id": job,
        "target": target,
        "days": jetnet.retention.traces_days,
        "wish": {"method": None, "version": None, "flows": 1},
        "resolvers": list(jetnet.tracing.resolvers),
        "controls": list(jetnet.tracing.controls),
    }
    queued = read(trace, job)
    assert queued.json.items() >= {"id": job, "target": target, "state": "queued"}.items()
    assert queued.json["hops"] == []
    assert queued.json["verdict"].keys() >= {"code", "where", "sentence", "confidence"}


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


def at_once(
    tracing: Tracing, target: str, client: str, wants: str = "json", given: Any = None
) -> Any:
    accept = {"accept": f"application/{wants}"}
    body = {"target": target} | (given or {})
    event = http_event("POST", "/api/traces", body=body, headers=accept)
    return ordering.order(tracing, APIGatewayProxyEventV2(event), client, NOW)


def test_many_orders_of_one_client_wait(tracing: Tracing) -> None:
    codes = [at_once(tracing, f"h{n}.example.com", "ann").status_code for n in range(21)]
    assert codes == [202] * BY_CLIENT.most + [429]
    for wants in ("json", "html"):
        late = at_once(tracing, "www.example.com", "ann", wants)
        assert (late.status_code, late.headers["Retry-After"]) == (429, "3600")
        assert "You have asked for many traces. Try again in 60 minutes." in late.body
    assert at_once(tracing, "www.example.com", "bob").status_code == 202


def test_who_asks_for_what_many_ask_for_shares_their_trace(cloud: Cloud, tracing: Tracing) -> None:
    asking = [f"client {n}" for n in range(BY_TARGET.most)] + ["late", "later"]
    answers = [at_once(tracing, "www.example.com", client) for client in asking]
    assert {answer.status_code for answer in answers} == {202}
    ids = [json.loads(answer.body)["id"] for answer in answers]
    assert len(set(ids[: BY_TARGET.most])) == BY_TARGET.most
    assert set(ids[BY_TARGET.most :]) == {ids[BY_TARGET.most - 1]}
    attributes = cloud.sqs.get_queue_attributes(
        QueueUrl=cloud.name("ProbeQueue"), AttributeNames=["ApproximateNumberOfMessages"]
    )["Attributes"]
    assert attributes == {"ApproximateNumberOfMessages": str(BY_TARGET.most)}
    # Another kind of trace of the same target has nobody to share with.
    other = at_once(tracing, "www.example.com", "late", given={"method": "tcp"})
    assert (other.status_code, other.headers["Retry-After"]) == (429, "60")
    assert "This site is asked for by many at the moment." in other.body
    assert at_once(tracing, "other.example.com", "late").status_code == 202


def test_staff_get_a_trace_of_their_own(tracing: Tracing) -> None:
    """Who repairs must see what is now."""
    orders = [
        at_once(tracing, "www.example.com", ordering.STAFF) for _ in range(BY_CLIENT.most + 1)
    ]
    assert len({json.loads(answer.body)["id"] for answer in orders}) == BY_CLIENT.most + 1


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


def learn(tracing: Tracing, job: str, *facts: Fact, probe: str = "outside") -> None:
    now = datetime.now(UTC)
    tracing.traces.begin(probe, job, now)
    tracing.traces.learnt(probe, job, facts, now)


# A silent hop that answers late, and the end.
WALK = (
    Way(1, 4, "192.0.2.3"),
    Hop(2, 1, ("192.0.2.1",), 1.25),
    Hop(3, 2),
    Hop(4, 3, ("192.0.2.3", "192.0.2.4"), 3.5),
    Hop(5, 2, ("192.0.2.2",), 2.0),
)
END = (Way(6, 4, "192.0.2.3", "reached"), Service(7, 4, 443, "open", 3.5, "ok", 200))


def test_hops_come_as_they_are_heard_and_after_n_only_the_new_ones(
    trace: Door, tracing: Tracing, job: str
) -> None:
    learn(tracing, job, *WALK)
    for after, numbers in [("0", [2, 3, 4, 5]), ("3", [4, 5]), ("5", []), ("x", [2, 3, 4, 5]),
                           ("-1", [2, 3, 4, 5]), ("9" * 500, [2, 3, 4, 5])]:  # fmt: skip
        running = read(trace, job, query={"after": after}).json
        assert running["state"] == "running"
        assert [hop["n"] for hop in running["hops"]] == numbers
        assert running["next"] == "5"
    assert running["verdict"]["code"] == "pending"
    assert read(trace, job).json["hops"][0] == {
        "n": 2, "ttl": 1, "addresses": ["192.0.2.1"], "rtt_ms": 1.25, "mark": "", "version": 4,
        "tries": 1, "probe": "outside",
    }  # fmt: skip


def test_what_stands_beside_the_trace_comes_with_it(
    trace: Door, tracing: Tracing, job: str
) -> None:
    learn(tracing, job, *WALK, *END)
    [told] = read(trace, job, query={"after": "5"}).json["probes"]
    assert told.items() >= {"name": "outside", "state": "running", "reason": ""}.items()
    assert [(fact["kind"], fact["n"]) for fact in told["facts"]] == [("way", 6), ("service", 7)]


def test_a_finished_trace_tells_its_verdict_and_no_longer_loads_itself(
    trace: Door, tracing: Tracing, job: str
) -> None:
    learn(tracing, job, *WALK, *END)
    tracing.traces.end("outside", job)
    done = read(trace, job).json
    assert (done["state"], done["verdict"]["code"]) == ("done", "answers")
    page = unescape(read(trace, job, wants="html").text)
    assert done["verdict"]["finding"] in page
    assert done["verdict"]["unproven"] in page
    assert 'http-equiv="refresh"' not in page
    table = page[page.index("The same in words") :]
    places = [table.index(f"192.0.2.{ttl}") for ttl in (1, 2, 3)]
    assert places == sorted(places)


def test_two_probes_are_asked_and_read_each_with_its_own_number(
    cloud: Cloud, tracing: Tracing
) -> None:
    both = with_inside(tracing)
    job = json.loads(at_once(both, "www.example.com", "ann").body)["id"]
    urls = [cloud.name(queue) for queue in ("ProbeQueue", "InsideProbeQueue")]
    found = [cloud.sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] for url in urls]
    assert [json.loads(order)["id"] for order in found] == [job, job]
    learn(both, job, *WALK)
    learn(both, job, *WALK[:2], probe="inside")
    first = looked(both, job, "")
    assert (first["next"], len(first["hops"])) == ("5,2", 5)
    rest = looked(both, job, "4,0")
    assert [(hop["probe"], hop["n"]) for hop in rest["hops"]] == [("outside", 5), ("inside", 2)]
    both.traces.end("outside", job)
    assert looked(both, job, "")["state"] == "running"
    both.traces.end("inside", job)
    assert looked(both, job, "")["state"] == "done"


def test_one_probe_alone_can_be_asked(cloud: Cloud, tracing: Tracing) -> None:
    both = with_inside(tracing)
    at_once(both, "www.example.com", "ann", given={"from": "inside"})
    assert orders(cloud) == []
    wrong = at_once(both, "www.example.com", "ann", given={"from": "<moon>"})
    errors = json.loads(wrong.body)["errors"]
    assert errors == {"from": "Choose a measuring host: outside, inside."}


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        ({"method": "tcp"}, {"method": "tcp", "version": None, "flows": 1}),
        ({"version": 6, "flows": 8}, {"method": None, "version": 6, "flows": 8}),
        ({"version": "4", "flows": "2"}, {"method": None, "version": 4, "flows": 2}),
    ],
)
def test_how_it_is_traced_can_be_chosen(cloud: Cloud, trace: Door, wish: Any, kept: Any) -> None:
    body = {"target": "www.example.com"} | wish
    assert ask(trace, "POST", "/api/traces", body=body).status == 202
    assert orders(cloud)[0]["wish"] == kept


@pytest.mark.parametrize(
    "wish",
    [{"method": "smtp"}, {"version": 5}, {"version": "x"}, {"version": 4.0}, {"flows": 0},
     {"flows": 9}, {"flows": "many"}, {"flows": True}, {"flows": 1.5}, {"method": ["udp"]},
     {"version": [4]}],
)  # fmt: skip
def test_a_wrong_choice_is_a_sentence(cloud: Cloud, trace: Door, wish: Any) -> None:
    answer = ask(trace, "POST", "/api/traces", body={"target": "www.example.com"} | wish)
    assert answer.status == 422
    assert list(answer.json["errors"]) == list(wish)
    assert orders(cloud) == []


def test_an_address_has_one_version(trace: Door) -> None:
    answer = ask(trace, "POST", "/api/traces", body={"target": "8.8.8.8", "version": 6})
    assert answer.json["errors"] == {"version": "8.8.8.8 is an address of IPv4."}


def test_a_probe_takes_so_many_jobs_a_minute_and_no_more(tracing: Tracing) -> None:
    codes = [
        at_once(tracing, f"h{n}.example.com", f"client {n}").status_code
        for n in range(BY_PROBE.most + 1)
    ]
    assert codes == [202] * BY_PROBE.most + [429]
    late = at_once(tracing, "late.example.com", "late").body
    assert "Our measuring host has much to do. Try again in 60 seconds." in late


def test_a_machine_of_the_desk_is_not_traced(tracing: Tracing) -> None:
    rules = Rules(refuse=networks("8.8.8.0/24"))
    own = replace(tracing.provider.tracing, rules=rules)
    answer = at_once(with_provider(tracing, tracing=own), "8.8.8.8", "ann")
    assert answer.status_code == 422
    assert "8.8.8.8 belongs to the machines that this desk runs on" in answer.body


def test_a_probe_that_is_away_is_noticed_after_half_a_minute(trace: Door, tracing: Tracing) -> None:
    for age, state in ((AWAY - timedelta(seconds=10), "queued"), (AWAY, "failed")):
        queued_at = datetime.now(UTC) - age
        job = Job(f"{age.seconds:032x}", "www.example.com", ("outside",), queued_at)
        tracing.traces.order(job)
        found = read(trace, job.id).json
        assert found["state"] == state
    assert found["verdict"]["code"] == "no-probe"
    assert "measuring host is away" in read(trace, job.id, wants="html").text


# --- what is known already ------------------------------------------------------------------------

BROKEN = (
    Way(1, 4, "203.0.113.9"),
    Hop(2, 1, ("198.51.100.1",), 5.0),
    Hop(3, 2, tries=2),
    Hop(4, 3, tries=2),
    Way(5, 4, "203.0.113.9", "ended"),
    Service(6, 4, 443, "silent"),
    Network(7, "198.51.100.1", 64500, "Example Transit"),
)


def published(cloud: Cloud, *incidents: Any) -> None:
    body = json.dumps({"incidents": list(incidents)}).encode()
    cloud.s3.put_object(Bucket=cloud.name("SiteBucket"), Key=KEY, Body=body)


def incident(name: str, component: str = "", status: str = "operational") -> dict[str, Any]:
    hit = [{"id": component, "status": status}] if component else []
    return {"name": name, "shortlink": f"{PUBLIC_URL}/status/notices/x/", "components": hit}


@pytest.mark.parametrize(
    ("notices", "known"),
    [
        ([], None),
        ([incident("Example Transit: Fibre cut in Ohio")], "Example Transit: Fibre cut in Ohio"),
        ([incident("example transit inc.: Down")], "example transit inc.: Down"),
        ([incident("Another Net: Down"), incident("No dial-up", "dialup", "major_outage")], None),
        ([incident("Transit: Down"), incident("Internet: slow evenings")], None),
        ([incident("Our links are down", "backbone", "major_outage")], None),  # not ours, this time
    ],
)
def test_a_fault_that_the_status_page_tells_of_is_known(
    cloud: Cloud, trace: Door, tracing: Tracing, job: str, notices: Any, known: str | None
) -> None:
    published(cloud, *notices)
    learn(tracing, job, *BROKEN)
    tracing.traces.end("outside", job)
    said = read(trace, job).json["verdict"]
    assert (said["code"], said["known"] and said["known"]["title"]) == ("transit", known)
    assert (f"We know of it: {known}." in said["sentence"]) == bool(known)
    page = unescape(read(trace, job, wants="html").text)
    assert (f'href="{PUBLIC_URL}/status/notices/x/"' in page) == bool(known)


def test_a_fault_of_ours_is_known_by_the_service_that_it_hits(
    cloud: Cloud, tracing: Tracing, trace: Door, job: str
) -> None:
    ours = with_provider(tracing, prefixes=networks("198.51.100.0/24"))
    learn(tracing, job, *BROKEN)
    tracing.traces.end("outside", job)
    for notice, known in (
        (incident("Mail is late", "mail-in", "partial_outage"), False),
        (incident("Our links are down", "backbone", "operational"), False),
        (incident("Our links are down", "backbone", "partial_outage"), True),
    ):
        published(cloud, notice)
        said = looked(ours, job, "")["verdict"]
        assert (said["side"], bool(said["known"])) == ("ours", known)


@pytest.mark.parametrize("body", [b"", b"{}", b"[", b'{"incidents": 7}'])
def test_without_a_status_page_there_is_still_a_verdict(
    cloud: Cloud, tracing: Tracing, trace: Door, job: str, body: bytes
) -> None:
    cloud.s3.put_object(Bucket=cloud.name("SiteBucket"), Key=KEY, Body=body)
    learn(tracing, job, *BROKEN)
    tracing.traces.end("outside", job)
    assert read(trace, job).json["verdict"]["code"] == "transit"


# --- a ticket from it -----------------------------------------------------------------------------


def filled(page: str) -> dict[str, str]:
    """The hidden fields of the button that opens a ticket."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def test_a_trace_fills_in_the_form_of_a_ticket(
    trace: Door, door: Callable[..., Door], tracing: Tracing, job: str
) -> None:
    learn(tracing, job, *BROKEN)
    tracing.traces.end("outside", job)
    fields = filled(read(trace, job, wants="html").text)
    assert fields.items() >= {
        "fill": "1", "category": "unreachable", "url": "https://www.example.com/",
    }.items()  # fmt: skip
    assert "Pacific" in fields["occurred_at"]
    assert f"{PUBLIC_URL}/api/traces/{job}" in fields["message"]
    assert "it breaks here" in fields["message"]
    assert "Secure web (port 443): no answer" in fields["message"]
    web = door("WebFunction")
    shown = ask(web, "POST", "/api/tickets", body=form(fields), wants="html")
    assert shown.status == 200
    page = unescape(shown.text)
    for words in ("https://www.example.com/", fields["occurred_at"], fields["error_text"]):
        assert words in page
    assert "198.51.100.1" in page
    assert "Your trace is filled in below." in page
    assert re.search(r'value="unreachable" checked', page)
    assert "errors" not in page


def test_where_we_see_no_fault_the_error_is_the_customers_to_give(
    trace: Door, tracing: Tracing, job: str
) -> None:
    learn(tracing, job, *WALK, *END)
    tracing.traces.end("outside", job)
    fields = filled(read(trace, job, wants="html").text)
    assert fields["error_text"] == ""
    assert "answers us now" in fields["message"]


def test_what_was_pasted_is_in_the_answer_alone(
    cloud: Cloud, trace: Door, tracing: Tracing
) -> None:
    pasted = "https://www.example.com/secret?token=abc"
    answer = ask(trace, "POST", "/api/traces", body=form({"target": pasted}), wants="html")
    assert pasted in unescape(answer.text)
    [order] = orders(cloud)
    assert "secret" not in str(cloud.rows("TracesTable")) + str(order)
    assert "secret" not in read(trace, order["id"], wants="html").text


def with_provider(made: Tracing, /, **changes: Any) -> Tracing:
    pages = replace(made.pages, provider=replace(made.provider, **changes))
    return replace(made, pages=pages)


def with_inside(tracing: Tracing) -> Tracing:
    """With a second measuring host."""
    given = tracing.provider.tracing
    probes = (*given.probes, Probe("inside", "in our office", inside=True))
    return with_provider(tracing, tracing=replace(given, probes=probes))


def looked(tracing: Tracing, job: str, after: str) -> Any:
    headers = {"accept": "application/json"}
    event = http_event("GET", f"/api/traces/{job}", headers=headers, query={"after": after})
    now = datetime.now(UTC)
    return json.loads(reading.read(tracing, APIGatewayProxyEventV2(event), job, now).body)


@pytest.mark.parametrize("wants", ["json", "html"])
@pytest.mark.parametrize("unknown", ["f" * 32, "x", "x" * 3_000, "a%20b"])
def test_an_unknown_trace_is_not_found(trace: Door, unknown: str, wants: str) -> None:
    answer = read(trace, unknown, wants=wants)
    assert answer.status == 404
    assert "There is no such trace" in answer.text
