"""What DNS says, as a resolver tells it: each answer is a stranger's."""

from dataclasses import dataclass
from typing import Any

import dns.exception
import dns.resolver

from netdesk.text import one_line

SECONDS = 6.0
MOST = 30  # records of one name


class Unanswered(RuntimeError):
    """No name server says anything: what was asked is not known."""


@dataclass(frozen=True)
class Resolver:
    """`resolver("example.net", "MX")` gives the texts of the records; none, if there are none.

    MX records are given as their hosts, the best first; texts without their quotes.
    """

    asked: dns.resolver.Resolver

    def __call__(self, name: str, kind: str) -> tuple[str, ...]:
        try:
            found = self.asked.resolve(
                name, kind, search=False, raise_on_no_answer=False, lifetime=SECONDS
            )
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, ValueError) as error:
            why = one_line(str(error), 100)
            raise Unanswered(f"name servers say nothing of {name} ({kind}): {why}") from None
        listed = list(found.rrset or ())[:MOST]
        if kind == "MX":
            listed.sort(key=lambda record: record.preference)
        return tuple(_text(record, kind) for record in listed)


def system() -> Resolver:
    """The one that this machine's programs ask; Unanswered when it has none."""
    try:
        return Resolver(dns.resolver.Resolver())
    except dns.resolver.NoResolverConfiguration as error:
        raise Unanswered(str(error)) from None


def at(address: str, port: int = 53) -> Resolver:
    asked = dns.resolver.Resolver(configure=False)
    asked.nameservers = [address]
    asked.port = port
    return Resolver(asked)


def _text(record: Any, kind: str) -> str:
    if kind == "TXT":
        return b"".join(record.strings).decode(errors="replace")
    target = record.exchange if kind == "MX" else record
    return str(target.to_text()).removesuffix(".").lower()
