"""A trace in a terminal: hops as they come, and at the end what they show."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

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


class Trace:
    """What the desk has told so far."""

    def __init__(self) -> None:
        self._hops: dict[tuple[str, int, int], Json] = {}
        self._facts: list[tuple[str, Json]] = []
        self._last: Json = {}
        self._heading = ("", 0)

    def learn(self, document: Json) -> list[str]:
        """The lines about what is new."""
        self._last = document
        self._facts += [(p["name"], fact) for p in document["probes"] for fact in p["facts"]]
        several = len(document["probes"]) > 1 or self._versions > 1
        lines = []
        for hop in sorted(document["hops"], key=lambda hop: (hop["probe"], hop["version"])):
            self._hops[hop["probe"], hop["version"], hop["ttl"]] = hop
            if several and self._heading != (hop["probe"], hop["version"]):
                self._heading = (hop["probe"], hop["version"])
                lines.append(f"from {hop['probe']}, IPv{hop['version']}:")
            lines.append(self._line(hop))
        return lines

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
        beside = [line for name, fact in self._facts for line in _beside(name, fact)]
        known = [f"known       {verdict['known']['url']}"] if verdict.get("known") else []
        return [
            *(["", *beside] if beside else []),
            "",
            verdict["sentence"],
            f"sure        {SURE[verdict['confidence']]}",
            *known,
            f"page        {self._last['link']}",
        ]

    @property
    def _versions(self) -> int:
        return len({fact["version"] for _, fact in self._facts if fact["kind"] == "way"})

    def _line(self, hop: Json) -> str:
        if not hop["addresses"]:
            return f"{hop['ttl']:>3}  *"
        rtt = "" if hop["rtt_ms"] is None else f"{hop['rtt_ms']:>9.1f} ms"
        who = f"{hop['ttl']:>3}  {', '.join(hop['addresses']):<40} {rtt} {hop['mark']}"
        return f"{who}  {self._owner(hop)}".rstrip()

    def _owner(self, hop: Json) -> str:
        """As far as it is known by now: the page has it in any case."""
        networks = {fact["address"]: fact for _, fact in self._facts if fact["kind"] == "network"}
        known = networks.get(hop["addresses"][0], {})
        return str(known.get("operator", ""))


def _beside(probe: str, fact: Json) -> Iterator[str]:
    if fact["kind"] == "lookup":
        whose = "own" if fact["resolver"] == "own" else fact["resolver"]
        said = _OUTCOMES.get(fact["outcome"]) or ", ".join(fact["addresses"])
        yield f"names       {probe}, {whose} name server: {said}"
    elif fact["kind"] == "service":
        parts = [fact["connect"], fact["tls"] and f"TLS {fact['tls']}", fact["status"]]
        said = ", ".join(str(part) for part in parts if part)
        yield f"port {fact['port']:<6} {probe}, IPv{fact['version']}: {said}"
