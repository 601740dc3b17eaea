"""infra/template.yaml as data, and as AWS's own tools read it."""

import importlib
import json
import re
from dataclasses import fields
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform

from infra.local import distribution
from infra.template import ROOT, TEMPLATE, functions, parse, with_code
from tests.desk import common
from ticket_intake import settings as desk_settings

TEXT = TEMPLATE.read_text(encoding="utf-8")
RESOURCES: dict[str, Any] = parse(TEXT)["Resources"]
FUNCTIONS = {f.name: f for f in functions(TEXT)}
# Whose settings each function reads: the environment and the class must name the same.
SETTINGS = {
    "WebFunction": desk_settings.WebSettings,
    "MailFunction": desk_settings.MailSettings,
    "StaffFunction": desk_settings.StaffSettings,
    "RetentionFunction": desk_settings.RetentionSettings,
    "MailsFunction": desk_settings.MailSettings,
    "OutboxFunction": desk_settings.DeskSettings,
    "FeedbackFunction": desk_settings.DeskSettings,
}


def _of(kind: str) -> dict[str, Any]:
    return {name: r for name, r in RESOURCES.items() if r["Type"] == kind}


def _settings_of(name: str) -> Any:
    if name in SETTINGS:
        return SETTINGS[name]
    module = importlib.import_module(FUNCTIONS[name].handler.rpartition(".")[0])
    found = [v for k, v in vars(module).items() if k.endswith("Settings")]
    assert len(found) == 1
    return found[0]


def _statements(name: str) -> list[dict[str, Any]]:
    return RESOURCES[name]["Properties"]["Policies"][0]["Statement"]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


class Policies(ManagedPolicyLoader):
    """AWS's managed policies without asking IAM for the list: we use none by name."""

    def __init__(self) -> None:
        super().__init__(None)
        self._policy_map: dict[str, str] = {}


