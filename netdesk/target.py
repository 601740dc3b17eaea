"""What somebody wants traced: read by one strict grammar, and judged before any packet leaves."""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from netdesk.ranges import IP, NO_EXCEPTIONS, Network, Rules, networks, refusal
from netdesk.refused import Refused

__all__ = [
    "IP",
    "Address",
    "Host",
    "Network",
    "Refused",
    "Rules",
    "check",
    "networks",
    "parse",
    "refusal",
]

_LONGEST_TEXT = 2048
_LONGEST_NAME = 253  # RFC 1035 section 2.3.4, written with dots

_ENTER = "Enter the name or address of a public site, such as www.example.com."

_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_QUAD = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_DOTS = str.maketrans("\u3002\uff61", "..")  # RFC 3490 section 3.1; NFKC folds the fourth dot

# Names that mean something else, or nothing, outside their own network: RFC 6761, 6762, 7686,
# 8375, and ICANN's reservation of .internal.
_INSIDE = ("localhost", "local", "internal", "home.arpa", "onion")


@dataclass(frozen=True)
class Host:
    """A name in its ASCII form, lower case, without a dot at its end."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Address:
    ip: IP

    def __str__(self) -> str:
        return str(self.ip)


def parse(text: str) -> Host | Address:
    """The one thing that a text names; whether an address may be traced is for `refusal` to say."""
    host = _host_of(_cleaned(text))
    if ":" in host:
        return Address(_ipv6(host))
    host = host.translate(_DOTS).removesuffix(".")
    if _QUAD.fullmatch(host):
        return Address(_ipv4(host))
    return Host(_name(host))


def check(text: str, rules: Rules = NO_EXCEPTIONS) -> Host | Address:
    """Parse, and refuse a literal that must not be traced; a name is judged once resolved."""
    found = parse(text)
    sentence = refusal(found, rules) if isinstance(found, Address) else None
    if sentence:
        raise Refused(sentence)
    return found


def _cleaned(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise Refused(f"That is too long for a name or an address. {_ENTER}")
    folded = unicodedata.normalize("NFKC", text)
    # Both forms: NFKC makes spaces of some characters, and must not make a control vanish.
    if any(unicodedata.category(char).startswith("C") for char in text + folded):
        raise Refused(f"That has an invisible character in it. {_ENTER}")
    folded = folded.strip(" ")
    if not folded:
        raise Refused(_ENTER)
    if folded.startswith("-"):  # some program behind us might take it for an option
        raise Refused(f"A name does not begin with a hyphen. {_ENTER}")
    if any(unicodedata.category(char).startswith("Z") for char in folded):
        raise Refused(f"That has a space in it. {_ENTER}")
    return folded


def _host_of(text: str) -> str:
    """The host of a pasted URL: no scheme, no user, no port, no path."""
    if "\\" in text:  # browsers read it as a slash, other programs don't
        raise Refused(f"That has a backslash in it. {_ENTER}")
    rest = text[found.end() :] if (found := _SCHEME.match(text)) else text
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    bracketed = re.fullmatch(r"\[([^\[\]]*:[^\[\]]*)\](.*)", host)
    if bracketed:
        host, port = bracketed[1], bracketed[2]
    elif host.count(":") == 1:
        host, colon, digits = host.partition(":")
        port = colon + digits
    else:
        port = ""
    if not re.fullmatch(r"(?::[0-9]{0,5})?", port, re.ASCII):
        raise Refused(f"What follows the colon is not a port number. {_ENTER}")
    if not host:
        raise Refused(f"There is no name in that. {_ENTER}")
    return host


def _ipv4(text: str) -> IPv4Address:
    try:
        return IPv4Address(text)
    except ValueError:
        raise Refused(f"In an address no number is greater than 255. {_ENTER}") from None


def _ipv6(text: str) -> IP:
    if "%" in text:
        raise Refused(f"An address with a zone (%) means one cable of one machine. {_ENTER}")
    try:
        ip = IPv6Address(text)
    except ValueError:
        raise Refused(f"That has colons in it, but is not an IPv6 address. {_ENTER}") from None
    return ip.ipv4_mapped or ip  # one machine, one spelling


def _name(text: str) -> str:
    if len(text) > _LONGEST_NAME:
        raise Refused(f"A name has {_LONGEST_NAME} letters at most. {_ENTER}")
    name = text.lower() if text.isascii() else _ascii(text)
    labels = name.split(".")
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise Refused(
            "A name is made of letters, digits and hyphens between its dots, and no part begins "
            f"or ends with a hyphen. {_ENTER}"
        )
    # inet_aton reads 127.1, 0177.0.0.1, 2130706433 and 0x7f.1 as addresses: each ends in a number.
    if not labels[-1][0].isalpha():
        raise Refused(
            "That ends in a number, but is not an address of four plain numbers, such as "
            f"192.0.2.7. {_ENTER}"
        )
    if any(f".{name}".endswith(f".{inside}") for inside in _INSIDE):
        raise Refused(f"Such a name has a meaning only inside its own network. {_ENTER}")
    if len(labels) == 1:
        raise Refused(f"A public name has a dot in it. {_ENTER}")
    return name


def _ascii(text: str) -> str:
    import idna  # its tables take 40 ms, and few names need them

    try:
        return idna.encode(unicodedata.normalize("NFKC", text.lower())).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise Refused(f"That name has characters that no name may have. {_ENTER}") from None
