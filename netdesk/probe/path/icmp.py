"""What an ICMP error means to a trace: the numbers of RFC 792, 1122, 1812 and 4443."""

import socket
import struct
from dataclasses import dataclass
from ipaddress import ip_address

from netdesk.facts import Mark

_V4, _V6 = int(socket.AF_INET), int(socket.AF_INET6)

# struct sock_extended_err of <linux/errqueue.h>, followed by the sockaddr of who sent the error.
_EXTENDED_ERROR = struct.Struct("=IBBBBII")
_FROM_ICMP = {_V4: 2, _V6: 3}  # SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6
_SENDER = {_V4: slice(4, 8), _V6: slice(8, 24)}
_SENDER_SIZE = {_V4: 4, _V6: 16}

_TIME_EXCEEDED = {_V4: 11, _V6: 3}
_UNREACHABLE = {_V4: 3, _V6: 1}
_PORT_UNREACHABLE = {_V4: 3, _V6: 4}
_MARKS: dict[int, dict[Mark, tuple[int, ...]]] = {  # by the code of an unreachable
    _V4: {"!N": (0, 5, 6, 11), "!H": (1, 7, 8, 12), "!P": (2, 3), "!X": (9, 10, 13, 14, 15)},
    _V6: {"!N": (0,), "!H": (2, 3), "!P": (4,), "!X": (1, 5, 6)},
}


@dataclass(frozen=True)
class Error:
    """One ICMP error off the error queue."""

    family: int
    kind: int
    code: int
    sender: str


@dataclass(frozen=True)
class Meaning:
    mark: Mark = ""
    last: bool = False  # nothing lies beyond: from the target, or from who won't pass it on
    reached: bool = False


def error(family: int, content: bytes) -> Error | None:
    """Read the control message of an IP_RECVERR; None if the error did not come by ICMP."""
    _, origin, kind, code, *_ = _EXTENDED_ERROR.unpack_from(content)
    packed = content[_EXTENDED_ERROR.size :][_SENDER[family]]
    if origin != _FROM_ICMP[family] or len(packed) != _SENDER_SIZE[family]:
        return None
    return Error(family, kind, code, str(ip_address(packed)))


def meaning(error: Error, target: str) -> Meaning | None:
    """None: nothing that a trace asks about."""
    at_target, family = error.sender == target, error.family
    if error.kind == _TIME_EXCEEDED[family] and error.code == 0:
        return Meaning()
    if error.kind != _UNREACHABLE[family]:
        return None
    if at_target and error.code == _PORT_UNREACHABLE[family]:
        return Meaning("", last=True, reached=True)
    for mark, codes in _MARKS[family].items():
        if error.code in codes:  # a target's own firewall answers !X or !P: we got there
            return Meaning(mark, last=True, reached=at_target and mark in ("!P", "!X"))
    return None
