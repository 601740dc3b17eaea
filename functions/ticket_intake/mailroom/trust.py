"""What a mail may do, by the verdicts of SES and by who is said to have written it.

The table stands in tests/test_trust.py. A mail always becomes a ticket: only what it may do beyond
that is decided here.
"""

from dataclasses import dataclass

from netdesk.provider import Provider
from ticket_intake.addresses import ascii_domain
from ticket_intake.mail import Mail
from ticket_intake.mail.ses_block import Verdicts

NO_RECORD = (None, "NONE", "GRAY")  # of a domain that publishes no DMARC policy


@dataclass(frozen=True)
class Trust:
    """Whether it is answered, and whether its sender is proven: only then it may, without the
    thread's token, add to a ticket or learn of one."""

    answered: bool
    proven: bool
    why: str  # for staff


def trust(mail: Mail, provider: Provider) -> Trust:
    said, domain = mail.verdicts, _domain(mail.sender)
    named = mail.senders == (mail.sender,)  # SES looks at From alone
    proven = named and bool(domain) and _is_aligned(said, domain)
    return Trust(
        answered=proven or not _is_forged(said, provider),
        proven=proven,
        why=_told(said) if named else f"{'several' if mail.senders else 'no'} addresses in From",
    )


def _is_aligned(said: Verdicts, domain: str) -> bool:
    """DMARC for this very domain; for one without a policy, SPF or DKIM of that domain."""
    if said.dmarc == "PASS":
        return said.from_domain in ("", domain)
    if said.dmarc not in NO_RECORD:
        return False
    return any(_vouches(vouching, domain) for vouching in (said.spf_domain, *said.signers))


def _vouches(vouching: str, domain: str) -> bool:
    """A domain for itself and for what is below it."""
    return bool(vouching) and f".{domain}".endswith(f".{vouching}")


def _is_forged(said: Verdicts, provider: Provider) -> bool:
    """What our own forwarder passed on fails for that reason alone, so it is no forgery yet."""
    if _vouches(said.spf_domain, _domain(provider.known_as)):
        return False
    if said.dmarc == "FAIL":
        return said.policy != "none"  # SES doesn't tell the policy of every mail
    return said.dmarc in NO_RECORD and said.spf == "FAIL" and said.dkim != "PASS"


def _told(said: Verdicts) -> str:
    words = {"DMARC": said.dmarc, "SPF": said.spf, "DKIM": said.dkim}
    return ", ".join(f"{name} {word or 'not told'}" for name, word in words.items())


def _domain(address: str) -> str:
    return ascii_domain(address.rpartition("@")[2])
