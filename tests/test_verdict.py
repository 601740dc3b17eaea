"""What a customer is told, written from topology and fault: each row of the table is a test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.facts import Hop
from netdesk.trace import NO_PROBE, OFF_LIMITS, REFUSED, Run
from tests import verdicts as the
from tests.verdicts import (
    CLOUD,
    DEST,
    INSIDE,
    NO_SERVICE,
    OTHER,
    OURS,
    OUTSIDE,
    SEEN,
    SITE,
    TARGET,
    TRANSIT,
    WORKS,
    names,
    path,
    run,
    service,
    silence,
    way,
)
from traceroute.verdict import verdict

# From inside: two routers of ours, two of the transit, two of the site's network, the site.
R1, R2, X1, X2, D1, D2 = (f"{net}{n}" for net in (OURS, TRANSIT, DEST) for n in (1, 2))
C1, Z1 = f"{CLOUD}1", f"{OTHER}1"  # from outside, by another transit

WHOLE = [*path(R1, R2, X1, X2, D1, D2, TARGET)]
WHOLE_OUTSIDE = [*path(C1, Z1, D1, D2, TARGET)]
DEAD_IN_X = [*path(R1, R2, X1), *silence(4)]
FINE = run(OUTSIDE, names(), way(WHOLE_OUTSIDE, WORKS, reached=True))
IF_YOURS = (
    "If it fails for you, the cause is likely on your line or device, or in our network; that "
    "alone is not proven."
)
IF_YOURS_INSIDE = IF_YOURS.replace(", or in our network", "")
BACK = "The way back may be another one, and be at fault."
IN_X = {1: (10, 0), 2: (10, 0), 3: (10, 0), 4: (10, 3), 5: (10, 2), 6: (10, 3), 7: (20, 7)}
LOSES_IN_X = (
    "About 28 % of packets to www.example.com are lost, from Example Transit on: 198.18.1.2 "
    "(hop 4). " + BACK + " The number is a sample."
)
CANT_TELL = "Whether the machine or the network before it fails is not proven by this."


def inside(*facts, **given):
    return run(INSIDE, names(), way(*facts, **given))


def outside(*facts, **given):
    return run(OUTSIDE, names(), way(*facts, **given))


ROWS = [
    (
        "1 no such name",
        [run(OUTSIDE, names("no-such-name", "no-such-name", "failed"))],
        "no-such-name", "high",
        "There is no such name as www.example.com: check the spelling. If it worked before, its "
        "registration may have run out.",
    ),
    (
        "1 no such name, all agree",
        [run(OUTSIDE, names(*["no-such-name"] * 3))],
        "no-such-name", "certain",
        "There is no such name as www.example.com: check the spelling. If it worked before, its "
        "registration may have run out.",
    ),
    (
        "1 a name without an address",
        [run(OUTSIDE, names(*["no-address"] * 3))],
        "no-address", "certain",
        "The name www.example.com exists, but has no address: no site can be reached under it. It "
        "may be meant for mail alone, or its owner made a mistake.",
    ),
    (
        "1 no address of the version that was asked for",
        [run(OUTSIDE, names())],
        "no-such-version", "certain",
        "The name www.example.com has no address of that version of IP. By the other version it "
        "may work: that was not asked for.",
    ),
    (
        "2 our name servers",
        [run(INSIDE, names("failed", "found", "found"), way(WHOLE, WORKS, reached=True)), FINE],
        "our-name-servers", "certain",
        "Our name servers fail for www.example.com; the site itself exists. This does not prove "
        "that the site works.",
    ),
    (
        "2 the name server of a host outside is not ours",
        [run(OUTSIDE, names("failed", "found"), way(WHOLE_OUTSIDE, WORKS, reached=True))],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "3 the site's name servers",
        [run(OUTSIDE, names("failed", "failed", "failed"))],
        "name-servers-silent", "high",
        SEEN + "the site's own name servers do not answer for www.example.com, so its address is "
        "not known. Whether they are at fault, or the way to them, is not proven by this.",
    ),
    (
        "4 a private address",
        [run(OUTSIDE, names(), state="failed", reason=REFUSED)],
        "refused-address", "certain",
        "The name www.example.com points to an address that is not on the public Internet, so it "
        "can't be reached from outside its own network. Only the owner of the name can change "
        "that.",
    ),
    (
        "5 all is well, from inside",
        [inside(WHOLE, WORKS, reached=True), FINE],
        "answers", "certain",
        "The site www.example.com answers us now (12 ms). " + IF_YOURS_INSIDE,
    ),
    (
        "5 all is well, from outside",
        [FINE],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "5 a silent hop and a slow one on a good way are no fault",
        [outside(path(C1, None, Z1, D1, TARGET), WORKS, reached=True)],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "6 a certificate that has run out",
        [outside(WHOLE_OUTSIDE, service(tls="expired", status=None), reached=True)],
        "certificate", "certain",
        SEEN + "the site www.example.com can be reached; its security certificate is the problem: "
        "it has run out. Whether the site works behind it was not tried.",
    ),
    (
        "6 a certificate of another name",
        [inside(WHOLE, service(tls="wrong-name", status=None), reached=True)],
        "certificate", "certain",
        "The site www.example.com can be reached; its security certificate is the problem: it is "
        "for another name. Whether the site works behind it was not tried.",
    ),
    (
        "7 the server reports a fault",
        [outside(WHOLE_OUTSIDE, service(status=503), reached=True)],
        "server-fault", "certain",
        SEEN + "the network is fine; the site's server reports a fault (503). Why it does so can't "
        "be seen from outside.",
    ),
    (
        "7 the server says nothing",
        [outside(WHOLE_OUTSIDE, service(status=None), reached=True)],
        "server-fault", "high",
        SEEN + "connections to www.example.com stand, but its server says nothing. It may be "
        "overloaded, or something on the way loses large packets.",
    ),
    (
        "6 no secure connection",
        [outside(WHOLE_OUTSIDE, service(tls="failed", status=None), reached=True)],
        "certificate", "high",
        SEEN + "the site www.example.com can be reached, but no secure connection to it comes "
        "about. Its server may be at fault, or something on the way that loses large packets.",
    ),
    (
        "21 where packets get lost, a server that says nothing is no fault of its own",
        [inside(WHOLE, service(tls="failed", status=None), the.losses(IN_X), reached=True)],
        "loss", "medium",
        LOSES_IN_X,
    ),
    (
        "8 the service is off",
        [outside(WHOLE_OUTSIDE, the.REFUSED, reached=True)],
        "service-off", "certain",
        SEEN + "the machine of www.example.com can be reached; the web service on it is switched "
        "off. Whether that is meant can't be seen from outside.",
    ),
    (
        "8 turned away by somebody who ignores traces",
        [outside(path(C1, Z1, D1), silence(4), the.REFUSED)],
        "service-off", "high",
        SEEN + "connections to www.example.com are turned away at once: its web service is "
        "switched off, or a firewall refuses us. Which of the two is not proven by this.",
    ),
    (
        "9 one port turns us away, the other is blocked",
        [outside(WHOLE_OUTSIDE, service("silent"), service("refused", port=80), reached=True)],
        "port-blocked", "high",
        SEEN + "the machine of www.example.com can be reached, but its web port is blocked there. "
        "A firewall that blocks us may let you pass; that is not proven by this.",
    ),
    (
        "9 plain web answers, secure web is silent",
        [outside(WHOLE_OUTSIDE, service("silent"), service(port=80), reached=True)],
        "no-secure-web", "high",
        SEEN + "the plain web of www.example.com answers us (port 80), its secure web (port 443) "
        "does not. A firewall that blocks us may let you pass; that is not proven by this.",
    ),
    (
        "5 a site without secure web refuses it",
        [outside(WHOLE_OUTSIDE, service("refused"), service(port=80), reached=True)],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "21 who answers TCP alone loses no packets",
        [outside(WHOLE_OUTSIDE, WORKS, the.losses({5: (25, 25)}), reached=True)],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "22 a host whose IPv6 shows nothing spoils no good verdict",
        [run(OUTSIDE, names(), way(WHOLE_OUTSIDE, WORKS, reached=True),
             way(silence(1), NO_SERVICE, version=6, online=None))],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "24 a host without that version of IP",
        [run(OUTSIDE, names(), way(version=6, progress="no-way", online=False))],
        "not-spoken", "none",
        "Our measuring host does not speak that version of IP, and www.example.com was not asked "
        "by another. This says nothing about www.example.com.",
    ),
    (
        "4 a machine of the desk's own",
        [run(OUTSIDE, names(), state="failed", reason=OFF_LIMITS)],
        "off-limits", "none",
        "The address www.example.com belongs to a machine that our measuring host must not trace. "
        "This says nothing about www.example.com.",
    ),
    (
        "4 what one host may not trace, another one has",
        [run(INSIDE, names(), state="failed", reason=REFUSED), FINE],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "24 a host that is cut off leaves it to the other",
        [run(INSIDE, way(silence(1), NO_SERVICE, online=False)),
         run(OUTSIDE, way(WHOLE_OUTSIDE, WORKS, reached=True))],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "a trace that was cut short is judged by nobody",
        [outside(path(C1, Z1), NO_SERVICE, progress="begun")],
        "stops-after", "low",
        SEEN + "nothing answers at www.example.com; the last to answer on the way was 198.18.2.1 "
        "(hop 2). Whose that is, is not known, and a firewall can be silent: this alone does not "
        "prove a fault.",
    ),
    (
        "9 the port is blocked",
        [outside(WHOLE_OUTSIDE, NO_SERVICE, reached=True)],
        "port-blocked", "high",
        SEEN + "the machine of www.example.com can be reached, but its web port is blocked there. "
        "A firewall that blocks us may let you pass; that is not proven by this.",
    ),
    (
        "10 stars, and the service answers",
        [outside(path(C1, Z1, D1), silence(4), WORKS)],
        "answers-untraced", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). That nobody answers at the end of "
        "the path is a firewall that ignores traces; no fault. " + IF_YOURS,
    ),
    (
        "11 in our network",
        [inside(path(R1), silence(2), NO_SERVICE, online=False), FINE],
        "ours", "high",
        "The fault is in our network, after 192.0.2.1 (hop 1). Which part failed is not proven by "
        "this.",
    ),
    (
        "11 seen from outside alone it is no certainty",
        [outside(path(C1, Z1, R2), silence(4), NO_SERVICE)],
        "ours-likely", "medium",
        SEEN + "the path stops inside Jet.Net's own network, after 192.0.2.2 (hop 3). Whose fault "
        "it is, a host outside can't tell for certain. " + BACK,
    ),
    (
        "12 at our border",
        [inside(path(R1, R2), silence(3), NO_SERVICE), FINE],
        "our-border", "medium",
        "The path stops at our border, after 192.0.2.2 (hop 2), before it enters the next network; "
        "other sites answer us. We can't yet tell our side from theirs.",
    ),
    (
        "13 in transit, and the second host stops there, too",
        [
            inside(DEAD_IN_X, NO_SERVICE),
            outside(path(C1, X1), silence(3), NO_SERVICE),
        ],
        "transit", "high",
        "The path stops inside the network of Example Transit, or where it hands on to the next: "
        "the last to answer was 198.18.1.1 (hop 3). Which side of a hand-over fails is not proven "
        "by this. " + BACK,
    ),
    (
        "13 in transit, seen by one host",
        [inside(DEAD_IN_X, NO_SERVICE)],
        "transit", "medium",
        "The path stops inside the network of Example Transit, or where it hands on to the next: "
        "the last to answer was 198.18.1.1 (hop 3). Which side of a hand-over fails is not proven "
        "by this. " + BACK,
    ),
    (
        "13 in transit, seen from outside",
        [outside(path(C1, Z1), silence(3), NO_SERVICE)],
        "transit", "medium",
        SEEN + "the path stops inside the network of Other Transit, or where it hands on to the "
        "next: the last to answer was 198.18.2.1 (hop 2). Which side of a hand-over fails is not "
        "proven by this. " + BACK,
    ),
    (
        "14 only the way via one transit",
        [inside(DEAD_IN_X, NO_SERVICE), FINE],
        "transit-detour", "high",
        "Only the way via Example Transit is broken, after 198.18.1.1 (hop 3); other ways to "
        "www.example.com work. We can ask for rerouting. " + BACK,
    ),
    (
        "15 at the destination",
        [
            inside(path(R1, R2, X1, X2, D1), silence(6), NO_SERVICE),
            outside(path(C1, Z1, D1), silence(4), NO_SERVICE),
        ],
        "destination", "high",
        "Our network and the backbone deliver to Example Hosting; it stops there, after "
        "203.0.113.1 (hop 5). " + CANT_TELL,
    ),
    (
        "15 by two ways up to the destination",
        [
            inside(path(R1, R2, X1, X2), silence(5), NO_SERVICE),
            outside(path(C1, Z1), silence(3), NO_SERVICE),
        ],
        "destination", "medium",
        "Our network and the backbone deliver up to Example Hosting, by two ways; it stops there, "
        "after 198.18.1.2 (hop 4). " + CANT_TELL,
    ),
    (
        "15 at the destination, seen from outside",
        [outside(path(C1, Z1, D1), silence(4), NO_SERVICE)],
        "destination", "medium",
        SEEN + "the path gets to Example Hosting, where www.example.com stands, and stops there, "
        "after 203.0.113.1 (hop 3). Whether the machine or the network before it fails is not "
        "proven by this, nor that your own way there is free.",
    ),
    (
        "16 the machine is off",
        [outside(path(C1, Z1, D1, D2, mark="!H"), NO_SERVICE)],
        "host-unreachable", "high",
        SEEN + "the network of www.example.com (Example Hosting) says that the machine is off: "
        "203.0.113.2 (hop 4) answers so. Whether it is switched off or cut off is not proven by "
        "this.",
    ),
    (
        "16 another network says so",
        [outside(path(C1, Z1, mark="!H"), NO_SERVICE)],
        "host-unreachable", "medium",
        SEEN + "Other Transit says that the machine of www.example.com can't be reached: "
        "198.18.2.1 (hop 2) answers so. Whether it is switched off or cut off, and by whom, is not "
        "proven by this.",
    ),
    (
        "17 no route",
        [inside(path(R1, R2, X1, mark="!N"), NO_SERVICE)],
        "no-route", "high",
        "Example Transit has no route to www.example.com: 198.18.1.1 (hop 3) answers so. Whether "
        "the cause is there or further on is not proven by this.",
    ),
    (
        "18 prohibited",
        [outside(path(C1, Z1, D1, mark="!X"), NO_SERVICE)],
        "blocked", "high",
        SEEN + "Example Hosting blocks this connection to www.example.com on purpose: 203.0.113.1 "
        "(hop 3) answers so. Other kinds of connections may pass; that is not proven by this.",
    ),
    (
        "18 rejected",
        [outside(path(C1, Z1, D1, mark="!P"), NO_SERVICE)],
        "blocked", "high",
        SEEN + "Example Hosting blocks this connection to www.example.com on purpose: 203.0.113.1 "
        "(hop 3) answers so. Other kinds of connections may pass; that is not proven by this.",
    ),
    (
        "19 a loop",
        [inside(path(R1, R2, *[X1, X2] * 14), NO_SERVICE)],
        "loop", "high",
        "Packets for www.example.com go round in a loop between 198.18.1.1 and 198.18.1.2 "
        "(Example Transit) and don't arrive. A loop can pass by itself in some minutes; who "
        "caused it is not proven by this.",
    ),
    (
        "19 a loop between two networks names both",
        [inside(path(R1, *[R2, X1] * 2), silence(6), NO_SERVICE)],
        "loop", "high",
        "Packets for www.example.com go round in a loop between 192.0.2.2 and 198.18.1.1 (Jet.Net "
        "and Example Transit) and don't arrive. A loop can pass by itself in some minutes; who "
        "caused it is not proven by this.",
    ),
    (
        "20 loss at one hop alone is nothing",
        [outside(WHOLE_OUTSIDE, WORKS, the.losses({1: (20, 0), 2: (20, 14), 3: (20, 0), 4: (20, 0),
                                                   5: (30, 0)}), reached=True)],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "21 loss from a hop on to the end",
        [inside(WHOLE, WORKS, the.losses(IN_X), reached=True)],
        "loss", "medium",
        LOSES_IN_X,
    ),
    (
        "21 behind a border it is the one or the other",
        [outside(WHOLE_OUTSIDE, WORKS, the.losses({1: (10, 0), 2: (10, 0), 3: (10, 3), 4: (10, 2),
                                                   5: (20, 7)}), reached=True)],
        "loss-between", "medium",
        SEEN + "about 28 % of packets to www.example.com are lost, between Other Transit and "
        "Example Hosting: 203.0.113.1 (hop 3). Which of the two is not proven by this. The way "
        "back may be another one, and be at fault. The number is a sample.",
    ),
    (
        "21 a router that rations and one lost packet are no loss",
        [outside(WHOLE_OUTSIDE, WORKS, the.losses({1: (6, 5), 2: (6, 0), 3: (6, 0), 4: (6, 0),
                                                   5: (16, 2)}), reached=True)],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "21 one lost packet is chance",
        [outside(WHOLE_OUTSIDE, WORKS, the.losses({5: (20, 1)}), reached=True)],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "21 loss at the end alone may be the machine's own rationing",
        [outside(WHOLE_OUTSIDE, WORKS, the.losses({3: (10, 0), 4: (10, 0), 5: (20, 10)}),
                 reached=True)],
        "loss-at-end", "low",
        SEEN + "about 48 % of our test packets to the machine of www.example.com get no answer. It "
        "may ration its answers to tests: this alone does not prove a loss.",
    ),
    (
        "22 IPv4 alone works",
        [run(OUTSIDE, names(), way(WHOLE_OUTSIDE, WORKS, reached=True),
             way(path("2001:db8:1::1"), silence(2), NO_SERVICE, version=6))],
        "only-ipv4", "medium",
        SEEN + "the site www.example.com works over IPv4, not over IPv6. Over IPv6: the path stops "
        "inside the network of Example Transit, or where it hands on to the next: the last to "
        "answer was 2001:db8:1::1 (hop 1). Which side of a hand-over fails is not proven by this. "
        + BACK,
    ),
    (
        "22 IPv6 alone works",
        [run(OUTSIDE, names(), way(path(C1, Z1, mark="!N"), NO_SERVICE),
             way(path("2001:db8:1::1", the.TARGET6), WORKS, reached=True, version=6))],
        "only-ipv6", "high",
        SEEN + "the site www.example.com works over IPv6, not over IPv4. Over IPv4: Other Transit "
        "has no route to www.example.com: 198.18.2.1 (hop 2) answers so. Whether the cause is "
        "there or further on is not proven by this.",
    ),
    (
        "22 a host without IPv6 says nothing of it",
        [run(OUTSIDE, names(), way(WHOLE_OUTSIDE, WORKS, reached=True),
             way(version=6, progress="no-way", online=False))],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "22 a host whose IPv6 leads nowhere says nothing of it",
        [run(OUTSIDE, names(), way(WHOLE_OUTSIDE, WORKS, reached=True),
             way(silence(1), NO_SERVICE, version=6, online=False))],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "23 loss behind a silent hop at a border",
        [inside(path(R1, R2, None, X2, D1, TARGET), WORKS,
                the.losses({1: (10, 0), 2: (10, 0), 4: (10, 3), 5: (10, 4), 6: (20, 8)}),
                reached=True)],
        "loss-between", "medium",
        "About 35 % of packets to www.example.com are lost, between Jet.Net and Example Transit: "
        "198.18.1.2 (hop 4). Which of the two is not proven by this. The way back may be another "
        "one, and be at fault. The number is a sample.",
    ),
    (
        "23 another host passes through the same network",
        [
            inside(DEAD_IN_X, NO_SERVICE),
            outside(path(C1, X2, D1, D2, TARGET), WORKS, reached=True),
        ],
        "between", "medium",
        "The path stops between Example Transit and Example Hosting, after 198.18.1.1 (hop 3). "
        "Which of the two is not proven by this. " + BACK,
    ),
    (
        "24 our measuring host is cut off",
        [outside(silence(1), NO_SERVICE, online=False)],
        "no-statement", "none",
        SEEN + "our measuring host itself seems to be cut off from the rest of the Internet. This "
        "says nothing about www.example.com.",
    ),
    (
        "24 it hears a router or two, and nothing behind them",
        [outside(path(C1), silence(2), NO_SERVICE, online=False)],
        "no-statement", "none",
        SEEN + "our measuring host itself seems to be cut off from the rest of the Internet. This "
        "says nothing about www.example.com.",
    ),
    (
        "nobody on the way answers, others do",
        [outside(silence(1), NO_SERVICE)],
        "nobody-answers", "low",
        SEEN + "nothing on the way to www.example.com answers, while other sites answer us. Where "
        "it stops can't be seen: this alone does not prove a fault.",
    ),
    (
        "a router that nobody knows",
        [outside(path(C1, "240.0.0.7"), silence(3), NO_SERVICE)],
        "stops-after", "low",
        SEEN + "nothing answers at www.example.com; the last to answer on the way was 240.0.0.7 "
        "(hop 2). Whose that is, is not known, and a firewall can be silent: this alone does not "
        "prove a fault.",
    ),
    (
        "a way of more than thirty hops",
        [outside(path(*[f"{TRANSIT}{n}" for n in range(1, 31)]), NO_SERVICE)],
        "too-long", "low",
        SEEN + "packets for www.example.com had not arrived after 30 hops; the last to answer was "
        "198.18.1.30 (hop 30). This alone does not prove a fault.",
    ),
    (
        "the probe is away",
        [Run("outside", "failed", reason=NO_PROBE)],
        "no-probe", "none",
        "Our measuring host is away at the moment, so nothing was measured. This says nothing "
        "about www.example.com: please try again later.",
    ),
    (
        "one is away, the other tells",
        [Run("inside", "failed", reason=NO_PROBE), FINE],
        "answers", "certain",
        SEEN + "the site www.example.com answers us now (12 ms). " + IF_YOURS,
    ),
    (
        "it died on the way: what it had found is no evidence",
        [run(OUTSIDE, names(), way(path(C1)), state="failed")],
        "unfinished", "none",
        "The trace could not be finished. This says nothing about www.example.com: please try "
        "again.",
    ),
    (
        "still under way",
        [run(OUTSIDE, names(), way(path(C1)), state="running"), FINE],
        "pending", "none",
        "The trace of the way to www.example.com is not finished yet.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("runs", "code", "confidence", "sentence"),
    [row[1:] for row in ROWS],
    ids=[row[0] for row in ROWS],
)
def test_what_is_seen_is_said(runs, code, confidence, sentence):
    said = verdict(SITE, runs, the.provider())
    assert (said.code, said.confidence, said.sentence) == (code, confidence, sentence)


def test_every_row_of_the_decision_table_is_here():
    """But 20, which says nothing, and 25, which is the status page's."""
    shown = {verdict(SITE, runs, the.provider()).row for _, runs, *_ in ROWS}
    assert shown >= set(range(1, 25)) - {20}


