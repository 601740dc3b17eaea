"""What is to be deployed, checked before anything is changed: each fault is one plain sentence."""

import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploying.free import Aws, check_free
from netdesk.provider import Provider
from netdesk.refused import Refused

# Of those that CloudFront takes; ACM lists no others than RSA_2048 unless asked:
# https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html
KEYS = ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1"]
CERTIFICATES = "us-east-1"  # where CloudFront looks for them, wherever the stack is
DOMAIN = r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"


@dataclass(frozen=True)
class Wish:
    """What the administrator asked for; empty: as it is now, else look it up."""

    stack: str
    domain: str = ""
    zone: str = ""
    certificate: str = ""
    alarm_mail: str = ""
    probe: bool | None = None


@dataclass(frozen=True)
class Plan:
    stack: str
    account: str
    bucket: str  # for code
    parameters: dict[str, str]
    notes: tuple[str, ...]  # what will be other than was asked, and why


def planned(aws: Aws, wish: Wish, provider: Provider, before: Mapping[str, str]) -> Plan:
    """`before` are the parameters of the stack as it is. Raises Refused with what to mend."""
    account = _account(aws)
    wish = _completed(wish, before)
    check_names(wish)
    _check_provider(wish, provider, before)
    _check_region(aws.region)
    mail_domain = provider.mail.rpartition("@")[2]
    zone = _zone(aws, wish, mail_domain)
    certificate = _certificate(aws, wish) if wish.domain else ""
    if before.get("Domain") and not certificate:
        raise Refused(
            f"The desk is at {before['Domain']} and would lose that name, for there is no"
            f" certificate for {wish.domain} in {CERTIFICATES} that is issued: mend that first."
        )
    if not before:
        check_free(aws, mail_domain, wish.domain if certificate else "", zone)
    parameters = {
        "Domain": wish.domain if certificate else "",
        "CertificateArn": certificate,
        "HostedZoneId": zone,
        "MailDomain": mail_domain,
        "AlarmMail": wish.alarm_mail or provider.staff_mail,
        "RawMailDays": str(provider.retention.raw_mail_days),
    }
    notes = tuple(_notes(wish, provider, certificate, zone))
    return Plan(wish.stack, account, f"netdesk-code-{account}-{aws.region}", parameters, notes)


def _completed(wish: Wish, before: Mapping[str, str]) -> Wish:
    """What is not said stays as it is."""
    return replace(
        wish,
        domain=wish.domain or before.get("Domain", ""),
        alarm_mail=wish.alarm_mail or before.get("AlarmMail", ""),
    )


def _account(aws: Aws) -> str:
    try:
        return str(aws.client("sts").get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise Refused(
            f"AWS does not know you ({error}): set AWS_PROFILE, or sign in with `aws sso login`."
        ) from None


def _check_provider(wish: Wish, provider: Provider, before: Mapping[str, str]) -> None:
    """The facts are this desk's own, and no sample's."""
    mail_domain = provider.mail.rpartition("@")[2]
    if before.get("MailDomain", mail_domain) != mail_domain:
        raise Refused(
            f"The stack {wish.stack} receives mail for {before['MailDomain']}, and provider.toml"
            f" says {mail_domain}: is this the right folder? Another desk is another --stack."
        )
    alarm_mail = wish.alarm_mail or provider.staff_mail
    # https://www.rfc-editor.org/rfc/rfc2606: nobody has a mailbox there
    if re.search(r"(^|[@.])example(\.(com|net|org))?$", alarm_mail):
        raise Refused(
            f"Alarms would go to {alarm_mail}, an address of the sample: write yours into"
            " site/provider.toml (staff_mail), or give another with --alarm-mail."
        )


def check_names(wish: Wish) -> None:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,39}", wish.stack):
        raise Refused(
            f"--stack {wish.stack}: a name of letters, digits and dashes is needed, 40 at most."
        )
    if wish.domain and not re.fullmatch(DOMAIN, wish.domain):
        raise Refused(f"--domain {wish.domain}: give a host name, such as support.example.net.")


