"""The cost model: calls are counted, the template is read, and the totals stay where they must."""

import copy
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from infra.costs import stack as stacks
from infra.costs import usage as assumed
from infra.costs.counted import Work, counted
from infra.costs.document import PATH, document
from infra.costs.model import Model, model
from infra.costs.prices import PAGES, PRICES, READ_THERE, added, dollars, scaled
from infra.costs.stack import stack, unpriced
from infra.costs.usage import BASIS
from tests.costs.dynamo_units import index_units, item_size, read_units, stored, write_units
from tests.costs.metering import metrics
from tests.costs.parts import PARTS, room
from tests.costs.rooms import Room
from tests.costs.site import weights
from tests.desk import template

FIXTURES = (room,)
CORE, WITH_PROBE, METRICS, ALARMS = 12, 20, 10, 25
AGAIN = "count it again: pytest tests/costs/recount.py && python -m infra.costs"


@pytest.fixture(scope="module")
def costs() -> Model:
    return model()


# --- what it may cost -----------------------------------------------------------------------------


def test_a_month_costs_no_more_than_it_may(costs: Model) -> None:
    bill = costs.month(BASIS)
    assert dollars(bill.core) <= CORE
    assert dollars(added(bill.core, bill.probe)) <= WITH_PROBE


def test_metrics_and_alarms_stay_few(costs: Model) -> None:
    assert len(costs.metrics) <= METRICS
    assert costs.stack.alarms <= ALARMS


def test_the_document_is_up_to_date(costs: Model) -> None:
    assert PATH.read_text(encoding="utf-8") == document(costs), "python -m infra.costs"


# --- what is counted ------------------------------------------------------------------------------


def exactly(work: Work) -> tuple[Any, ...]:
    return work.function, dict(work.calls), work.reads, work.writes


def about(work: Work) -> Any:
    """Words change, and with them what is written and shown."""
    sizes = work.stored_bytes, work.log_bytes, work.answer_bytes
    return pytest.approx(sizes, rel=0.25, abs=200)


@pytest.mark.parametrize("part", PARTS)
def test_each_step_asks_of_aws_what_is_written_down(room: Room, part: str) -> None:
    known = counted()
    for name, work in PARTS[part](room):
        assert exactly(work) == exactly(known.steps[name]), f"{name}: {AGAIN}"
        sizes = work.stored_bytes, work.log_bytes, work.answer_bytes
        assert sizes == about(known.steps[name]), f"{name}: {AGAIN}"
    assert room.metrics <= {*known.metrics}, AGAIN


def test_pages_weigh_what_is_written_down() -> None:
    assert weights() == pytest.approx(dict(counted().pages), rel=0.1), AGAIN


def test_every_step_that_is_counted_is_paid_for_and_the_reverse() -> None:
    used = assumed.steps(BASIS).keys() | assumed.STANDING.keys() | assumed.PROBE_STANDING.keys()
    assert used | {*assumed.MINUTES.values()} == counted().steps.keys()


def test_every_function_has_a_step(costs: Model) -> None:
    """Staff look after mails so seldom that nobody counts it."""
    functions = {work.function for work in counted().steps.values()}
    assert costs.stack.functions.keys() - functions == {"MailsFunction"}


def test_what_an_alarm_watches_is_made(costs: Model) -> None:
    """But of a second measuring host, which few have."""
    assert costs.stack.metrics - {*costs.counted.metrics} == {"ProbeAge Probe=inside"}


# --- what is read in the template -----------------------------------------------------------------


def changed(costs: Model, change: Callable[[dict[str, Any]], None]) -> float:
    """How much dearer a month gets."""
    other = copy.deepcopy(template())
    change(other["Resources"])
    was, now = (one.month(BASIS) for one in (costs, replace(costs, stack=stack(other))))
    return dollars(now.core) - dollars(was.core)


def alarm(resources: dict[str, Any]) -> None:
    """Over the sum of two metrics."""
    metric = {"MetricStat": {"Metric": {"Namespace": "AWS/SQS", "MetricName": "X"}}}
    watched = {"Metrics": [metric, metric, {"Id": "sum", "Expression": "SUM(METRICS())"}]}
    resources["New"] = {"Type": "AWS::CloudWatch::Alarm", "Properties": watched}


def secret(resources: dict[str, Any]) -> None:
    resources["New"] = {"Type": "AWS::SecretsManager::Secret", "Properties": {}}


def key(resources: dict[str, Any]) -> None:
    resources["New"] = {"Type": "AWS::KMS::Key", "Properties": {}}


def rotated_key(resources: dict[str, Any]) -> None:
    resources["New"] = {"Type": "AWS::KMS::Key", "Properties": {"EnableKeyRotation": True}}


def queue(resources: dict[str, Any]) -> None:
    event = {"Type": "SQS", "Properties": {}}
    resources["WebFunction"]["Properties"]["Events"] = {"New": event}


POLLING = 5 * 730 * 3_600 / 20 * 0.4 / 1e6