@pytest.mark.parametrize(
    ("runs", "where", "after", "side"),
    [
        ([inside(DEAD_IN_X, NO_SERVICE)], X1, 3, "transit"),
        ([inside(path(R1), silence(2), NO_SERVICE, online=False)], R1, 1, "ours"),
        ([outside(path(C1, Z1, D1), silence(4), NO_SERVICE)], D1, 3, "destination"),
        ([inside(path(R1, R2, *[X1, X2] * 4), NO_SERVICE)], f"{X1} and {X2}", 3, ""),
        ([inside(path(R1, R2, mark="!N"), NO_SERVICE)], R2, 2, "ours"),
        ([inside(path(R1, "240.0.0.7", mark="!N"), NO_SERVICE)], "240.0.0.7", 2, ""),
        ([FINE], "", None, ""),
        ([Run("outside", "failed", reason=NO_PROBE)], "", None, ""),
    ],
)
def test_where_it_breaks_and_whose_it_is(runs, where, after, side):
    said = verdict(SITE, runs, the.provider())
    assert (said.where, said.after, said.side) == (where, after, side)


@pytest.mark.parametrize(
    "addresses",
    [
        [X1] * 6,  # one address: a router that counts badly
        [X1, X2, X1],  # no two cycles
        [X1, None, X1, None],  # a silent hop proves nothing
        [X1, X2, None, X1, X2],
    ],
    ids=str,
)
def test_what_is_no_loop(addresses):
    found = inside(path(*addresses), silence(len(addresses) + 1), NO_SERVICE)
    assert verdict(SITE, [found], the.provider()).code == "transit"


