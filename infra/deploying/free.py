"""Names that a new stack would make, and that somebody has made already: all would be undone."""

from typing import Any, Protocol

from botocore.exceptions import ClientError

from netdesk.refused import Refused


class Aws(Protocol):
    """An account in one region; `region` asks another one."""

    @property
    def region(self) -> str: ...

    def client(self, service: str, region: str = "") -> Any: ...


def check_free(aws: Aws, mail_domain: str, domain: str, zone: str) -> None:
    """Raises Refused with what has to go first; without a zone no records are made."""
    if _is_identity(aws, mail_domain):
        raise Refused(
            f"SES has an identity {mail_domain} already, which the stack has to make itself: remove"
            f" it with `aws sesv2 delete-email-identity --email-identity {mail_domain}`."
        )
    if zone and (taken := _taken(aws, zone, _names(mail_domain, domain))):
        raise Refused(
            f"The zone {zone} has {', '.join(taken)} already, which the stack has to make itself:"
            " remove what is there, or choose other names."
        )


def _is_identity(aws: Aws, name: str) -> bool:
    try:
        aws.client("sesv2").get_email_identity(EmailIdentity=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NotFoundException":
            raise
        return False
    return True


def _names(mail_domain: str, domain: str) -> set[tuple[str, str]]:
    """As FrontName and MailNames of the template make them; the keys of DKIM are always new."""
    made = {(f"{prefix}{mail_domain}", kind) for prefix, kind in _OF_MAIL}
    return made | {(domain, "A"), (domain, "AAAA")} if domain else made


_OF_MAIL = (("", "MX"), ("", "TXT"), ("_dmarc.", "TXT"), ("bounce.", "MX"), ("bounce.", "TXT"))


def _taken(aws: Aws, zone: str, names: set[tuple[str, str]]) -> list[str]:
    pages = aws.client("route53").get_paginator("list_resource_record_sets")
    records = (
        (record["Name"].rstrip("."), record["Type"])
        for page in pages.paginate(HostedZoneId=zone)
        for record in page["ResourceRecordSets"]
    )
    return sorted(f"{name} {kind}" for name, kind in names & set(records))
