"""Says what a trace shows in plain words, and what it does not prove."""

from collections.abc import Sequence

from netdesk.trace import MAX_TTL, Confidence, Hop, Run, Verdict, latest

_Row = tuple[str, Confidence, str]  # code, confidence, sentence

_PENDING: _Row = ("pending", "none", "The trace of the way to {target} is not finished yet.")
_UNFINISHED: _Row = (
    "unfinished",
    "none",
    "The trace could not be finished. This says nothing about {target}: please try again.",
)
# Why there is no path at all, by the run's reason.
_REASONS: dict[str, _Row] = {
    "no-such-name": (
        "no-such-name",
        "high",
        "There is no such name as {target}: check the spelling. If it worked before, its "
        "registration may have run out.",
    ),
    "no-answer-dns": (
        "name-servers-silent",
        "medium",
        "The name servers for {target} did not answer us, so its address is not known. Whether "
        "they are at fault, or the way to them, is not proven by this.",
    ),
    "refused-address": (
        "refused-address",
        "certain",
        "The name {target} points to an address that is not on the public Internet, so it can't "
        "be reached from outside its own network. Only the owner of the name can change that.",
    ),
    "no-probe": (
        "no-probe",
        "none",
        "Our measuring host is away at the moment, so nothing was measured. This says nothing "
        "about {target}: please try again later.",
    ),
}

# What the path shows; each sentence goes on from "Seen from our measuring host ..., ".
_REACHED: _Row = (
    "reached",
    "certain",
    "packets reach the machine {where} of {target} (hop {ttl}). This does not prove that the "
    "service on it works, nor that your own way there is free.",
)
_TURNED_AWAY: _Row = (
    "reached",
    "certain",
    "packets reach the machine {where} of {target} (hop {ttl}), and its firewall turns traces "
    "away. This is no fault, and does not prove that the service on it works.",
)
_NO_STATEMENT: _Row = (
    "no-statement",
    "none",
    "nothing answered, not even the first hop: our measuring host itself may be cut off. This "
    "says nothing about {target}.",
)
_LOOP: _Row = (
    "loop",
    "high",
    "packets for {target} go round in a loop between {where} and don't arrive. A loop can pass "
    "by itself in some minutes; who caused it is not proven by this.",
)
_TOO_LONG: _Row = (
    "too-long",
    "low",
    "packets for {target} had not arrived after {ttl} hops; the last to answer was {where}. This "
    "alone does not prove a fault.",
)
_STOPS: _Row = (
    "stops-after",
    "low",
    "the last to answer on the way to {target} was {where} (hop {ttl}). Stars can be a firewall "
    "that ignores traces: this alone does not prove a fault.",
)
_BLOCKED: _Row = (
    "blocked",
    "medium",
    "{where} (hop {ttl}) answers that it does not let packets of this kind pass to {target}. That "
    "is a rule that somebody set; ordinary connections may still pass.",
)
_MARKS: dict[str, _Row] = {
    "!N": (
        "no-route",
        "high",
        "{where} (hop {ttl}) answers that it knows no way to {target}. Packets end there; whether "
        "the cause is there or further on is not proven by this.",
    ),
    "!H": (
        "host-unreachable",
        "high",
        "{where} (hop {ttl}) answers that the machine of {target} can't be reached. It is "
        "probably switched off or cut off; which of the two is not proven by this.",
    ),
    "!X": _BLOCKED,
    "!P": _BLOCKED,
}


def verdict(target: str, run: Run, provider_name: str) -> Verdict:
    """The sentence for what the customer asked for; `target` is the name or address as checked."""
    if run.state in ("queued", "running"):
        return _written(_PENDING, target)
    if run.state == "failed" or run.reason:
        where = run.address or "" if run.reason == "refused-address" else ""
        return _written(_REASONS.get(run.reason, _UNFINISHED), target, where)
    hops = latest(run.hops)
    seen = f"Seen from our measuring host outside {provider_name}'s network, "
    last = next((hop for hop in reversed(hops) if hop.addresses), None)
    if last is None:
        return _written(_NO_STATEMENT, target, seen=seen)
    row, where = _row(run.reached, hops, last), last.addresses[0]
    if row is _LOOP:
        where = " and ".join(_ring(hops))
    return _written(row, target, where, last.ttl, seen)


def _row(reached: bool, hops: Sequence[Hop], last: Hop) -> _Row:
    if reached:
        return _TURNED_AWAY if last.mark else _REACHED
    if _ring(hops):
        return _LOOP
    if last.mark:
        return _MARKS[last.mark]
    return _TOO_LONG if last.ttl >= MAX_TTL else _STOPS


def _ring(hops: Sequence[Hop]) -> tuple[str, ...]:
    """The addresses that come twice in the same order, hop by hop; empty if none do."""
    heard = {hop.ttl: hop.addresses for hop in hops}
    path = [heard.get(ttl, ()) for ttl in range(1, max(heard, default=0) + 1)]
    for size in range(2, len(path) // 2 + 1):
        for start in range(len(path) - 2 * size + 1):
            once = path[start : start + size]
            again = path[start + size : start + 2 * size]
            # A silent hop proves nothing, and one address alone may be a router that counts badly.
            if once == again and all(once) and len(set(once)) > 1:
                return tuple(dict.fromkeys(addresses[0] for addresses in once))
    return ()


def _written(row: _Row, target: str, where: str = "", ttl: int = 0, seen: str = "") -> Verdict:
    code, confidence, sentence = row
    text = sentence.format(target=target, where=where, ttl=ttl)
    return Verdict(code, where, seen + text, confidence)
