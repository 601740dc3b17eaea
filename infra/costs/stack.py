"""What of the template has a price, whether it is used or not."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.costs.usage import HOURS
from infra.template import TEMPLATE, parse

PROBE_ONLY = "HasProbe"  # the condition of what is there for the measuring host alone
ROTATIONS = 2  # versions of a key that rotation adds are charged up to here
PRICED = {
    "AWS::ApiGatewayV2::Api", "AWS::AutoScaling::AutoScalingGroup", "AWS::CloudFront::Distribution",
    "AWS::CloudFront::Function", "AWS::CloudWatch::Alarm", "AWS::DynamoDB::Table",
    "AWS::EC2::LaunchTemplate", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket",
    "AWS::SES::EmailIdentity", "AWS::SES::ReceiptRule", "AWS::SNS::Topic", "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret", "AWS::Serverless::Function",
}  # fmt: skip
# AWS charges nothing for these themselves.
FREE = {
    "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFront::OriginAccessControl", "AWS::CloudFront::OriginRequestPolicy",
    "AWS::CloudFront::ResponseHeadersPolicy", "AWS::EC2::EgressOnlyInternetGateway",
    "AWS::EC2::InternetGateway", "AWS::EC2::NetworkAcl", "AWS::EC2::NetworkAclEntry",
    "AWS::EC2::Route", "AWS::EC2::RouteTable", "AWS::EC2::SecurityGroup", "AWS::EC2::Subnet",
    "AWS::EC2::SubnetNetworkAclAssociation", "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::EC2::VPCGatewayAttachment",
    "AWS::IAM::InstanceProfile", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role",
    "AWS::Lambda::Permission", "AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup",
    "AWS::S3::BucketPolicy", "AWS::SES::ConfigurationSet",
    "AWS::SES::ConfigurationSetEventDestination", "AWS::SES::ReceiptRuleSet",
    "AWS::SNS::Subscription", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy",
}  # fmt: skip
UNITS = {"minute": 1 / 60, "hour": 1.0, "day": 24.0}


@dataclass(frozen=True)
class Function:
    memory_mb: int
    runs_by_schedule: float  # in a month
    queues: int  # that Lambda asks on its behalf
    secrets: int  # that it reads when it starts
    tables: int  # encrypted with a key of KMS


@dataclass(frozen=True)
class Machine:
    kind: str
    disk_bytes: int


@dataclass(frozen=True)
class Stack:
    functions: Mapping[str, Function]
    alarms: int
    watched: int  # metrics that the alarms watch: of a sum, each
    watched_for_probe: int
    metrics: frozenset[str]  # of our own, which alarms watch
    secrets: int
    key_versions: int
    machine: Machine


def stack(template: Mapping[str, Any] | None = None) -> Stack:
    made = template or parse(TEMPLATE.read_text(encoding="utf-8"))
    alarms = list(_of(made, "AWS::CloudWatch::Alarm"))
    own = {f"{m['MetricName']}{_where(m)}" for alarm in alarms for m in _watched(alarm)
           if not str(m["Namespace"]).startswith("AWS/")}  # fmt: skip
    for_probe = [alarm for alarm in alarms if alarm.get("Condition") == PROBE_ONLY]
    return Stack(
        functions=dict(_functions(made)),
        alarms=len(alarms),
        watched=sum(len(list(_watched(alarm))) for alarm in alarms),
        watched_for_probe=sum(len(list(_watched(alarm))) for alarm in for_probe),
        metrics=frozenset(own),
        secrets=len(list(_of(made, "AWS::SecretsManager::Secret"))),
        key_versions=sum(map(_versions, _of(made, "AWS::KMS::Key"))),
        machine=_machine(made),
    )


def unpriced(template: Mapping[str, Any]) -> set[str]:
    """Kinds of resources of which nobody has said yet what they cost."""
    return {resource["Type"] for resource in template["Resources"].values()} - PRICED - FREE


def _of(template: Mapping[str, Any], kind: str) -> Iterator[Any]:
    return (one for one in template["Resources"].values() if one["Type"] == kind)


def _functions(template: Mapping[str, Any]) -> Iterator[tuple[str, Function]]:
    common = template.get("Globals", {}).get("Function", {})
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        own = resource["Properties"]
        events = own.get("Events", {}).values()
        schedules = (
            e["Properties"]["ScheduleExpression"] for e in events if "Schedule" in e["Type"]
        )
        yield (
            name,
            Function(
                memory_mb=own.get("MemorySize", common.get("MemorySize")),
                runs_by_schedule=sum(map(_runs, schedules)),
                queues=sum(event["Type"] == "SQS" for event in events),
                secrets=sum(_named(template, own, "AWS::SecretsManager::Secret")),
                tables=sum(_named(template, own, "AWS::DynamoDB::Table")),
            ),
        )


def _named(template: Mapping[str, Any], own: Mapping[str, Any], kind: str) -> Iterator[bool]:
    """Which of a function's settings name such a resource, and one with a key in KMS."""
    for value in own["Environment"]["Variables"].values():
        match value:
            case {"Ref": name} | {"Fn::GetAtt": [name, _]}:
                resource = template["Resources"].get(name, {"Type": ""})
                yield resource["Type"] == kind and _has_key(resource)


def _has_key(resource: Mapping[str, Any]) -> bool:
    """A table without SSESpecification has a key of DynamoDB's own, which costs nothing:
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html
    """
    given = resource.get("Properties", {}).get("SSESpecification", {})
    return resource["Type"] != "AWS::DynamoDB::Table" or bool(given.get("SSEEnabled"))


def _runs(expression: str) -> float:
    """In a month; raises ValueError for what is no rate."""
    found = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if not found:
        raise ValueError(f"not a rate: {expression}")
    return HOURS / (int(found[1]) * UNITS[found[2]])


def _watched(alarm: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """https://aws.amazon.com/cloudwatch/pricing/: an alarm over a sum costs as many as it adds."""
    given = alarm["Properties"]
    if "MetricName" in given:
        yield given
    for part in given.get("Metrics", []):
        if "MetricStat" in part:
            yield part["MetricStat"]["Metric"]


def _where(metric: Mapping[str, Any]) -> str:
    dimensions = metric.get("Dimensions", [])
    return "".join(f" {one['Name']}={one['Value']}" for one in dimensions)


def _versions(key: Mapping[str, Any]) -> int:
    return 1 + ROTATIONS * bool(key["Properties"].get("EnableKeyRotation"))


def _machine(template: Mapping[str, Any]) -> Machine:
    [launch] = _of(template, "AWS::EC2::LaunchTemplate")
    given = launch["Properties"]["LaunchTemplateData"]
    disks = [one["Ebs"]["VolumeSize"] for one in given["BlockDeviceMappings"]]
    return Machine(given["InstanceType"], sum(disks) * 10**9)
