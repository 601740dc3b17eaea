"""Mail addresses as keys: one person's, however it is written."""

from netdesk.provider import Provider


def folded(address: str) -> str:
    """Lower case, the domain in ASCII (RFC 5891): mail programs write either form."""
    return sendable(address).lower()


def sendable(address: str) -> str:
    """With the domain in ASCII, as every mail server takes it."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{ascii_domain(domain)}" if local else address


def ascii_domain(domain: str) -> str:
    """A domain as mail servers and SES name it; as it is where it has no such form."""
    plain = domain.lower().rstrip(".")
    try:
        return plain.encode("idna").decode("ascii")
    except UnicodeError:
        return plain


def own(provider: Provider) -> frozenset[str]:
    """The desk's: where customers write, and where its mail comes from."""
    return frozenset({folded(provider.mail), folded(provider.known_as)})


def mailbox(address: str) -> str:
    """One key for all addresses of a mailbox: RFC 5233 calls the part behind the plus a detail."""
    local, _, domain = folded(address).rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