def test_source_and_translation_lint_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """cfn-lint does not see a bad reference in SAM's Globals, only in what SAM makes of it."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")  # SAM asks for one
    translated = transform(parse(with_code(TEXT, lambda _: "s3://code/x.zip")), {}, Policies())
    for text in (TEXT, json.dumps(translated)):
        found = lint(text, config=ManualArgs(regions=["us-west-2"]))
        assert [str(match) for match in found] == []


def test_every_door_is_a_function() -> None:
    doors = {p.stem for p in (ROOT / "functions").rglob("*door.py")}
    assert {f.handler.split(".")[-2] for f in FUNCTIONS.values()} == doors
    assert len({f.zip_path for f in FUNCTIONS.values()}) == len(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_has_its_own_small_role(name: str) -> None:
    """One inline policy of its own, no shared role, no `*` action."""
    assert "Role" not in RESOURCES[name]["Properties"]
    actions = [a for s in _statements(name) for a in _listed(s["Action"])]
    assert actions
    assert not [a for a in actions if "*" in a]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_star_resources_are_the_emulators_alone(name: str) -> None:
    for statement in _statements(name):
        resource = statement["Resource"]
        if isinstance(resource, dict) and "Fn::If" in resource:
            condition, on_aws, elsewhere = resource["Fn::If"]
            assert (condition, elsewhere) == ("OnAws", ["*"])
            resource = on_aws
        assert "*" not in _listed(resource)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_environment_and_settings_name_the_same(name: str) -> None:
    given = set(RESOURCES[name]["Properties"]["Environment"]["Variables"])
    asked = {field.name.upper() for field in fields(_settings_of(name))}
    assert given == asked - set(common()["Environment"]["Variables"])


def test_every_queue_has_a_consumer_and_an_alarm() -> None:
    queues = set(_of("AWS::SQS::Queue"))
    consumed = {_ref(e) for e in _events("SQS", "Queue")}
    consumed |= {_ref(s["Resource"]) for s in _probe_reads()}
    dead = {_ref(q["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]) for q in _redriven()}
    dead |= {_ref(e["OnFailure"]["Destination"]) for e in _events("DynamoDB", "DestinationConfig")}
    assert consumed | dead == queues
    watched = [a["Properties"] for a in _of("AWS::CloudWatch::Alarm").values()]
    assert {_ref(a["Dimensions"][0]["Value"]) for a in watched
            if a.get("Namespace") == "AWS/SQS"} == queues  # fmt: skip


def test_each_route_that_writes_has_a_limit_of_its_own() -> None:
    stage = RESOURCES["ApiStage"]["Properties"]
    limits = {"default": stage["DefaultRouteSettings"]} | stage["RouteSettings"]
    public = {
        route["Properties"]["RouteKey"]
        for route in _of("AWS::ApiGatewayV2::Route").values()
        if route["Properties"]["AuthorizationType"] == "NONE"
    }
    assert {key for key in public if key.startswith("POST ")} <= set(limits)
    assert set(stage["RouteSettings"]) <= public
    # A route that has settings must be there before the stage is.
    made = {
        RESOURCES[name]["Properties"]["RouteKey"] for name in RESOURCES["ApiStage"]["DependsOn"]
    }
    assert made == set(stage["RouteSettings"])
    assert all(
        0 < limit["ThrottlingRateLimit"] < limit["ThrottlingBurstLimit"]
        for limit in limits.values()
    )


def test_nothing_gets_into_the_measuring_host_but_what_routers_say() -> None:
    rules = RESOURCES["ProbeFirewall"]["Properties"]["SecurityGroupIngress"]
    assert [(r["IpProtocol"], r["FromPort"]) for r in rules] == [
        ("icmp", 3), ("icmp", 11), ("icmpv6", 1), ("icmpv6", 2), ("icmpv6", 3),
    ]  # fmt: skip
    launch = RESOURCES["ProbeLaunch"]["Properties"]["LaunchTemplateData"]
    assert launch["MetadataOptions"]["HttpTokens"] == "required"
    assert launch["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    assert "KeyName" not in launch


def test_whoever_tells_may_use_the_key_of_the_topics() -> None:
    """AWS's own key for SNS admits no other service, and alarms would never arrive."""
    for topic in _of("AWS::SNS::Topic").values():
        assert topic["Properties"]["KmsMasterKeyId"] == {"Ref": "TopicKey"}
    _, *services = RESOURCES["TopicKey"]["Properties"]["KeyPolicy"]["Statement"]
    tellers = [
        statement["Principal"]["Service"]
        for policy in _of("AWS::SNS::TopicPolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert sorted(one["Principal"]["Service"] for one in services) == sorted(tellers)


def test_mail_is_kept_as_long_as_the_provider_says() -> None:
    rules = RESOURCES["MailBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert {"Ref": "RawMailDays"} in [rule.get("ExpirationInDays") for rule in rules]
    [days] = re.findall(
        r"(?m)^raw_mail_days = (\d+)", (ROOT / "site" / "provider.toml").read_text()
    )
    assert parse(TEXT)["Parameters"]["RawMailDays"]["Default"] == int(days)


def _events(kind: str, key: str) -> list[Any]:
    events = [e for n in FUNCTIONS for e in RESOURCES[n]["Properties"].get("Events", {}).values()]
    return [e["Properties"][key] for e in events if e["Type"] == kind]


def _probe_reads() -> list[Any]:
    policies = [RESOURCES[name]["Properties"] for name in ("ProbePolicy", "InsideProbePolicy")]
    statements = [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]
    return [s for s in statements if "sqs:ReceiveMessage" in s["Action"]]


def test_a_probe_reads_its_own_queue_and_writes_its_own_rows() -> None:
    """What `dynamodb:LeadingKeys` admits must be no other's, and what the store writes."""
    for policy, name in (("ProbePolicy", "outside"), ("InsideProbePolicy", "inside")):
        statements = RESOURCES[policy]["Properties"]["PolicyDocument"]["Statement"]
        [keys] = [s["Condition"] for s in statements if "Condition" in s]
        assert keys == {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"probe#{name}#*"]}}
    assert len({_ref(s["Resource"]) for s in _probe_reads()}) == 2


def _redriven() -> list[Any]:
    return [q for q in _of("AWS::SQS::Queue").values() if "RedrivePolicy" in q["Properties"]]


def _ref(value: Any) -> str:
    return value["Fn::GetAtt"][0] if isinstance(value, dict) else str(value)


def test_staff_routes_and_no_others_ask_for_an_identity() -> None:
    for name, route in _of("AWS::ApiGatewayV2::Route").items():
        properties = route["Properties"]
        is_staff = properties["RouteKey"].split()[1].startswith("/staff/")
        assert properties["AuthorizationType"] == ("AWS_IAM" if is_staff else "NONE"), name


def test_every_bucket_is_closed_and_encrypted() -> None:
    for bucket in _of("AWS::S3::Bucket").values():
        properties = bucket["Properties"]
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert "BucketEncryption" in properties


def test_what_cant_be_made_again_is_kept() -> None:
    kinds = {**_of("AWS::DynamoDB::Table"), **_of("AWS::S3::Bucket")}
    lost = {n for n, r in kinds.items() if r["DeletionPolicy"] != "RetainExceptOnCreate"}
    assert lost == {"TracesTable"}


def test_receipt_rule_scans() -> None:
    """ScanEnabled is off by default, and then SES writes no verdicts."""
    rule = RESOURCES["ReceiptRule"]["Properties"]["Rule"]
    assert rule["ScanEnabled"] is True


def test_other_sites_read_what_programs_read_and_nothing_else() -> None:
    found = distribution.read(TEXT)
    assert "*" not in {b.pattern for b in found.behaviours[:-1]}
    public = ["api/v2/status.json", "api/v2/incidents/unresolved.json", "status/feed.atom",
              "status/feed.json", "status/components/web/feed.rss", "status/maintenance.ics",
              "status/badge.svg"]  # fmt: skip
    own = ["", "404.html", "unavailable.html", "api/tickets", "api/traces/x", "problem/",
           "status/", "status/status.txt", "status/line.txt", "status/notices/20261122-t0h/",
           "status/traceroute/"]  # fmt: skip
    seen = {path: "Access-Control-Allow-Origin" in found.behaviour(f"/{path}").headers
            for path in public + own}  # fmt: skip
    assert seen == dict.fromkeys(public, True) | dict.fromkeys(own, False)


def test_static_files_are_compressed_and_the_api_is_asked_every_time() -> None:
    for behaviour in distribution.read(TEXT).behaviours:
        assert behaviour.compresses == (behaviour.origin == "site")
        served = behaviour.pattern in ("/api/t*", "/api/form")
        assert served == (behaviour.origin == "api")


def test_both_header_policies_say_the_same_but_who_may_read() -> None:
    policies = [
        p["Properties"]["ResponseHeadersPolicyConfig"]
        for p in _of("AWS::CloudFront::ResponseHeadersPolicy").values()
    ]
    own, public = (p["SecurityHeadersConfig"] for p in policies)
    assert own == public
    assert ["CorsConfig" in p for p in policies] == [False, True]
    cors = policies[1]["CorsConfig"]
    assert cors["AccessControlAllowCredentials"] is False
    assert cors["AccessControlAllowMethods"]["Items"] == ["GET", "HEAD"]


def test_no_answer_from_the_api_is_a_page_of_its_own() -> None:
    """With the code as it is, and asked anew each time; our functions say these codes never."""
    config = RESOURCES["Distribution"]["Properties"]["DistributionConfig"]
    silent = {e["ErrorCode"]: e for e in config["CustomErrorResponses"] if e["ErrorCode"] > 500}
    assert set(silent) == {502, 503, 504}
    for code, error in silent.items():
        assert (error["ResponseCode"], error["ErrorCachingMinTTL"]) == (code, 0)
        assert error["ResponsePagePath"] == "/unavailable.html"
    for path in [p for top in ("netdesk", "functions") for p in (ROOT / top).rglob("*.py")]:
        assert not re.search(r"\b50[234]\b", path.read_text(encoding="utf-8")), path


def test_resources_are_named_here_alone() -> None:
    """No physical name in code: everything comes through the environment or the outputs."""
    code = [path for top in ("netdesk", "functions") for path in (ROOT / top).rglob("*.py")]
    for path in code:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"arn:aws:(?!iam::1:user/anna)\w+|TableName=\"|Bucket=\"", text), path


def test_docs_name_every_index() -> None:
    text = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    for table in _of("AWS::DynamoDB::Table").values():
        for index in table["Properties"].get("GlobalSecondaryIndexes", []):
            assert f"`{index['IndexName']}`" in text
