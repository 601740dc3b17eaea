"""The sentences: what each finding is called, how sure it is, and what it leaves unproven.

A sentence goes on from "Seen from our measuring host ...," or stands alone with a capital.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

from netdesk.facts import Version

Confidence = Literal["certain", "high", "medium", "low", "none"]
Side = Literal["", "ours", "transit", "destination"]


@dataclass(frozen=True)
class Row:
    """One row of the decision table; the number is its own, 0 where the table has none."""

    number: int
    code: str
    confidence: Confidence
    finding: str
    unproven: str = ""
    side: Side = ""
    good: bool = False


@dataclass(frozen=True)
class Verdict:
    """What the measuring hosts show, for a customer."""

    row: int
    code: str
    confidence: Confidence
    finding: str
    unproven: str = ""
    side: Side = ""  # whose fault it is, as far as that can be said
    good: bool = False  # nothing is broken on the way
    where: str = ""  # an address or more
    operator: str = ""  # whose network it speaks of
    version: Version | None = None
    after: int | None = None  # it breaks behind this hop
    known: tuple[str, str] | None = None  # title and address of a notice that tells of it

    @property
    def sentence(self) -> str:
        told = f"We know of it: {self.known[0]}." if self.known else ""
        return " ".join(filter(None, (self.finding, self.unproven, told)))

    def to_dict(self) -> dict[str, Any]:
        known = {"title": self.known[0], "url": self.known[1]} if self.known else None
        return {
            "code": self.code,
            "where": self.where,
            "sentence": self.sentence,
            "confidence": self.confidence,
            "finding": self.finding,
            "unproven": self.unproven,
            "side": self.side,
            "operator": self.operator,
            "version": self.version,
            "after": self.after,
            "known": known,
        }


def written(row: Row, seen: str = "", **words: Any) -> Verdict:
    """The row's sentences with their words; `seen` is how they begin."""
    finding, unproven = row.finding.format(**words), row.unproven.format(**words)
    finding = seen + finding if seen else finding[:1].upper() + finding[1:]
    said = Verdict(row.number, row.code, row.confidence, finding, unproven, row.side, row.good)
    return replace(said, operator=words.get("operator", ""))


_WAY_BACK = "The way back may be another one, and be at fault."

PENDING = Row(0, "pending", "none", "the trace of the way to {target} is not finished yet.")
NO_PROBE = Row(
    0,
    "no-probe",
    "none",
    "our measuring host is away at the moment, so nothing was measured.",
    "This says nothing about {target}: please try again later.",
)
UNFINISHED = Row(
    0,
    "unfinished",
    "none",
    "the trace could not be finished.",
    "This says nothing about {target}: please try again.",
)

