"""Mail: its records in DNS, and what SES knows of the domain and of the account."""

from typing import Any

import pytest

from tests.doctor import ward
from tests.doctor.account import DOMAIN, identity, rule, rules
from tests.doctor.ward import FEEDBACK, INBOUND, SPF, desk, found, names, only_bad, states

IDENTITY, ACCOUNT = ("sesv2", "GetEmailIdentity"), ("sesv2", "GetAccount")
RULES = ("ses", "DescribeActiveReceiptRuleSet")


def test_good_records() -> None:
    assert states(desk(), "records") == ["good"] * 3


@pytest.mark.parametrize(
    ("changed", "said", "copied"),
    [
        ({DOMAIN: {"MX": []}}, "has no MX record", f"{DOMAIN} MX 10 {INBOUND}"),
        ({DOMAIN: {"MX": ["mx.other.example"]}}, "is brought to mx.other.example, and not to the",
         f"{DOMAIN} MX 10 {INBOUND}"),
        ({DOMAIN: {"MX": [""]}}, "is brought to nobody, and", f"{DOMAIN} MX 10 {INBOUND}"),
        ({DOMAIN: {"MX": [INBOUND, "mx.other.example"]}}, "may be brought to mx.other.example, too",
         f"{DOMAIN} MX 10 {INBOUND}"),
        ({f"_dmarc.{DOMAIN}": {}}, "has no DMARC record",
         f'_dmarc.{DOMAIN} TXT "v=DMARC1; p=quarantine"'),
        ({f"_dmarc.{DOMAIN}": {"TXT": ["v=spf1 -all"]}}, "has no DMARC record",
         f'_dmarc.{DOMAIN} TXT "v=DMARC1; p=quarantine"'),
    ],
)  # fmt: skip
def test_each_missing_record_is_named_with_what_to_write(
    changed: Any, said: str, copied: str
) -> None:
    bad = only_bad(desk(records=names(**changed)), "records")
    assert said in bad.said and bad.copied == (copied,)


def test_a_policy_of_the_domain_above_is_enough() -> None:
    above = {f"_dmarc.{DOMAIN}": {}, "_dmarc.isp.example": {"TXT": ["v=DMARC1; p=reject"]}}
    assert states(desk(records=names(**above)), "records") == ["good"] * 3


def test_a_region_where_ses_receives_nothing_is_named() -> None:
    bad = only_bad(desk(records=names(**{INBOUND: {}})), "records")
    assert bad.said.startswith("Amazon SES receives no mail in us-west-2")


def test_without_dns_records_are_not_looked_for() -> None:
    assert states(desk(records=None), "records") == ["skipped"]


def test_all_is_well_at_ses() -> None:
    assert states(desk(), "ses") == ["good"] * 5
    assert states(desk(records=None), "ses") == ["good"] * 5


def test_the_emulator_has_no_ses() -> None:
    assert states(desk(local=True), "ses") == ["skipped"]


@pytest.mark.parametrize(
    ("answers", "said", "advice"),
    [
        ({IDENTITY: "NotFoundException"}, f"SES does not know {DOMAIN} in us-west-2", "MailDomain"),
        ({IDENTITY: identity(DkimAttributes={"SigningEnabled": False})}, "DKIM is off", "again"),
        ({IDENTITY: identity(DkimAttributes={"Status": "FAILED"})}, "failed at SES (FAILED)",
         "look again"),
        ({IDENTITY: identity(MailFromAttributes={"MailFromDomainStatus": "FAILED"})},
         f"could not use the return path bounce.{DOMAIN}", "look again"),
        ({ACCOUNT: {"SendingEnabled": False, "ProductionAccessEnabled": True}},
         "SES has paused sending in us-west-2", "Support Center"),
        ({ACCOUNT: {"SendingEnabled": True, "ProductionAccessEnabled": True,
                    "EnforcementStatus": "PROBATION"}}, "watches the account (PROBATION)", "AWS"),
        ({ACCOUNT: {"SendingEnabled": True, "ProductionAccessEnabled": False,
                    "Details": {"ReviewDetails": {"Status": "DENIED"}}}}, "AWS refused", "Answer"),
        ({RULES: {}}, "No receipt rule set is active in SES", "one at a time:"),
        ({RULES: rules(rule(), name="another")}, "The receipt rule set another is active",
         "what else you need of another"),
        ({RULES: rules(rule(Enabled=False))}, "No enabled receipt rule", "by hand"),
        ({RULES: rules(rule(Recipients=["other.example"]))}, "No enabled receipt rule", "by hand"),
        ({RULES: rules(rule(ScanEnabled=False))}, "rule desk does not scan", "by hand"),
        ({RULES: rules(rule(Actions=[{"S3Action": {"BucketName": "b"}}]))}, "No enabled",
         "by hand"),
        ({RULES: rules(rule(Actions=[{"S3Action": {"BucketName": "mailbucket"}}]))}, "No enabled",
         "by hand"),
        ({RULES: rules(rule(Name="first", Actions=[{"StopAction": {"Scope": "RuleSet"}}]), rule())},
         "rule first keeps the desk's mail away", "by hand"),
    ],
)  # fmt: skip
def test_each_fault_at_ses_is_named_alone(answers: Any, said: str, advice: str) -> None:
    bad = only_bad(desk(answers), "ses")
    assert said in bad.said and advice in bad.advice


