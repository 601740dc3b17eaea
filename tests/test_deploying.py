"""What `netdesk deploy` checks before it changes anything."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws, settings

from infra.deploying import plan
from infra.deploying.on_aws import OnAws
from infra.deploying.package import Bucket
from infra.deploying.plan import Wish, planned
from infra.template import TEMPLATE, parse
from netdesk.refused import Refused
from tests.desk import provider

JET = replace(provider(), staff_mail="staff@elsewhere.net")
DOMAIN = "support.jet.net"
MADE = "123456789012"  # moto's account


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[OnAws]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(settings, "ACM_VALIDATION_WAIT", -1)  # certificates are issued at once
    # The names of AWS can't be looked up here.
    monkeypatch.setattr(plan, "receives", lambda region: region != "eu-north-1")
    with mock_aws():
        yield OnAws("us-west-2", boto3.Session(region_name="us-west-2"))


def zone(aws: OnAws, name: str) -> str:
    made = aws.client("route53").create_hosted_zone(Name=name, CallerReference=name)
    return str(made["HostedZone"]["Id"].rpartition("/")[2])


def certificate(aws: OnAws, name: str, region: str = "us-east-1") -> str:
    made = aws.client("acm", region).request_certificate(DomainName=name, ValidationMethod="DNS")
    return str(made["CertificateArn"])


def refused(aws: OnAws, **wish: Any) -> str:
    with pytest.raises(Refused) as caught:
        planned(aws, Wish("netdesk", **wish), JET, {})
    return str(caught.value)


def test_all_is_found_by_itself(aws: OnAws) -> None:
    zone(aws, "example.net")
    ours, arn = zone(aws, "jet.net"), certificate(aws, "*.jet.net")
    found = planned(aws, Wish("netdesk", DOMAIN), JET, {})
    assert found.bucket == f"netdesk-code-{MADE}-us-west-2"
    assert found.parameters == {
        "Domain": DOMAIN,
        "CertificateArn": arn,
        "HostedZoneId": ours,
        "MailDomain": "support.jet.net",
        "AlarmMail": JET.staff_mail,
        "RawMailDays": str(JET.retention.raw_mail_days),
    }
    assert not found.notes


def test_parameters_are_those_of_the_template(aws: OnAws) -> None:
    found = planned(aws, Wish("netdesk"), JET, {})
    assert set(found.parameters) <= set(parse(TEMPLATE.read_text("utf-8"))["Parameters"])


def test_the_narrowest_zone_holds_both_names(aws: OnAws) -> None:
    zone(aws, "jet.net")
    narrow = zone(aws, "support.jet.net")
    assert planned(aws, Wish("netdesk", DOMAIN), JET, {}).parameters["HostedZoneId"] == narrow
    elsewhere = planned(aws, Wish("netdesk", "desk.jet.net"), JET, {})
    assert elsewhere.parameters["HostedZoneId"] != narrow


def test_without_a_domain_it_is_a_first_try(aws: OnAws) -> None:
    found = planned(aws, Wish("netdesk"), JET, {})
    assert (found.parameters["Domain"], found.parameters["CertificateArn"]) == ("", "")
    first, second = found.notes
    assert first.startswith("No --domain: the desk gets a host name of CloudFront's")
    assert "netdesk doctor" in second and "support.jet.net" in second


def test_without_a_certificate_it_goes_on_and_says_how_to_get_one(aws: OnAws) -> None:
    zone(aws, "jet.net")
    certificate(aws, "other.jet.net")
    found = planned(aws, Wish("netdesk", DOMAIN), JET, {})
    assert found.parameters["Domain"] == ""
    [note] = found.notes
    assert f"request-certificate --region us-east-1 --domain-name {DOMAIN}" in note


def test_what_is_not_said_again_stays_as_it_is(aws: OnAws) -> None:
    arn = certificate(aws, DOMAIN)
    before = {"Domain": DOMAIN, "AlarmMail": "a@elsewhere.net"}
    found = planned(aws, Wish("netdesk"), JET, before).parameters
    assert (found["Domain"], found["CertificateArn"]) == (DOMAIN, arn)
    assert found["AlarmMail"] == "a@elsewhere.net"


def test_the_facts_of_another_provider_are_not_deployed_over_a_desk(aws: OnAws) -> None:
    with pytest.raises(
        Refused, match=r"receives mail for support\.isp\.net, and provider\.toml says"
    ):
        planned(aws, Wish("netdesk"), JET, {"MailDomain": "support.isp.net"})


@pytest.mark.parametrize("address", ["jetnet-staff@example.net", "x@a.example", "x@b.example.com"])
def test_alarms_do_not_go_to_the_sample(aws: OnAws, address: str) -> None:
    assert "an address of the sample" in refused(aws, alarm_mail=address)


def test_a_desk_keeps_its_name_whatever_becomes_of_the_certificate(aws: OnAws) -> None:
    with pytest.raises(Refused, match=rf"The desk is at {DOMAIN} and would lose that name"):
        planned(aws, Wish("netdesk"), JET, {"Domain": DOMAIN})


def test_what_the_stack_must_make_is_not_there_yet(aws: OnAws) -> None:
    ours = zone(aws, "jet.net")
    record = {"Name": "_dmarc.support.jet.net", "Type": "TXT", "TTL": 300,
              "ResourceRecords": [{"Value": '"v=DMARC1; p=none"'}]}  # fmt: skip
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    aws.client("route53").change_resource_record_sets(HostedZoneId=ours, ChangeBatch=changes)
    assert f"The zone {ours} has _dmarc.support.jet.net TXT already" in refused(aws)
    there = {"MailDomain": "support.jet.net"}  # of the stack itself: then it is what it made
    assert planned(aws, Wish("netdesk"), JET, there).parameters["HostedZoneId"] == ours
    aws.client("sesv2").create_email_identity(EmailIdentity="support.jet.net")
    assert "aws sesv2 delete-email-identity --email-identity support.jet.net" in refused(aws)


def test_a_bucket_of_somebody_else_is_not_ours(aws: OnAws) -> None:
    """moto does not compare the owner, so what AWS says is put into its mouth."""
    s3 = aws.client("s3")
    with Stubber(s3) as said:
        asked = {"Bucket": "netdesk-code-x", "ExpectedBucketOwner": MADE}
        said.add_client_error("head_bucket", "403", http_status_code=403, expected_params=asked)
        with pytest.raises(Refused, match=r"The bucket netdesk-code-x is not yours to write to\."):
            Bucket(s3, "netdesk-code-x", MADE).make()
    Bucket(s3, "netdesk-code-y", MADE).make()


def test_alarms_that_stop_with_our_network_are_noted(aws: OnAws) -> None:
    own = replace(JET, staff_mail="staff@jet.net")
    assert "--alarm-mail" in planned(aws, Wish("netdesk"), own, {}).notes[-1]
    better = Wish("netdesk", alarm_mail="a@elsewhere.net")
    assert "--alarm-mail" not in " ".join(planned(aws, better, own, {}).notes)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"domain": "https://support.jet.net"}, "--domain https://support.jet.net: give a host"),
        ({"domain": "support"}, "--domain support: give a host name"),
        ({"domain": "-x.net"}, "--domain -x.net: give a host name"),
        ({"domain": DOMAIN, "zone": "Z404"}, "--zone Z404: this account has no such public zone"),
        ({"domain": DOMAIN, "certificate": "arn:x"}, "no such certificate that is issued in us-e"),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused_in_a_sentence(
    aws: OnAws, wish: dict[str, str], sentence: str
) -> None:
    assert sentence in refused(aws, **wish)


def test_what_does_not_fit_together_is_refused(aws: OnAws) -> None:
    foreign, arn = zone(aws, "example.net"), certificate(aws, "example.net")
    assert "it can't hold support.jet.net" in refused(aws, domain=DOMAIN, zone=foreign)
    assert f"does not name {DOMAIN}" in refused(aws, domain=DOMAIN, certificate=arn)
    west = certificate(aws, DOMAIN, "us-west-2")
    assert "us-east-1, the only region" in refused(aws, domain=DOMAIN, certificate=west)


def test_a_stack_has_a_plain_name(aws: OnAws) -> None:
    with pytest.raises(Refused, match="--stack 1x: a name of letters"):
        planned(aws, Wish("1x"), JET, {})


def test_where_no_mail_is_received_it_does_not_go(aws: OnAws) -> None:
    north = OnAws("eu-north-1", aws.session)
    with pytest.raises(Refused, match=r"SES receives no mail in eu-north-1: choose another"):
        planned(north, Wish("netdesk"), JET, {})


def test_who_has_no_key_is_told_what_to_do(aws: OnAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(Refused, match=r"AWS does not know you: .*aws sso login"):
        OnAws.of("us-west-2")


def test_no_region_is_a_sentence(aws: OnAws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(Refused, match="--region"):
        OnAws.of(None)


@pytest.mark.parametrize(
    ("name", "covered"),
    [
        ("support.jet.net", True),
        ("*.jet.net", True),
        ("jet.net", False),
        ("*.net", False),
        ("*.support.jet.net", False),
    ],
)
def test_a_wildcard_stands_for_one_label(name: str, covered: bool) -> None:
    assert plan._covers(name, DOMAIN) == covered
