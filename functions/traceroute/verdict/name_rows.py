"""The sentences of rows 1 to 4 and 24: names, and whether anything was measured at all."""

from traceroute.verdict.row import Row

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
NO_SUCH_VERSION = Row(
    1,
    "no-such-version",
    "certain",
    "the name {target} has no address of that version of IP.",
    "By the other version it may work: that was not asked for.",
)
NOT_SPOKEN = Row(
    0,
    "not-spoken",
    "none",
    "our measuring host does not speak that version of IP, and {target} was not asked by another.",
    "This says nothing about {target}.",
)
OFF_LIMITS = Row(
    4,
    "off-limits",
    "none",
    "the address {target} belongs to a machine that our measuring host must not trace.",
    "This says nothing about {target}.",
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
NO_STATEMENT = Row(
    24,
    "no-statement",
    "none",
    "our measuring host itself seems to be cut off from the rest of the Internet.",
    "This says nothing about {target}.",
)