def test_the_rule_set_to_make_active_can_be_copied() -> None:
    assert only_bad(desk({RULES: {}}), "ses").copied == (
        "aws ses set-active-receipt-rule-set --rule-set-name rules-of-the-desk --region us-west-2",
    )


@pytest.mark.parametrize("recipients", [[], [DOMAIN.upper()], ["other.example", DOMAIN]])
def test_a_rule_for_the_domain_or_for_all_is_good(recipients: list[str]) -> None:
    other = rule(
        Name="else", Recipients=["other.example"], Actions=[{"StopAction": {"Scope": "RuleSet"}}]
    )
    given = desk({RULES: rules(other, rule(Recipients=recipients))})
    assert states(given, "ses") == ["good"] * 5


def test_dkim_that_is_not_in_dns_is_named_record_by_record() -> None:
    lacking = names(**{f"two._domainkey.{DOMAIN}": {}})
    for status in ("SUCCESS", "PENDING"):
        given = desk({IDENTITY: identity(DkimAttributes={"Status": status})}, records=lacking)
        bad = only_bad(given, "ses")
        assert bad.said.startswith(f"DKIM: 1 of SES's CNAME records for {DOMAIN} are missing")
        assert bad.copied == (f"two._domainkey.{DOMAIN} CNAME two.dkim.amazonses.com",)


def test_the_return_path_that_is_not_in_dns_is_named_record_by_record() -> None:
    lacking = desk(records=names(**{f"bounce.{DOMAIN}": {"TXT": ["v=spf1 -all"], "MX": [INBOUND]}}))
    bad = only_bad(lacking, "ses")
    assert bad.copied == (f"bounce.{DOMAIN} MX 10 {FEEDBACK}", f'bounce.{DOMAIN} TXT "{SPF}"')


def test_without_a_return_path_spf_says_nothing() -> None:
    given, path = identity(), "MailFromAttributes"
    del given[path]
    assert "no MAIL FROM domain" in only_bad(desk({IDENTITY: given}), "ses").said


@pytest.mark.parametrize(
    ("answers", "said", "advice"),
    [
        ({IDENTITY: identity(VerifiedForSendingStatus=False, DkimAttributes={"Status": "PENDING"})},
         "SES has not seen its CNAME records yet", "Page, form and trace work meanwhile"),
        ({IDENTITY: identity(MailFromAttributes={"MailFromDomainStatus": "PENDING"})},
         "has not seen the records of bounce.", "Nothing is to be done"),
        ({ACCOUNT: {"SendingEnabled": True, "ProductionAccessEnabled": False}},
         "keeps the account in its sandbox", "Ask AWS for production access"),
        ({ACCOUNT: {"SendingEnabled": True, "ProductionAccessEnabled": False,
                    "Details": {"ReviewDetails": {"Status": "PENDING"}}}},
         "AWS looks at your request", "a day or so"),
    ],
)  # fmt: skip
def test_what_aws_has_to_do_waits_and_says_what_works(answers: Any, said: str, advice: str) -> None:
    told = found(desk(answers), "ses")
    [waiting] = ward.of("waits", told)
    assert said in waiting.said and advice in waiting.advice
    assert not list(ward.of("bad", told))


def test_who_may_not_look_is_told_so_for_each_thing() -> None:
    denied = {IDENTITY: "AccessDeniedException", ACCOUNT: "AccessDeniedException",
              RULES: "AccessDenied"}  # fmt: skip
    told = found(desk(denied), "ses")
    assert [one.state for one in told] == ["bad"] * 3
    assert "GetEmailIdentity: AccessDeniedException of the test" in told[0].said
    assert all("run the doctor as who deployed the stack" in one.advice for one in told)
