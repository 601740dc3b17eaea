"""The figures that the alarms watch: told by the doors' own minutes, in CloudWatch's format."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from infra.template import ROOT
from tests.desk import MINUTE, NOW, Cloud, Door, provider, template

Opened = Callable[..., Door]
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html


def told(output: str) -> dict[str, float]:
    lines = [json.loads(line) for line in output.splitlines() if '"_aws"' in line]
    return {
        ".".join([metric["Name"], *(line[d] for d in directive["Dimensions"][0])]): line[
            metric["Name"]
        ][0]
        for line in lines
        for directive in line["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
    }


def alarms() -> dict[str, Any]:
    resources = template()["Resources"]
    return {n: r["Properties"] for n, r in resources.items() if r["Type"].endswith("::Alarm")}


def own_metrics() -> set[str]:
    own = [a for a in alarms().values() if a.get("Namespace") == {"Ref": "AWS::StackName"}]
    dimensions = [[d["Value"] for d in alarm.get("Dimensions", [])] for alarm in own]
    return {".".join([a["MetricName"], *d]) for a, d in zip(own, dimensions, strict=True)}


def test_what_the_code_tells_an_alarm_watches_and_the_reverse() -> None:
    code = [path.read_text("utf-8") for path in (ROOT / "functions").rglob("*.py")]
    names = {name for text in code for name in re.findall(r'\btell\("(\w+)"', text)}
    assert names == {metric.partition(".")[0] for metric in own_metrics()}


def test_alarms_and_metrics_of_our_own_stay_few() -> None:
    """They cost: docs/costs.md."""
    assert len(alarms()) <= 25
    assert len(own_metrics()) <= 10


def test_every_alarm_tells_and_is_explained() -> None:
    manual = (ROOT / "docs" / "operating.md").read_text("utf-8")
    for name, alarm in alarms().items():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}], name
        assert f"### {name}\n" in manual
        assert alarm["AlarmDescription"] in " ".join(manual.split())


def test_a_clock_that_stands_still_is_an_alarm() -> None:
    assert alarms()["PageAgeAlarm"]["TreatMissingData"] == "breaching"


def test_a_page_that_was_built_is_young(cloud: Cloud, door: Opened, capsys: Any) -> None:
    door("ClockFunction")(MINUTE)
    assert 0 <= told(capsys.readouterr().out)["PageAge"] < 60


@pytest.mark.parametrize("minutes", [0, 3])
def test_how_long_the_oldest_mail_waits(
    cloud: Cloud, door: Opened, capsys: Any, minutes: int
) -> None:
    written = datetime.now(UTC) - timedelta(minutes=minutes)
    if minutes:
        cloud.put(
            "TicketsTable", pk="ticket#X", sk="outbox#00001#opened", number="X", letter="opened",
            place=1, attempts=2, unsent="mail", written_at=written.isoformat(),
            due_at=(written + timedelta(hours=1)).isoformat(),
        )  # fmt: skip
    door("OutboxFunction")(MINUTE)
    assert told(capsys.readouterr().out)["UnsentMailAge"] == pytest.approx(60 * minutes, abs=5)


def test_a_mail_that_lies_is_told(cloud: Cloud, door: Opened, capsys: Any) -> None:
    door("MailFunction")(MINUTE)
    assert told(capsys.readouterr().out)["UnreadMailAge"] == 0


def test_who_is_away_is_told_by_name(cloud: Cloud, door: Opened, capsys: Any) -> None:
    assert [probe.name for probe in provider().tracing.probes] == ["outside"]
    door("TraceFunction")(MINUTE)
    assert told(capsys.readouterr().out) == {"ProbeAge.outside": 86_400}
    cloud.put("TracesTable", pk="probe#outside#alive", sk="alive", at=NOW.isoformat())
    door("TraceFunction")(MINUTE)
    age = (datetime.now(UTC) - NOW).total_seconds()
    assert told(capsys.readouterr().out)["ProbeAge.outside"] == pytest.approx(age, abs=5)
