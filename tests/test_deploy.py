"""`netdesk deploy` against the emulator: the whole template but for what the emulator lacks."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import bundle
from infra.deploying import package, plan
from infra.deploying.package import Bucket
from infra.deploying.stack import Stacks
from infra.local import emulator
from infra.local.aws import Account
from infra.local.deploy import ACCOUNT
from infra.template import ROOT, TEMPLATE, parse
from netdesk.cli.main import main
from netdesk.doctor import records
from netdesk.refused import Refused
from tests import lacking

BEFORE = ROOT / "tests" / "releases" / "before.yaml"  # the template of the release before this one
BUCKET = "netdesk-code-of-tests"
LOCAL = {"MailDomain": "support.example.net", "RawMailDays": "400", "Place": "emulator"}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    bundle.bundle_all()
    state = tmp_path_factory.mktemp("deploy")
    running = emulator.start(state, emulator.free_port(), emulator.free_port())
    yield Account(running.url)
    running.stop()


@pytest.fixture
def as_on_aws(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """A shell in which the emulator is AWS."""
    (tmp_path / "template.yaml").write_text(lacking.without(TEMPLATE.read_text("utf-8"))[0])
    monkeypatch.setattr(package, "TEMPLATE", tmp_path / "template.yaml")
    # Names of AWS can't be looked up here, so no region is refused.
    monkeypatch.setattr(plan, "receives", lambda _: True)
    monkeypatch.setattr(records, "system", lambda: lambda name, kind: ())
    key = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    for name, value in {"AWS_ENDPOINT_URL": account.url, **key}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def deployed(*arguments: str) -> int:
    told = ["--region", emulator.REGION, "--alarm-mail", "on@elsewhere.net"]
    return main(["deploy", "--stack", "desk", *told, *arguments])


def test_what_the_emulator_lacks_is_little() -> None:
    whole = set(parse(TEMPLATE.read_text("utf-8"))["Resources"])
    left, gone = lacking.without(TEMPLATE.read_text("utf-8"))
    assert set(parse(left)["Resources"]) == whole - gone
    assert gone == lacking.RESOURCES | {
        "FrontName", "MailNames", "ReceiptRuleSet", "ReceiptRule", "ProbeNetworkV6",
        "ProbeSubnetRoutes", "ProbeSubnetB", "ProbeSubnetRoutesB", "ProbeHosts",
    }  # fmt: skip


def test_nobody_says_yes_and_nothing_is_changed(
    account: Account, as_on_aws: pytest.MonkeyPatch, capsys: Any
) -> None:
    assert deployed("--stack", "other") == 1
    assert "Nothing was changed" in capsys.readouterr().err
    assert Stacks(account.client("cloudformation")).state("other") == ""


def test_a_new_desk_and_then_the_same_again(
    account: Account, as_on_aws: pytest.MonkeyPatch, capsys: Any
) -> None:
    ses = account.client("ses")
    ses.create_receipt_rule_set(RuleSetName="the-firms-own")
    ses.set_active_receipt_rule_set(RuleSetName="the-firms-own")
    assert deployed("--yes") == 0, capsys.readouterr().err
    told = capsys.readouterr().out
    assert re.search(r"A new stack, desk, with 1\d\d resources\.", told)
    assert re.search(r"  create complete +TicketsTable\n", told), told
    [front] = re.findall(r"The status page is at (https://\S+\.cloudfront\.net)/status/", told)
    assert f"Front        {front}" in told
    assert "support.jet.net MX 10 inbound-smtp.us-west-2.amazonaws.com" in told  # what waits
    assert told.endswith(f"netdesk doctor --stack desk --region {emulator.REGION}\n")
    assert "note: No --domain: the desk gets a host name of CloudFront's" in told
    assert deployed("--yes") == 0
    assert "Nothing would change" in capsys.readouterr().out
    assert ses.describe_active_receipt_rule_set()["Metadata"]["Name"] == "the-firms-own"


def test_the_release_before_becomes_this_one_and_keeps_its_data(account: Account) -> None:
    s3, stacks = account.client("s3"), Stacks(account.client("cloudformation"), pause=0.2)
    bucket = Bucket(s3, BUCKET, ACCOUNT)
    bucket.make()
    with pytest.MonkeyPatch.context() as here:
        here.setattr(package, "TEMPLATE", BEFORE)
        old = bucket.put_template()
    made = stacks.propose("kept", old, LOCAL | {"PublicUrl": "http://localhost:1"})
    assert made and made.is_new
    stacks.execute(made, lambda *_: None)
    names = before = _tables(account)
    row = {"pk": {"S": "ticket#K7Q29WXA"}, "sk": {"S": "ticket"}, "subject": {"S": "Slow mail"}}
    account.client("dynamodb").put_item(TableName=names["TicketsTable"], Item=row)
    s3.put_object(Bucket=names["MailBucket"], Key="mail/2026/11/one", Body=b"From: ann")

    new = bucket.put_template()
    change = stacks.propose("kept", new, LOCAL | {"LocalUrl": "http://localhost:1"})
    assert change and not change.is_new
    assert not [one for one in change.changes if one.replaces != "False" and one.name in before]
    stacks.execute(change, lambda *_: None)
    assert _tables(account) == before
    dynamodb = account.client("dynamodb")
    key = {name: row[name] for name in ("pk", "sk")}
    assert dynamodb.get_item(TableName=names["TicketsTable"], Key=key)["Item"] == row
    assert s3.get_object(Bucket=names["MailBucket"], Key="mail/2026/11/one")["Body"].read()


def test_what_aws_refuses_is_put_back_and_said(account: Account, tmp_path: Path) -> None:
    s3, stacks = account.client("s3"), Stacks(account.client("cloudformation"), pause=0.2)
    bucket = Bucket(s3, BUCKET, ACCOUNT)
    bucket.make()
    wrong = TEMPLATE.read_text("utf-8").replace("!Ref TopicKey", "!GetAtt TopicKey.None")
    (tmp_path / "wrong.yaml").write_text(wrong)
    with pytest.MonkeyPatch.context() as here:
        here.setattr(package, "TEMPLATE", tmp_path / "wrong.yaml")
        url = bucket.put_template()
    proposal = stacks.propose("broken", url, LOCAL)
    assert proposal
    with pytest.raises(Refused, match=r"The first fault: \w+Topic: .*None"):
        stacks.execute(proposal, lambda *_: None)
    with pytest.raises(Refused, match="aws cloudformation delete-stack --stack-name broken"):
        stacks.propose("broken", url, LOCAL)


def _tables(account: Account) -> dict[str, str]:
    """What holds data, by its name in the template."""
    pages = account.client("cloudformation").get_paginator("list_stack_resources")
    found = [r for page in pages.paginate(StackName="kept") for r in page["StackResourceSummaries"]]
    return {
        one["LogicalResourceId"]: one["PhysicalResourceId"]
        for one in found
        if one["ResourceType"] in ("AWS::DynamoDB::Table", "AWS::S3::Bucket")
    }
