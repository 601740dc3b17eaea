"""The front's certificate, as browsers look at it."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good, skipped, waits

SECONDS = 10
FEWEST_DAYS = 21
# ACM's certificates for CloudFront live there:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
CLOUDFRONTS = "us-east-1"
# ACM renews 60 days ahead, by the record that proved the name at first:
# https://docs.aws.amazon.com/acm/latest/userguide/dns-renewal-validation.html
RENEW = (
    "ACM renews by itself while the CNAME record that it asked for stands in DNS: look at the "
    "certificate in ACM, region us-east-1, and put the record back."
)


def look(desk: Desk) -> Iterator[Finding]:
    parts = urlsplit(desk.front)
    if parts.scheme != "https":
        yield skipped(f"{desk.front} is plain http, for this machine alone.")
        return
    if not desk.local:
        yield from _pending(desk)
    try:
        shown = _shown(desk, parts.port or 443)
    except ssl.SSLCertVerificationError as error:
        yield bad(
            f"Browsers refuse {desk.front}: {error.verify_message}.",
            f"The distribution needs a certificate for {desk.host}: deploy again with "
            f"--certificate. {RENEW}",
        )
        return
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)
    days = (until - desk.clock.now()).days
    if days < FEWEST_DAYS:
        yield bad(f"The certificate of {desk.host} ends in {_days(days)}, on {until:%d %B}.", RENEW)
    else:
        yield good(f"The certificate fits {desk.host}, and is good for {_days(days)} more.")


def _shown(desk: Desk, port: int) -> dict[str, object]:
    """What browsers accept; ssl.SSLCertVerificationError if they don't."""
    with (
        socket.create_connection((desk.host, port), SECONDS) as plain,
        desk.trusted.wrap_socket(plain, server_hostname=desk.host) as line,
    ):
        return dict(line.getpeercert() or {})


def _pending(desk: Desk) -> Iterator[Finding]:
    names = {desk.host, desk.mail_domain}
    pages = desk.client("acm", CLOUDFRONTS).get_paginator("list_certificates")
    for page in pages.paginate(CertificateStatuses=["PENDING_VALIDATION"]):
        for one in page["CertificateSummaryList"]:
            if one["DomainName"].lower() in names:
                yield waits(
                    f"ACM has not issued the certificate for {one['DomainName']} yet.",
                    "Put the CNAME record that ACM shows for it into DNS; it takes some minutes "
                    "then. Until it is there the desk works under CloudFront's own name.",
                )


def _days(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"
