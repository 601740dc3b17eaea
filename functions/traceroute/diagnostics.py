"""Beside the trace: what name servers say, and what answers at the site's ports, in plain words."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from netdesk.facts import OWN, Lookup, Service
from traceroute.verdict.evidence import Seen, View

Row = tuple[str, str]  # what was asked, and the answer

_OUTCOMES = {
    "no-such-name": "there is no such name",
    "no-address": "the name has no address",
    "failed": "no answer",
}
_CONNECTS = {
    "refused": "refuses the connection",
    "silent": "no answer",
    "unreachable": "can't be reached from here",
}
_CERTIFICATES = {
    "ok": ", certificate in order",
    "expired": ", but its certificate has run out",
    "wrong-name": ", but its certificate is for another name",
    "untrusted": ", but nobody whom browsers trust vouches for its certificate",
    "failed": ", but no secure connection comes about",
}
_PORTS = {443: "Secure web (port 443)", 80: "Plain web (port 80)"}
_ANSWERS = {  # by the first digit of a status code (RFC 9110 section 15)
    2: "the web server delivers a page",
    3: "the web server sends us on to another address",
    4: "the web server refuses us its first page",
    5: "the web server reports a fault of its own",
}


def rows(view: View, ways: Sequence[Seen]) -> tuple[Row, ...]:
    """What is the same for all name servers, or for both versions of IP, is one row."""
    return (*_names(view), *_ports([seen for seen in ways if seen.spoken]), *_unspoken(ways))


def _names(view: View) -> Iterator[Row]:
    ordered = sorted(view.lookups.values(), key=lambda lookup: lookup.resolver != OWN)
    answers = [_told(lookup) for lookup in ordered]
    if len(answers) > 1 and len(set(answers)) == 1:
        yield "Name servers", f"{answers[0]} (all {len(answers)} say so)"
        return
    for lookup, answer in zip(ordered, answers, strict=True):
        own = f"Name server of this {'network' if view.probe.inside else 'host'}"
        yield own if lookup.resolver == OWN else f"Name server {lookup.resolver}", answer


def _told(lookup: Lookup) -> str:
    return _OUTCOMES.get(lookup.outcome) or ", ".join(lookup.addresses)


def _ports(ways: Sequence[Seen]) -> Iterator[Row]:
    services = [service for seen in ways for service in seen.services]
    services.sort(key=lambda one: (-one.port, one.version))
    for port, same in groupby(services, key=lambda one: one.port):
        label, both = _PORTS.get(port, f"Port {port}"), list(same)
        if len({_served(one) for one in both}) == 1:
            yield label, _served(both[0], _times(both))
        else:
            yield from ((f"{label}, IPv{one.version}", _served(one, _times([one]))) for one in both)


def _unspoken(ways: Sequence[Seen]) -> Iterator[Row]:
    for seen in ways:
        if not seen.spoken:
            yield (
                f"IPv{seen.version}",
                "this measuring host does not have it, so nothing was tried",
            )


def _times(services: Sequence[Service]) -> str:
    first, *others = (f"{one.rtt_ms or 0:.0f} ms" for one in services)
    return "".join([f" in {first}", *(f" (IPv6: {more})" for more in others if more != first)])


def _served(service: Service, within: str = "") -> str:
    if service.connect != "open":
        return _CONNECTS[service.connect]
    return f"answers{within}{_CERTIFICATES.get(service.tls, '')}{_page(service)}"


def _page(service: Service) -> str:
    if service.tls not in ("", "ok"):
        return ""
    if service.status is None:
        return "; the web server says nothing"
    said = _ANSWERS.get(service.status // 100, "the web server answers")
    return f"; {said} ({service.status})"
