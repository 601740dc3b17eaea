"""The sentences of rows 5 to 10, 21 and 22: what the site itself shows."""

from traceroute.verdict.row import WAY_BACK, Row

ANSWERS = Row(
    5,
    "answers",
    "certain",
    "the site {target} answers us now ({ms} ms).",
    "If it fails for you, the cause is likely {yours}; that alone is not proven.",
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
NO_TLS = Row(
    6,
    "certificate",
    "high",
    "the site {target} can be reached, but no secure connection to it comes about.",
    "Its server may be at fault, or something on the way that loses large packets.",
    "destination",
)
MUTE = Row(
    7,
    "server-fault",
    "high",
    "connections to {target} stand, but its server says nothing.",
    "It may be overloaded, or something on the way loses large packets.",
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
HALF = Row(
    9,
    "no-secure-web",
    "high",
    "the plain web of {target} answers us (port 80), its secure web (port 443) does not.",
    "A firewall that blocks us may let you pass; that is not proven by this.",
    "destination",
)
UNTRACEABLE = Row(
    10,
    "answers-untraced",
    "certain",
    "the site {target} answers us now ({ms} ms). That nobody answers at the end of the path is a "
    "firewall that ignores traces; no fault.",
    "If it fails for you, the cause is likely {yours}; that alone is not proven.",
    good=True,
)
LOSS = Row(
    21,
    "loss",
    "medium",
    "about {percent} % of packets to {target} are lost, from {operator} on: {where}.",
    f"{WAY_BACK} The number is a sample.",
)
LOSS_BETWEEN = Row(
    23,
    "loss-between",
    "medium",
    "about {percent} % of packets to {target} are lost, between {operator} and {next}: {where}.",
    f"Which of the two is not proven by this. {WAY_BACK} The number is a sample.",
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
