"""The mail domain as Amazon SES knows it: verified, signed, with a return path of its own.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_GetEmailIdentity.html
"""

from collections.abc import Iterator
from typing import Any

from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good, waits

Json = dict[str, Any]
UNDER_WAY = ("PENDING", "TEMPORARY_FAILURE")
LOOKS = "SES looks for them every few minutes, for 72 hours."
ANEW = "If it stays so for days, have SES look again: in its console, at the domain."


def look(desk: Desk) -> Iterator[Finding]:
    domain, sesv2 = desk.mail_domain, desk.client("sesv2")
    try:
        told = sesv2.get_email_identity(EmailIdentity=domain)
    except sesv2.exceptions.NotFoundException:
        yield bad(
            f"SES does not know {domain} in {desk.region}: the desk can send no mail.",
            f"Deploy the stack with MailDomain={domain}, as [desk] mail in site/provider.toml has "
            "it.",
        )
        return
    if told.get("VerifiedForSendingStatus"):
        yield good(f"SES lets the desk send as {domain}.")
    yield _signing(desk, told.get("DkimAttributes", {}))
    yield from _return_path(desk, told.get("MailFromAttributes", {}))


def _signing(desk: Desk, dkim: Json) -> Finding:
    """DKIM, which at SES is also what proves that the domain is ours."""
    domain, status = desk.mail_domain, dkim.get("Status", "NOT_STARTED")
    lacking = _lacking(desk, dkim.get("Tokens", []))
    if not dkim.get("SigningEnabled"):
        return bad(
            f"SES does not sign mail of {domain} (DKIM is off): it is taken for forged.",
            "Deploy the stack again, or switch DKIM on in the console of SES.",
        )
    if lacking:
        return bad(
            f"DKIM: {len(lacking)} of SES's CNAME records for {domain} are missing in DNS, so its "
            "mail is not signed, or soon will not be.",
            f"Add them; {LOOKS}",
            *lacking,
        )
    if status == "SUCCESS":
        return good("DKIM: SES signs the desk's mail, and DNS has the keys.")
    if status in UNDER_WAY:
        return waits(
            f"DKIM of {domain}: SES has not seen its CNAME records yet.",
            f"Nothing is to be done if they are in DNS: {LOOKS} Page, form and trace work "
            "meanwhile.",
        )
    return bad(f"DKIM of {domain} failed at SES ({status}): its mail is not signed.", ANEW)


def _lacking(desk: Desk, tokens: list[str]) -> list[str]:
    """The records that DNS does not have, as they are to be written."""
    if desk.records is None:
        return []
    wanted = {f"{t}._domainkey.{desk.mail_domain}": f"{t}.dkim.amazonses.com" for t in tokens}
    return [
        f"{name} CNAME {target}"
        for name, target in wanted.items()
        if target not in desk.records(name, "CNAME")
    ]


def _return_path(desk: Desk, told: Json) -> Iterator[Finding]:
    """https://docs.aws.amazon.com/ses/latest/dg/mail-from.html"""
    domain, status = told.get("MailFromDomain", ""), told.get("MailFromDomainStatus", "")
    if not domain:
        yield bad(
            "The desk's mail has a return path of Amazon's (no MAIL FROM domain): SPF does not "
            "speak for it.",
            "Deploy the stack again, or set a MAIL FROM domain in the console of SES.",
        )
        return
    if lacking := _unwritten(desk, domain):
        yield bad(
            f"The return path {domain} is not in DNS: SPF does not speak for the desk's mail.",
            f"Add this; {LOOKS}",
            *lacking,
        )
    elif status == "SUCCESS":
        yield good(f"SPF: {domain} is the return path, and names Amazon SES.")
    elif status in UNDER_WAY:
        yield waits(
            f"SES has not seen the records of {domain} yet.", f"Nothing is to be done: {LOOKS}"
        )
    else:
        yield bad(f"SES could not use the return path {domain} ({status}).", ANEW)


def _unwritten(desk: Desk, domain: str) -> list[str]:
    """The records of the return path that DNS does not have, as they are to be written."""
    if desk.records is None:
        return []
    feedback = f"feedback-smtp.{desk.region}.amazonses.com"
    servers, texts = desk.records(domain, "MX"), desk.records(domain, "TXT")
    lacking = [] if feedback in servers else [f"{domain} MX 10 {feedback}"]
    if not any(one.startswith("v=spf1 ") and "include:amazonses.com" in one for one in texts):
        lacking.append(f'{domain} TXT "v=spf1 include:amazonses.com -all"')
    return lacking