def receives(region: str) -> bool:
    """SES has a mail server in each region where it receives mail, and in no other.

    https://docs.aws.amazon.com/general/latest/gr/ses.html
    """
    try:
        return bool(socket.getaddrinfo(f"inbound-smtp.{region}.amazonaws.com", 25))
    except OSError:
        return False


def _check_region(region: str) -> None:
    if not receives(region):
        raise Refused(
            f"SES receives no mail in {region}: choose another region with --region, such as"
            " eu-west-1, us-east-1 or us-west-2."
        )


def _zone(aws: Aws, wish: Wish, mail_domain: str) -> str:
    """The public zone of Route 53 that holds both names; empty if they live elsewhere."""
    names = [name for name in (wish.domain, mail_domain) if name]
    zones = {zone["Id"].rpartition("/")[2]: zone["Name"].rstrip(".") for zone in _zones(aws)}
    if not wish.zone:
        fitting = [found for found, zone in zones.items() if _holds(zone, names)]
        return max(fitting, key=lambda found: len(zones[found]), default="")
    if wish.zone not in zones:
        raise Refused(f"--zone {wish.zone}: this account has no such public zone in Route 53.")
    if not _holds(zones[wish.zone], names):
        raise Refused(
            f"--zone {wish.zone} is {zones[wish.zone]}: it can't hold {' and '.join(names)}."
        )
    return wish.zone


def _zones(aws: Aws) -> Iterator[Any]:
    for page in aws.client("route53").get_paginator("list_hosted_zones").paginate():
        yield from (zone for zone in page["HostedZones"] if not zone["Config"]["PrivateZone"])


def _holds(zone: str, names: list[str]) -> bool:
    return all(name == zone or name.endswith(f".{zone}") for name in names)


def _certificate(aws: Aws, wish: Wish) -> str:
    """One that is issued and names the domain; empty if there is none yet."""
    acm = aws.client("acm", CERTIFICATES)
    pages = acm.get_paginator("list_certificates").paginate(
        CertificateStatuses=["ISSUED"], Includes={"keyTypes": KEYS}
    )
    issued = [found["CertificateArn"] for page in pages for found in page["CertificateSummaryList"]]
    if wish.certificate:
        if wish.certificate not in issued:
            raise Refused(
                f"--certificate {wish.certificate}: there is no such certificate that is issued in"
                f" {CERTIFICATES}, the only region where CloudFront looks."
            )
        issued = [wish.certificate]
    for arn in issued:
        names = acm.describe_certificate(CertificateArn=arn)["Certificate"]
        if any(_covers(name, wish.domain) for name in names["SubjectAlternativeNames"]):
            return str(arn)
    if wish.certificate:
        raise Refused(f"--certificate {wish.certificate} does not name {wish.domain}.")
    return ""


def _covers(name: str, domain: str) -> bool:
    """A wildcard stands for one label: RFC 9525 section 6.3."""
    return name == domain or (name.startswith("*.") and domain.partition(".")[2] == name[2:])


def _notes(wish: Wish, provider: Provider, certificate: str, zone: str) -> Iterator[str]:
    if not wish.domain:
        yield "No --domain: the desk gets a host name of CloudFront's, good for a first try."
    elif not certificate:
        yield (
            f"There is no certificate for {wish.domain} yet, so the desk gets a host name of"
            f" CloudFront's. Ask for one: `aws acm request-certificate --region {CERTIFICATES}"
            f" --domain-name {wish.domain} --validation-method DNS`, make the record that it names,"
            " and deploy again when it is issued."
        )
    if not zone:
        yield (
            f"Your names are not in this account's Route 53: `netdesk doctor` lists the records"
            f" that {provider.mail.rpartition('@')[2]} needs."
        )
    domain = (wish.alarm_mail or provider.staff_mail).rpartition("@")[2]
    if domain in provider.mail_domains:
        yield (
            f"Alarms go to {domain}, which stops when your network does: choose an address"
            " elsewhere with --alarm-mail."
        )