def test_one_packet_per_hop_names_nobody():
    once = [(kind, given | {"tries": 1}) for kind, given in silence(4)]
    said = verdict(SITE, [inside(path(R1, R2, X1), once, NO_SERVICE)], the.provider())
    assert (said.code, said.operator) == ("stops-after", "")


def test_what_a_router_calls_itself_is_no_evidence():
    """A reverse name is its owner's own text."""
    found = inside(path(R1, "198.51.99.1"), silence(3), NO_SERVICE)
    network = the.Network(900, "198.51.99.1", None, "", "border.example-hosting.example")
    said = verdict(SITE, [Run("inside", "done", (*found.facts, network))], the.provider())
    assert said.code == "stops-after"
    assert "border" not in said.sentence


def test_two_owners_of_one_hop_name_nobody():
    said = verdict(SITE, [inside(path(R1, (X1, D1)), silence(3), NO_SERVICE)], the.provider())
    assert said.code == "stops-after"


CONNECTS = st.sampled_from([WORKS, NO_SERVICE, the.REFUSED, service(tls="failed", status=None), []])
ADDRESSES = st.sampled_from([R1, R2, X1, X2, D1, D2, Z1, TARGET, None, "240.0.0.1"])
MARKS = st.sampled_from(["", "!N", "!H", "!X", "!P"])
PATHS = st.lists(ADDRESSES, min_size=1, max_size=8)
WAYS = st.builds(
    way,
    st.builds(lambda hops, mark: path(*hops, mark=mark), PATHS, MARKS),
    CONNECTS,
    reached=st.booleans(),
    online=st.booleans(),
)  # fmt: skip
RUNS = st.builds(
    run,
    st.sampled_from([INSIDE, OUTSIDE]),
    st.sampled_from([names(), names("failed", "found"), []]),
    WAYS,
    state=st.sampled_from(["queued", "running", "done", "failed"]),
    reason=st.sampled_from(["", "", NO_PROBE, REFUSED]),
)


@given(st.lists(RUNS, min_size=1, max_size=2, unique_by=lambda run: run.probe))
def test_every_run_has_a_sentence_that_keeps_the_rules(runs):
    said = verdict("{0}", runs, the.provider())
    assert said.sentence.endswith(".")
    assert "{" not in said.sentence.replace("{0}", "")
    measured = [run.probe for run in runs if run.state == "done"]
    places = ("ours", "our-border", "transit-detour")  # rows 11, 12 and 14 need a host inside
    if "inside" not in measured:
        assert said.code not in places
        assert not (said.side == "ours" and said.confidence == "certain")
    if any(run.state in ("queued", "running") for run in runs):
        assert said.code == "pending"


@given(WAYS)
def test_no_silence_is_a_fault_while_the_service_answers(facts):
    working = [(k, g) for k, g in facts if k is not the.Service] + way(WORKS)[1:3]
    said = verdict(SITE, [run(OUTSIDE, names(), working)], the.provider())
    assert said.good


@given(st.lists(st.builds(Hop, n=st.just(1), ttl=st.integers(1, 30)), max_size=3))
def test_numbers_may_come_in_any_order(hops):
    assert verdict(SITE, [Run("outside", "done", tuple(hops))], the.provider()).code == "unfinished"
