"""The map of the lab's internet: whose networks there are, who stands where, who sends what where.

    inside - r1 - r2 --- x1 - x2a/x2b - x3 --- d1 - d2 - target
                   |   /  |                    |
                   |  /   ctrl1                |
                   | c1 - outside              |
                   |  |                        |
                   +- z1 ----------------------+
                      |
                      ctrl2

Cables have no addresses: each node answers from its one address of each version, whoever asks.
"""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network


@dataclass(frozen=True)
class Operator:
    """One autonomous system, as its registry knows it."""

    asn: int
    v4: str
    v6: str
    title: str  # as Team Cymru prints it

    def address(self, host: int, version: int) -> str:
        network = ip_network(self.v4 if version == 4 else self.v6)
        return str(network[host] if version == 4 else network[int(str(host), 16)])


# DEST lives in a piece of TRANSIT's space: only the longest prefix tells whose an address is.
OPERATORS = {
    "OURS": Operator(64500, "198.18.0.0/20", "2001:db8::/36", "OURS-EXAMPLE Our Network, US"),
    "TRANSIT": Operator(
        64501, "198.18.16.0/20", "2001:db8:1000::/36", "TRANSIT-EXAMPLE Transit Example Inc., US"
    ),
    "DEST": Operator(
        64502, "198.18.28.0/22", "2001:db8:1f00::/40", "DEST-EXAMPLE Destination Hosting, DE"
    ),
    "OTHER": Operator(
        64503, "198.18.32.0/20", "2001:db8:2000::/36", "OTHER-EXAMPLE Other Transit Ltd, GB"
    ),
    "CLOUD": Operator(
        64504, "198.18.48.0/20", "2001:db8:3000::/36", "CLOUD-EXAMPLE Cloud Example LLC, US"
    ),
    "CTRL1": Operator(
        64505, "198.18.64.0/20", "2001:db8:4000::/36", "CTRL1-EXAMPLE First Control, FR"
    ),
    "CTRL2": Operator(
        64506, "198.18.80.0/20", "2001:db8:5000::/36", "CTRL2-EXAMPLE Second Control, NL"
    ),
}

NODES = {  # whose it is, and its number in that network
    "inside": ("OURS", 10),
    "r1": ("OURS", 1),
    "r2": ("OURS", 2),
    "outside": ("CLOUD", 10),
    "c1": ("CLOUD", 1),
    "x1": ("TRANSIT", 1),
    "x2a": ("TRANSIT", 2),
    "x2b": ("TRANSIT", 3),
    "x3": ("TRANSIT", 4),
    "z1": ("OTHER", 1),
    "d1": ("DEST", 1),
    "d2": ("DEST", 2),
    "target": ("DEST", 80),
    "ctrl1": ("CTRL1", 1),
    "ctrl2": ("CTRL2", 1),
}
NUMBERS = {node: number for number, node in enumerate(NODES, 1)}

CABLES = (  # the end that is nearer to a measuring host first
    ("inside", "r1"),
    ("r1", "r2"),
    ("r2", "x1"),
    ("r2", "z1"),
    ("outside", "c1"),
    ("c1", "x1"),
    ("c1", "z1"),
    ("x1", "x2a"),
    ("x1", "x2b"),
    ("x1", "ctrl1"),
    ("x2a", "x3"),
    ("x2b", "x3"),
    ("x3", "d1"),
    ("z1", "d1"),
    ("z1", "ctrl2"),
    ("d1", "d2"),
    ("d2", "target"),
)

# By operator, ALL is the rest; a neighbour's own address needs no line. Two names share the load,
# forth only: the way back is always x2a, so that x3 and all behind it answer on one way.
WAYS = {
    "inside": {"ALL": ("r1",)},
    "r1": {"ALL": ("r2",)},
    "r2": {"OURS": ("r1",), "OTHER": ("z1",), "CTRL2": ("z1",), "ALL": ("x1",)},
    "outside": {"ALL": ("c1",)},
    "c1": {"OTHER": ("z1",), "CTRL2": ("z1",), "DEST": ("z1",), "ALL": ("x1",)},
    "x1": {
        "OURS": ("r2",),
        "CLOUD": ("c1",),
        "CTRL1": ("ctrl1",),
        "TRANSIT": ("x2a", "x2b"),
        "DEST": ("x2a", "x2b"),
    },
    "x2a": {"DEST": ("x3",), "ALL": ("x1",)},
    "x2b": {"DEST": ("x3",), "ALL": ("x1",)},
    "x3": {"DEST": ("d1",), "ALL": ("x2a",)},
    "z1": {"OURS": ("r2",), "CLOUD": ("c1",), "CTRL2": ("ctrl2",), "DEST": ("d1",)},
    "d1": {
        "DEST": ("d2",),
        "CLOUD": ("z1",),
        "OTHER": ("z1",),
        "CTRL2": ("z1",),
        "ALL": ("x3",),
    },
    "d2": {"ALL": ("d1",)},
    "target": {"ALL": ("d2",)},
    "ctrl1": {"ALL": ("x1",)},
    "ctrl2": {"ALL": ("z1",)},
}
SHARED_TRANSIT = {  # where the second host's way lies when it leads over X too
    "c1": WAYS["c1"] | {"DEST": ("x1",)},
    "d1": WAYS["d1"] | {"CLOUD": ("x3",)},
}

# The addresses of d1 on a neighbour's network, where it answers from those (see world()).
FOREIGN = {"x3": ("TRANSIT", 14), "z1": ("OTHER", 14)}

RESOLVERS = {  # where they are, and their addresses (IPv4 only)
    "r1": OPERATORS["OURS"].address(53, 4),
    "c1": OPERATORS["CLOUD"].address(53, 4),
    "ctrl1": OPERATORS["CTRL1"].address(53, 4),
    "ctrl2": OPERATORS["CTRL2"].address(53, 4),
}
OWN_RESOLVER = {"inside": RESOLVERS["r1"], "outside": RESOLVERS["c1"]}
OTHER_RESOLVERS = (RESOLVERS["ctrl1"], RESOLVERS["ctrl2"])

TABLE = {  # what the routing table of this internet says: prefix -> (asn, title)
    prefix: (operator.asn, operator.title)
    for operator in OPERATORS.values()
    for prefix in (operator.v4, operator.v6)
}


def address(node: str, version: int = 4) -> str:
    owner, number = NODES[node]
    return OPERATORS[owner].address(number, version)


def foreign(neighbour: str, version: int = 4) -> str:
    """What d1 answers from towards this neighbour, if that one numbered the cable."""
    owner, number = FOREIGN[neighbour]
    return OPERATORS[owner].address(number, version)


def owner(of: str) -> tuple[str, int, str] | None:
    """The longest prefix that an address is in, its AS number and title."""
    found = [prefix for prefix in TABLE if ip_address(of) in ip_network(prefix)]
    if not found:
        return None
    longest = max(found, key=lambda prefix: ip_network(prefix).prefixlen)
    return longest, *TABLE[longest]


def path(where: str, shared_transit: bool = False) -> tuple[str, ...]:
    """The nodes on the way to the target; x2a/x2b is one or the other."""
    over_x = ("x1", "x2a/x2b", "x3", "d1", "d2", "target")
    if where == "inside":
        return "r1", "r2", *over_x
    return ("c1", *over_x) if shared_transit else ("c1", "z1", "d1", "d2", "target")
