"""Whether a host or a mailbox would be lost together with the provider's own network."""

from ipaddress import ip_address

from netdesk.doctor.desk import Desk, Records


def own_domain(desk: Desk, name: str) -> str:
    """The provider's mail domain that a name lies in; empty if in none."""
    domains = (*desk.provider.mail_domains, desk.mail_domain)
    return next((one for one in domains if _is_below(name, one)), "")


def own_network(desk: Desk, address: str) -> str:
    """The provider's prefix that an address lies in; empty if in none."""
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    return next((str(one) for one in desk.provider.prefixes if ip in one), "")


def addresses(records: Records, host: str) -> tuple[str, ...]:
    return (*records(host, "A"), *records(host, "AAAA"))


def host_inside(desk: Desk, records: Records, host: str) -> str:
    """Why a host is lost with the network, such as "ns1 (a name in ...)"; empty if it is not.

    The names of the desk itself are no reason: the servers that answer for them are looked at.
    """
    domain = own_domain(desk, host)
    if domain and not any(_is_below(host, one) for one in (desk.host, desk.mail_domain)):
        return f"{host} (a name in your own domain {domain})"
    for address in addresses(records, host):
        if network := own_network(desk, address):
            return f"{host} ({address} is in your own network {network})"
    return ""


def mailbox_inside(desk: Desk, address: str) -> str:
    """Why mail to an address is lost with the network; empty if it is not, or can't be told."""
    domain = address.rpartition("@")[2].lower()
    if own := own_domain(desk, domain):
        return f"it is in your own domain {own}"
    if desk.records is None:
        return ""
    # Without MX the host itself takes the mail: RFC 5321 section 5.1.
    servers = desk.records(domain, "MX") or (domain,)
    found = filter(None, (host_inside(desk, desk.records, one) for one in servers if one))
    return next((f"its mail goes to {one}" for one in found), "")


def zones(name: str) -> list[str]:
    """All that may be zones on the way to a name, the longest first; none of the top level."""
    labels = name.rstrip(".").lower().split(".")
    return [".".join(labels[place:]) for place in range(len(labels) - 1)]


def _is_below(name: str, domain: str) -> bool:
    return bool(domain) and f".{name.lower().rstrip('.')}".endswith(f".{domain.lower()}")
