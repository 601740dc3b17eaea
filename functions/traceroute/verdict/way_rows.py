"""The sentences of rows 11 to 19 and 23: where the way ends, and in whose network."""

from traceroute.verdict.row import WAY_BACK, Row

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
    f"Whose fault it is, a host outside can't tell for certain. {WAY_BACK}",
    "ours",
)
OUR_BORDER = Row(
    12,
    "our-border",
    "medium",
    "the path stops at our border, after {where}, before it enters the next network; other sites "
    "answer us.",
    "We can't yet tell our side from theirs.",
)
TRANSIT = Row(
    13,
    "transit",
    "medium",
    "the path stops inside the network of {operator}, or where it hands on to the next: the last "
    "to answer was {where}.",
    f"Which side of a hand-over fails is not proven by this. {WAY_BACK}",
    "transit",
)
DETOUR = Row(
    14,
    "transit-detour",
    "high",
    "only the way via {operator} is broken, after {where}; other ways to {target} work. We can "
    "ask for rerouting.",
    WAY_BACK,
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
BETWEEN = Row(
    23,
    "between",
    "medium",
    "the path stops between {operator} and {next}, after {where}.",
    f"Which of the two is not proven by this. {WAY_BACK}",
    "transit",
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
    "Whose that is, is not known, and a firewall can be silent: this alone does not prove a fault.",
)
TOO_LONG = Row(
    0,
    "too-long",
    "low",
    "packets for {target} had not arrived after 30 hops; the last to answer was {where}.",
    "This alone does not prove a fault.",
)
