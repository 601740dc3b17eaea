"""The off-network rule: nothing that is needed in an outage lies in the provider's own network."""

from collections.abc import Iterator

from netdesk.doctor.checks.alarms import subscriptions
from netdesk.doctor.checks.mail_records import INBOUND
from netdesk.doctor.desk import Desk, Records
from netdesk.doctor.finding import Finding, bad, good, skipped
from netdesk.doctor.judging import host_inside, mailbox_inside, zones
from netdesk.doctor.trying import trying

NO_PREFIXES = skipped(
    "site/provider.toml names no prefixes, so no address is known to be your own.",
    'Write all your networks there, such as prefixes = ["192.0.2.0/24"], and deploy again.',
)
NO_DNS = skipped(
    "Name servers and mail servers: a desk on this machine has no names in DNS.",
    "To try the rule here, name a name server that knows them: --resolver 127.0.0.1:5353",
)
LOST = "When your network is down, nobody finds the desk."
MOST_ALIASES = 8
MAIL_WAITS = "When your network is down, mail to the desk waits at its senders."


def look(desk: Desk) -> Iterator[Finding]:
    if not desk.provider.prefixes:
        yield NO_PREFIXES
    if desk.records is None:
        yield NO_DNS
    else:
        yield from trying(desk, _names(desk, desk.records))
        yield from trying(desk, _mail_servers(desk, desk.records))
    yield from trying(desk, _mailboxes(desk))
    yield from trying(desk, _alarmed(desk))


def _names(desk: Desk, records: Records) -> Iterator[Finding]:
    """Every zone on the way to the front's name and to the mail domain, and the front itself."""
    seen: set[str] = set()
    for name in (*_led_to(desk, records), desk.mail_domain):
        served = {zone: servers for zone in zones(name) if (servers := records(zone, "NS"))}
        if not served:
            yield bad(
                f"No name server serves {name}: nobody finds it.",
                "Is its domain registered, and are its name servers told to the registrar?",
            )
        for zone, servers in served.items():
            if zone not in seen:
                yield _zone(desk, records, zone, servers)
            seen.add(zone)
    if desk.named and (inside := host_inside(desk, records, desk.host)):
        to = desk.deployed.outputs.get("DistributionDomain") or "the stack's distribution"
        yield bad(
            f"The desk itself is in your own network: {inside}. {LOST}",
            f"Let {desk.host} lead to {to}.",
        )


def _led_to(desk: Desk, records: Records) -> Iterator[str]:
    """The front's name, and what it is an alias of."""
    name = desk.host if desk.named else ""
    for _ in range(MOST_ALIASES):
        if not name:
            return
        yield name
        name = next(iter(records(name, "CNAME")), "")


def _zone(desk: Desk, records: Records, zone: str, servers: tuple[str, ...]) -> Finding:
    inside = list(filter(None, (host_inside(desk, records, server) for server in servers)))
    if not inside:
        count = "one name server" if len(servers) == 1 else f"{len(servers)} name servers"
        return good(f"{zone} is served by {count} outside your network.")
    some = len(inside) < len(servers)
    why = "When your network is down, the desk is found late, or not at all." if some else LOST
    return bad(
        f"{zone} is served by {_listed(inside)}. {why}",
        f"Let name servers elsewhere, such as Route 53, serve {zone}, and take "
        f"{'these' if len(inside) > 1 else 'this one'} out, also at the registrar of the domain.",
    )


def _mail_servers(desk: Desk, records: Records) -> Iterator[Finding]:
    servers = [one for one in records(desk.mail_domain, "MX") if one]
    inside = list(filter(None, (host_inside(desk, records, server) for server in servers)))
    if inside:
        yield bad(
            f"Mail to {desk.mail_domain} goes to {_listed(inside)}. {MAIL_WAITS}",
            "Let this be its one MX record:",
            f"{desk.mail_domain} MX 10 {INBOUND.format(region=desk.region)}",
        )
    elif servers:
        yield good(f"Mail to {desk.mail_domain} is brought to a server outside your network.")


def _mailboxes(desk: Desk) -> Iterator[Finding]:
    provider = desk.provider
    if why := mailbox_inside(desk, provider.staff_mail):
        yield bad(
            f"Staff are reminded at {provider.staff_mail}, and {why}. When your network is down, "
            "they hear nothing.",
            "Give staff a mailbox elsewhere: staff_mail in site/provider.toml; then deploy again.",
        )
    else:
        yield good(f"Staff are reminded at {provider.staff_mail}, outside your network.")
    senders = provider.staff_senders
    if senders and all(mailbox_inside(desk, sender) for sender in senders):
        yield bad(
            f"Staff can pass mail on to the desk from {_listed(list(senders))} alone, which your "
            "own network serves.",
            "Add a mailbox elsewhere to staff_senders in site/provider.toml; then deploy again.",
        )


def _alarmed(desk: Desk) -> Iterator[Finding]:
    mailboxes = [one["Endpoint"] for one in subscriptions(desk) if "email" in one["Protocol"]]
    for address in mailboxes:
        if why := mailbox_inside(desk, address):
            yield bad(
                f"Alarms go to {address}, and {why}. When your network is down, nobody is woken.",
                "Give alarms a mailbox elsewhere: deploy again with another --alarm-mail.",
            )
        else:
            yield good(f"Alarms go to {address}, outside your network.")


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
