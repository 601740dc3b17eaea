"""What SES lets the account do, and where it brings mail that comes in."""

from collections.abc import Iterator
from typing import Any

from netdesk.doctor.checks import ses_identity
from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good, skipped, waits
from netdesk.doctor.trying import trying

Json = dict[str, Any]
INBOUND = "inbound/"  # where the functions look for mail
STOPS = ("StopAction", "BounceAction")  # no later rule sees the mail, or its sender gets it back
DEPLOY = "Somebody may have changed the rule by hand: compare it with ReceiptRule of the template."


def look(desk: Desk) -> Iterator[Finding]:
    if desk.local:
        yield skipped("The emulator sends and receives without SES's identity, rules and sandbox.")
        return
    for one in (ses_identity.look, _account, _receiving):
        yield from trying(desk, one(desk))


def _account(desk: Desk) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetAccount.html"""
    told = desk.client("sesv2").get_account()
    if not told.get("SendingEnabled"):
        yield bad(
            f"SES has paused sending in {desk.region}: no customer is answered by mail.",
            "Read what AWS wrote to the account's owner, and answer in the Support Center; see "
            "the reputation page of SES.",
        )
    elif told.get("EnforcementStatus", "HEALTHY") != "HEALTHY":
        yield bad(
            f"SES watches the account ({told['EnforcementStatus']}): too many bounces or "
            "complaints. It may soon pause sending.",
            "Read what AWS wrote to the account's owner, and see the reputation page of SES.",
        )
    if told.get("ProductionAccessEnabled"):
        yield good("SES lets the desk write to everybody.")
    else:
        yield _sandbox(told.get("Details", {}).get("ReviewDetails", {}).get("Status", ""))


def _sandbox(review: str) -> Finding:
    """https://docs.aws.amazon.com/ses/latest/dg/request-production-access.html"""
    said = "SES keeps the account in its sandbox: customers get no mail from the desk yet."
    works = "Page, trace and form work: the form shows number and link on screen."
    if review == "DENIED":
        return bad(f"{said} AWS refused to let it out.", "Answer AWS in the Support Center.")
    if review == "PENDING":
        return waits(f"{said} AWS looks at your request.", f"It takes a day or so. {works}")
    return waits(
        said, f"Ask AWS for production access, in the console of SES; it takes a day. {works}"
    )


def _receiving(desk: Desk) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/ses/latest/APIReference/API_DescribeActiveReceiptRuleSet.html"""
    own = desk.deployed.output("ReceiptRuleSet")
    active = desk.client("ses").describe_active_receipt_rule_set()
    name = active.get("Metadata", {}).get("Name", "")
    if name != own:
        yield bad(
            (
                f"The receipt rule set {name} is active in SES, and not the desk's"
                if name
                else "No receipt rule set is active in SES"
            )
            + f": mail to {desk.mail_domain} is lost.",
            "Make the desk's the active one; SES obeys one at a time"
            + (f", so add what else you need of {name} to it first:" if name else ":"),
            f"aws ses set-active-receipt-rule-set --rule-set-name {own} --region {desk.region}",
        )
        return
    yield _rule(desk, active.get("Rules", []))


def _rule(desk: Desk, rules: list[Json]) -> Finding:
    domain, bucket = desk.mail_domain, desk.deployed.output("MailBucket")
    for rule in rules:
        if not _takes(rule, domain):
            continue
        if not any(_keeps(action, bucket) for action in rule.get("Actions", [])):
            if any(stop in action for action in rule.get("Actions", []) for stop in STOPS):
                return bad(f"The receipt rule {rule['Name']} keeps the desk's mail away.", DEPLOY)
            continue
        if not rule.get("ScanEnabled"):
            return bad(
                f"The receipt rule {rule['Name']} does not scan: forged mail and viruses are not "
                "told from others.",
                DEPLOY,
            )
        return good(f"SES brings all mail to {domain} to the desk, and scans it.")
    return bad(
        f"No enabled receipt rule brings mail to {domain} into the desk's bucket: it is lost.",
        DEPLOY,
    )


def _takes(rule: Json, domain: str) -> bool:
    """https://docs.aws.amazon.com/ses/latest/dg/receiving-email-receipt-rules-console-walkthrough.html"""
    recipients = [one.lower() for one in rule.get("Recipients", [])]
    return bool(rule.get("Enabled")) and (not recipients or domain in recipients)


def _keeps(action: Json, bucket: str) -> bool:
    kept: dict[str, str] = action.get("S3Action", {})
    return kept.get("BucketName") == bucket and kept.get("ObjectKeyPrefix") == INBOUND