NO_SUCH_NAME = Row(
    1,
    "no-such-name",
    "certain",
    "there is no such name as {target}: check the spelling.",
    "If it worked before, its registration may have run out.",
)
NO_ADDRESS = Row(
    1,
    "no-address",
    "certain",
    "the name {target} exists, but has no address: no site can be reached under it.",
    "It may be meant for mail alone, or its owner made a mistake.",
)
OUR_NAME_SERVERS = Row(
    2,
    "our-name-servers",
    "certain",
    "our name servers fail for {target}; the site itself exists.",
    "This does not prove that the site works.",
    "ours",
)
NAMES_SILENT = Row(
    3,
    "name-servers-silent",
    "high",
    "the site's own name servers do not answer for {target}, so its address is not known.",
    "Whether they are at fault, or the way to them, is not proven by this.",
    "destination",
)
REFUSED = Row(
    4,
    "refused-address",
    "certain",
    "the name {target} points to an address that is not on the public Internet, so it can't be "
    "reached from outside its own network.",
    "Only the owner of the name can change that.",
    "destination",
)
ANSWERS = Row(
    5,
    "answers",
    "certain",
    "the site {target} answers us now ({ms} ms).",
    "If it fails for you, the cause is likely on your line or device; that alone is not proven.",
    good=True,
)
CERTIFICATE = Row(
    6,
    "certificate",
    "certain",
    "the site {target} can be reached; its security certificate is the problem: {problem}.",
    "Whether the site works behind it was not tried.",
    "destination",
)
SERVER_FAULT = Row(
    7,
    "server-fault",
    "certain",
    "the network is fine; the site's server reports a fault ({problem}).",
    "Why it does so can't be seen from outside.",
    "destination",
)
SERVICE_OFF = Row(
    8,
    "service-off",
    "certain",
    "the machine of {target} can be reached; the web service on it is switched off.",
    "Whether that is meant can't be seen from outside.",
    "destination",
)
TURNED_AWAY = Row(
    8,
    "service-off",
    "high",
    "connections to {target} are turned away at once: its web service is switched off, or a "
    "firewall refuses us.",
    "Which of the two is not proven by this.",
    "destination",
)
PORT_BLOCKED = Row(
    9,
    "port-blocked",
    "high",
    "the machine of {target} can be reached, but its web port is blocked there.",
    "A firewall that blocks us may let you pass; that is not proven by this.",
    "destination",
)
UNTRACEABLE = Row(
    10,
    "answers-untraced",
    "certain",
    "the site {target} answers us now ({ms} ms). The stars at the end of the path are a firewall "
    "that ignores traces; no fault.",
    "If it fails for you, the cause is likely on your line or device; that alone is not proven.",
    good=True,
)
OURS = Row(
    11,
    "ours",
    "high",
    "the fault is in our network, after {where}.",
    "Which part failed is not proven by this.",
    "ours",
)
OURS_FROM_OUTSIDE = Row(
    11,
    "ours-likely",
    "medium",
    "the path stops inside {provider}'s own network, after {where}.",
    f"Whose fault it is, a host outside can't tell for certain. {_WAY_BACK}",
    "ours",
)
OUR_BORDER = Row(
    12,
    "our-border",
    "medium",
    "the path stops at our border towards {next}, after {where}; other sites answer us.",
    "We can't yet tell our side from theirs.",
)
TRANSIT = Row(
    13,
    "transit",
    "medium",
    "the path stops inside the network of {operator}, or where it hands on to the next: the last "
    "to answer was {where}.",
    f"Which side of a hand-over fails is not proven by this. {_WAY_BACK}",
    "transit",
)
DETOUR = Row(
    14,
    "transit-detour",
    "high",
    "only the way via {operator} is broken, after {where}; other ways to {target} work. We can "
    "ask for rerouting.",
    _WAY_BACK,
    "transit",
)
DESTINATION = Row(
    15,
    "destination",
    "high",
    "our network and the backbone deliver to {operator}; it stops there, after {where}.",
    "Whether the machine or the network before it fails is not proven by this.",
    "destination",
)
DESTINATION_FROM_OUTSIDE = Row(
    15,
    "destination",
    "medium",
    "the path gets to {operator}, where {target} stands, and stops there, after {where}.",
    "Whether the machine or the network before it fails is not proven by this, nor that your own "
    "way there is free.",
    "destination",
)
BEFORE_DESTINATION = Row(
    15,
    "destination",
    "medium",
    "our network and the backbone deliver up to {operator}, by two ways; it stops there, after "
    "{where}.",
    "Whether the machine or the network before it fails is not proven by this.",
    "destination",
)
HOST_OFF = Row(
    16,
    "host-unreachable",
    "high",
    "the network of {target} ({operator}) says that the machine is off: {where} answers so.",
    "Whether it is switched off or cut off is not proven by this.",
    "destination",
)
HOST_OFF_SAYS = Row(
    16,
    "host-unreachable",
    "medium",
    "{operator} says that the machine of {target} can't be reached: {where} answers so.",
    "Whether it is switched off or cut off, and by whom, is not proven by this.",
)
NO_ROUTE = Row(
    17,
    "no-route",
    "high",
    "{operator} has no route to {target}: {where} answers so.",
    "Whether the cause is there or further on is not proven by this.",
)
BLOCKED = Row(
    18,
    "blocked",
    "high",
    "{operator} blocks this connection to {target} on purpose: {where} answers so.",
    "Other kinds of connections may pass; that is not proven by this.",
)
LOOP = Row(
    19,
    "loop",
    "high",
    "packets for {target} go round in a loop between {where} ({operator}) and don't arrive.",
    "A loop can pass by itself in some minutes; who caused it is not proven by this.",
)
LOSS = Row(
    21,
    "loss",
    "medium",
    "about {percent} % of packets to {target} are lost, from {operator} on ({where}).",
    f"{_WAY_BACK} The number is a sample.",
)
LOSS_BETWEEN = Row(
    23,
    "loss-between",
    "medium",
    "about {percent} % of packets to {target} are lost, between {operator} and {next} ({where}).",
    f"Which of the two is not proven by this. {_WAY_BACK} The number is a sample.",
)
LOSS_AT_END = Row(
    21,
    "loss-at-end",
    "low",
    "about {percent} % of our test packets to the machine of {target} get no answer.",
    "It may ration its answers to tests: this alone does not prove a loss.",
    "destination",
)
ONE_VERSION = Row(
    22, "one-version", "certain", "the site {target} works over {works}, not over {fails}."
)
BETWEEN = Row(
    23,
    "between",
    "medium",
    "the path stops between {operator} and {next}, after {where}.",
    f"Which of the two is not proven by this. {_WAY_BACK}",
    "transit",
)
NO_STATEMENT = Row(
    24,
    "no-statement",
    "none",
    "our measuring host itself seems to be cut off from the rest of the Internet.",
    "This says nothing about {target}.",
)
NOBODY_ANSWERS = Row(
    0,
    "nobody-answers",
    "low",
    "nothing on the way to {target} answers, while other sites answer us.",
    "Where it stops can't be seen: this alone does not prove a fault.",
)
STOPS = Row(
    0,
    "stops-after",
    "low",
    "nothing answers at {target}; the last to answer on the way was {where}.",
    "Whose that is, is not known, and stars can be a firewall: this alone does not prove a fault.",
)
TOO_LONG = Row(
    0,
    "too-long",
    "low",
    "packets for {target} had not arrived after 30 hops; the last to answer was {where}.",
    "This alone does not prove a fault.",
)
