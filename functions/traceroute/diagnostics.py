"""Beside the trace: what name servers say, and what answers at the site's ports, in plain words."""

from collections.abc import Iterator, Sequence

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
_PORTS = {443: "secure web (port 443)", 80: "plain web (port 80)"}


def rows(view: View, ways: Sequence[Seen]) -> tuple[Row, ...]:
    return (*_names(view), *(row for seen in ways for row in _ports(seen)))


def _names(view: View) -> Iterator[Row]:
    ordered = sorted(view.lookups.values(), key=lambda lookup: lookup.resolver != OWN)
    for lookup in ordered:
        own = lookup.resolver == OWN
        label = f"Name server of this {'host' if not view.probe.inside else 'network'}"
        yield label if own else f"Name server {lookup.resolver}", _told(lookup)


def _told(lookup: Lookup) -> str:
    return _OUTCOMES.get(lookup.outcome) or ", ".join(lookup.addresses)


def _ports(seen: Seen) -> Iterator[Row]:
    if not seen.spoken:
        yield f"IPv{seen.version}", "this measuring host does not have it, so nothing was tried"
    for service in sorted(seen.services, key=lambda one: -one.port):
        port = _PORTS.get(service.port, f"port {service.port}")
        yield f"IPv{seen.version}, {port}", _served(service)


def _served(service: Service) -> str:
    if service.connect != "open":
        return _CONNECTS[service.connect]
    took = f" in {service.rtt_ms:.0f} ms" if service.rtt_ms is not None else ""
    if service.tls in ("", "ok"):
        answer = f"; the web server says {service.status}" if service.status else ""
        answer = answer or "; the web server says nothing"
    else:
        answer = ""
    return f"answers{took}{_CERTIFICATES.get(service.tls, '')}{answer}"
