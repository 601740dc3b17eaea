"""A trace in a terminal: hops as they come, and at the end what they show."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from netdesk.text import one_line

Json = dict[str, Any]
Way = tuple[str, int]  # a probe's name, a version of IP

COLUMNS = 80  # a line about a hop has no more, so that columns stay columns
SURE = {
    "certain": "certain",
    "high": "very likely",
    "medium": "likely",
    "low": "a hint, no more",
    "none": "nothing is known",
}
_OUTCOMES = {
    "no-such-name": "no such name",
    "no-address": "no address",
    "failed": "no answer",
}
_ADDRESS_COLUMNS = 15  # the longest one
_ADDRESS6_COLUMNS = 28  # as long as those of routers mostly are


class Trace:
    """What the desk has told so far."""

    def __init__(self) -> None:
        self._hops: dict[tuple[str, int, int], Json] = {}
        self._facts: list[tuple[str, Json]] = []
        self._last: Json = {}
        self._waiting: list[Json] = []  # for a word on whose they are, until the next look
        self._heading: Way = ("", 0)

    def learn(self, document: Json) -> list[str]:
        """The lines about what is new."""
        self._last = document
        self._facts += [(p["name"], fact) for p in document["probes"] for fact in p["facts"]]
        for hop in document["hops"]:
            self._hops[hop["probe"], hop["version"], hop["ttl"]] = hop
        over = document["state"] in ("done", "failed")
        shown = self._waiting + [hop for hop in document["hops"] if over or self._owned(hop)]
        self._waiting = [hop for hop in document["hops"] if hop not in shown]
        ordered = sorted(shown, key=lambda hop: (*_way(hop), hop["ttl"], hop["n"]))
        return [line for way, hops in groupby(ordered, _way) for line in self._of_way(way, hops)]

    @property
    def whole(self) -> Json:
        """The last document with all hops, the newest of each distance, and all facts."""
        probes = [
            probe | {"facts": [fact for name, fact in self._facts if name == probe["name"]]}
            for probe in self._last["probes"]
        ]
        return self._last | {
            "hops": [self._hops[key] for key in sorted(self._hops)],
            "probes": probes,
        }

    @property
    def summary(self) -> list[str]:
        verdict = self._last["verdict"]
        beside = [line for probe in self._last["probes"] for line in self._beside(probe["name"])]
        known = [f"known       {verdict['known']['url']}"] if verdict.get("known") else []
        return [
            *(["", *beside] if beside else []),
            "",
            verdict["sentence"],
            f"sure        {SURE[verdict['confidence']]}",
            *_break(verdict),
            *known,
            f"page        {self._last['link']}",
        ]

    def _beside(self, probe: str) -> Iterator[str]:
        who = f"{probe}, " if len(self._last["probes"]) > 1 else ""
        for tell in (_names, _services, _losses, _controls):
            yield from tell(who, self._of_probe(probe))

    def _of_probe(self, name: str) -> list[Json]:
        return [fact for whose, fact in self._facts if whose == name]

    def _of_way(self, way: Way, hops: Iterator[Json]) -> Iterator[str]:
        if self._heading != way:
            self._heading = way
            yield f"from {way[0]} over IPv{way[1]}{self._goal(way)}:"
        for answered, same in groupby(hops, lambda hop: bool(hop["addresses"])):
            if answered:
                yield from map(self._line, same)
            else:
                yield from _silence([hop["ttl"] for hop in same])

    def _goal(self, way: Way) -> str:
        ways = _newest(self._of_probe(way[0]), "way", "version")
        return f" to {ways[way[1],]['address']}" if (way[1],) in ways else ""

    def _line(self, hop: Json) -> str:
        rtt = "" if hop["rtt_ms"] is None else f"{hop['rtt_ms']:.1f} ms"
        first, *others = hop["addresses"]
        wide = _ADDRESS_COLUMNS if hop["version"] == 4 else _ADDRESS6_COLUMNS
        line = f"{hop['ttl']:>3}  {first:<{wide}} {rtt:>11} {hop['mark']:<2} "
        line += self._owner(hop, COLUMNS - len(line))
        return "\n".join([line.rstrip(), *(f"     {other}" for other in others)])

    def _owner(self, hop: Json, room: int) -> str:
        """As far as it is known by now: the page has it in any case."""
        known = self._network(hop) or {"asn": None, "operator": ""}
        number = f"AS{known['asn']}" if known["asn"] else ""
        return f"{number:<8} {one_line(known['operator'], max(0, room - max(9, len(number) + 1)))}"

    def _owned(self, hop: Json) -> bool:
        return not hop["addresses"] or self._network(hop) is not None

    def _network(self, hop: Json) -> Json | None:
        networks = {fact["address"]: fact for _, fact in self._facts if fact["kind"] == "network"}
        return networks.get(hop["addresses"][0])


def _way(hop: Json) -> Way:
    return hop["probe"], hop["version"]


def _silence(ttls: Sequence[int]) -> Iterator[str]:
    """Neighbours on one line: at the end of a dead path there are two dozen of them."""
    for _, run in groupby(enumerate(ttls), lambda pair: pair[1] - pair[0]):
        first, *others = [ttl for _, ttl in run]
        yield f"{first:>3}  *" + (f"  and so to hop {others[-1]}" if others else "")


def _break(verdict: Json) -> Iterator[str]:
    if verdict["after"] is None or verdict["confidence"] == "low":
        return
    hop = f"after hop {verdict['after']}" if verdict["after"] else "before hop 1"
    place = f"{hop} over IPv{verdict['version']}"
    if verdict["code"].startswith("loss"):  # `where` is the first that loses
        yield f"loses       {place}"
    else:
        whose = (verdict["where"], verdict["operator"])
        yield f"breaks      {', '.join(filter(None, (place, *whose)))}"


# --- beside the hops: what is the same for all is one line -----------------------------------


def _newest(facts: Sequence[Json], kind: str, *key: str) -> dict[tuple[Any, ...], Json]:
    """By what they are about."""
    return {tuple(fact[part] for part in key): fact for fact in facts if fact["kind"] == kind}


def _names(who: str, facts: Sequence[Json]) -> Iterator[str]:
    told = {
        resolver: _OUTCOMES.get(fact["outcome"]) or ", ".join(fact["addresses"])
        for (resolver,), fact in _newest(facts, "lookup", "resolver").items()
    }
    if len(told) > 1 and len(set(told.values())) == 1:
        yield f"names       {who}all {len(told)} name servers: {next(iter(told.values()))}"
        return
    for resolver, said in told.items():
        yield f"names       {who}{resolver} name server: {said}"


def _services(who: str, facts: Sequence[Json]) -> Iterator[str]:
    newest = _newest(facts, "service", "port", "version")
    for port in sorted({port for port, _ in newest}, reverse=True):
        told = {v: _served(newest[at, v]) for at, v in sorted(newest) if at == port}
        if len(set(told.values())) == 1:
            told = {" and IPv".join(map(str, told)): next(iter(told.values()))}
        for versions, said in told.items():
            yield f"port {port:<6} {who}IPv{versions}: {said}"


def _served(fact: Json) -> str:
    tls, status = fact["tls"] and f"TLS {fact['tls']}", fact["status"] and f"HTTP {fact['status']}"
    return ", ".join(filter(None, (fact["connect"], tls, status)))


def _losses(who: str, facts: Sequence[Json]) -> Iterator[str]:
    lost = _newest(facts, "loss", "version", "ttl")
    for version in sorted({version for version, _ in lost}):
        told = [
            f"{fact['lost']} of {fact['sent']} at hop {ttl}"
            for (of, ttl), fact in sorted(lost.items())
            if of == version and fact["lost"]
        ]
        if told:
            yield f"lost        {who}IPv{version}: {', '.join(told)}"


def _controls(who: str, facts: Sequence[Json]) -> Iterator[str]:
    for (address,), fact in _newest(facts, "control", "address").items():
        if not fact["reached"]:
            yield f"control     {who}{address} does not answer"