@pytest.mark.parametrize(
    ("change", "more"), [(alarm, 0.2), (secret, 0.4), (key, 1), (rotated_key, 3), (queue, POLLING)]
)
def test_what_the_template_gets_is_paid_for(costs: Model, change: Any, more: float) -> None:
    assert changed(costs, change) == pytest.approx(more)


def test_a_clock_more_is_paid_for(costs: Model) -> None:
    rate = {"Type": "ScheduleV2", "Properties": {"ScheduleExpression": "rate(1 minute)"}}

    def clock(resources: dict[str, Any]) -> None:
        resources["OutboxFunction"]["Properties"]["Events"]["New"] = rate

    assert 0.05 < changed(costs, clock) < 0.2
    assert stacks._runs("rate(5 minutes)") == 8_760
    with pytest.raises(ValueError, match="not a rate"):
        stacks._runs("cron(0 0 * * ? *)")


def test_nothing_in_the_template_is_without_a_price() -> None:
    assert unpriced(template()) == set()
    firewall = {"Resources": {"New": {"Type": "AWS::WAFv2::WebACL"}}}
    assert unpriced(firewall) == {"AWS::WAFv2::WebACL"}


# --- prices ---------------------------------------------------------------------------------------


def test_every_price_is_used_and_has_a_page(costs: Model) -> None:
    bill = costs.month(BASIS)
    assert added(bill.core, bill.probe).keys() == PRICES.keys()
    assert {price.service for price in PRICES.values()} == PAGES.keys()
    assert PRICES.keys() >= READ_THERE


def test_a_desk_of_nobody_costs_something_and_customers_cost_more(costs: Model) -> None:
    idle, few, many = (costs.month(one) for one in (assumed.NOBODY, assumed.of(1_000), BASIS))
    assert 5 < dollars(idle.core) < dollars(few.core) < dollars(many.core)
    assert assumed.of(BASIS.customers) == BASIS
    twice = costs.of(scaled(assumed.TRACE, 2))
    assert dollars(twice) == pytest.approx(2 * dollars(costs.of(assumed.TRACE)))


def test_what_the_document_links_to_is_amazons(costs: Model) -> None:
    links = re.findall(r"\]\((https?:[^)]+)\)", document(costs))
    assert {link.split("/")[2] for link in links} == {"aws.amazon.com", "docs.aws.amazon.com"}


# --- how it is counted ----------------------------------------------------------------------------

ITEM = {
    "pk": {"S": "tïcket"}, "n": {"N": "-12345.67"}, "yes": {"BOOL": True}, "none": {"NULL": True},
    "raw": {"B": b"1234"}, "tags": {"SS": ["ab", "c"]}, "list": {"L": [{"S": "abc"}]},
    "map": {"M": {"k": {"S": "v"}}},
}  # fmt: skip


def test_an_item_has_the_size_that_dynamodb_says() -> None:
    names = sum(map(len, ITEM))
    assert item_size(ITEM) == names + 7 + 6 + 1 + 1 + 4 + 3 + (3 + 1 + 3) + (3 + 1 + 1 + 1)


@pytest.mark.parametrize(
    ("size", "consistent", "units"),
    [(0, True, 1), (4_096, True, 1), (4_097, True, 2), (4_097, False, 1), (0, False, 0.5)],
)
def test_what_is_read_is_paid_in_pieces_of_4_kb(size: int, consistent: bool, units: float) -> None:
    assert read_units(size, consistent=consistent) == units


def of_size(size: int, **more: Any) -> dict[str, Any]:
    return {"pk": {"S": "x"}, "sk": {"S": "x"}, **more, "t": {"S": "x" * size}}


def test_what_is_written_is_paid_by_the_larger_of_old_and_new() -> None:
    assert write_units({}, of_size(2_000)) == write_units(of_size(2_000), {}) == 2
    assert write_units({}, {}) == 1


INDEX = {
    "KeySchema": [{"AttributeName": "state"}, {"AttributeName": "at"}],
    "Projection": {"ProjectionType": "KEYS_ONLY"},
}


def test_an_index_is_written_when_what_it_holds_changes() -> None:
    out = of_size(9)
    first, later = (of_size(9, state={"S": "open"}, at={"S": at}) for at in "12")
    longer = of_size(5_000, state={"S": "open"}, at={"S": "1"})
    assert [index_units(INDEX, *pair) for pair in [
        (out, first), (first, out), (first, later), (first, longer), (out, out), ({}, out),
    ]] == [1, 1, 2, 0, 0, 0]  # fmt: skip
    whole = INDEX | {"Projection": {"ProjectionType": "ALL"}}
    assert index_units(whole, first, longer) == 5
    assert stored([whole], first) == 2 * (item_size(first) + 100)


def test_a_metric_is_known_by_its_dimensions() -> None:
    line = """{"_aws": {"CloudWatchMetrics": [{"Namespace": "n", "Dimensions": [["Probe"], []],
        "Metrics": [{"Name": "Age"}]}]}, "Probe": "outside", "Age": [1.0]}"""
    assert [*metrics(line.replace("\n", " "))] == ["Age Probe=outside", "Age"]
    assert [*metrics("no JSON"), *metrics('{"message": "x"}')] == []
