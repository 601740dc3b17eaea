"""The front's name: whether it is found, by both versions of IP."""

from collections.abc import Iterator

from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good, skipped


def look(desk: Desk) -> Iterator[Finding]:
    if not desk.named:
        yield skipped(f"{desk.host} needs no DNS.")
        return
    if desk.records is None:
        yield skipped(f"{desk.host} is not looked for in DNS.")
        return
    missing = [
        version
        for kind, version in (("A", "IPv4"), ("AAAA", "IPv6"))
        if not desk.records(desk.host, kind)
    ]
    to = desk.deployed.outputs.get("DistributionDomain") or "the stack's distribution"
    if not missing:
        yield good(f"{desk.host} is found, by IPv4 and by IPv6.")
    elif len(missing) == 2:
        yield bad(
            f"{desk.host} is not in DNS: nobody finds the desk.",
            f"Add it: two alias records (A and AAAA) to {to} in Route 53, elsewhere a CNAME.",
        )
    else:
        kind = "A" if missing == ["IPv4"] else "AAAA"
        yield bad(
            f"{desk.host} has no address of {missing[0]}: who has no other does not find it.",
            f"Add an alias record of type {kind} to {to}; a CNAME has both.",
        )
