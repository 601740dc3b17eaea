"""What mail servers read of the mail domain: where to bring mail, and whom to believe."""

from collections.abc import Iterator
from functools import partial

from netdesk.doctor.desk import Desk, Records
from netdesk.doctor.finding import Finding, bad, good, skipped
from netdesk.doctor.judging import zones
from netdesk.doctor.trying import attempt

# https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_inbound_endpoints
INBOUND = "inbound-smtp.{region}.amazonaws.com"
DMARC = "v=DMARC1; p=quarantine"


def look(desk: Desk) -> Iterator[Finding]:
    if desk.records is None:
        yield skipped(f"{desk.mail_domain} is not looked for in DNS.")
        return
    for one in (_region, _servers, _policy):
        yield attempt(desk, partial(one, records=desk.records))


def _region(desk: Desk, records: Records) -> Finding:
    inbound = INBOUND.format(region=desk.region)
    if records(inbound, "A"):
        return good(f"Amazon SES receives mail in {desk.region}.")
    return bad(
        f"Amazon SES receives no mail in {desk.region}: there is no {inbound}.",
        "Deploy the desk in another region; docs/deploying.md names those that receive mail.",
    )


def _servers(desk: Desk, records: Records) -> Finding:
    wanted, domain = INBOUND.format(region=desk.region), desk.mail_domain
    found = records(domain, "MX")
    if found == (wanted,):
        return good(f"Mail to {domain} is brought to Amazon SES.")
    record = f"{domain} MX 10 {wanted}"
    if not found:
        return bad(f"{domain} has no MX record: no mail reaches the desk.", "Add it:", record)
    others = ", ".join(one or "nobody" for one in found if one != wanted)
    if wanted in found:
        return bad(
            f"Mail to {domain} may be brought to {others}, too: what goes there is no ticket.",
            "Leave one MX record alone:",
            record,
        )
    return bad(
        f"Mail to {domain} is brought to {others}, and not to the desk.",
        "Put this in its place:",
        record,
    )


def _policy(desk: Desk, records: Records) -> Finding:
    """Of the domain, or of one above it, as RFC 7489 section 6.6.3 looks for it."""
    for domain in zones(desk.mail_domain):
        if any(one.startswith("v=DMARC1") for one in records(f"_dmarc.{domain}", "TXT")):
            return good(f"DMARC: _dmarc.{domain} says what to do with forged mail.")
    return bad(
        f"{desk.mail_domain} has no DMARC record: anybody can write in the desk's name, and large "
        "providers take less of its mail.",
        "Add it:",
        f'_dmarc.{desk.mail_domain} TXT "{DMARC}"',
    )
