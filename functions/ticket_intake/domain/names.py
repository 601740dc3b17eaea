"""Domain names as people type them: what they are for machines, and whether they can be ordered."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from netdesk.refused import Refused
from netdesk.text import safe
from ticket_intake.domain import scripts

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_LONGEST = 253  # RFC 1035 section 2.3.4, written with dots
_LONGEST_LABEL = 63
_SUCH_AS = "Enter a name such as example.com."
_URL = re.compile(r"[a-z][a-z0-9+.-]{0,20}://|[/?#@:\\]", re.IGNORECASE)
_DOTS = re.compile("[.\u3002\uff0e\uff61]")  # UTS 46 section 2.3
# RFC 2606 keeps .example for tries such as this desk's own; nobody can register it, so no list
# of endings has it.
_SAMPLE = "example"


@dataclass(frozen=True)
class Name:
    """A name as people read it and as machines do, lower case, without a dot at its end."""

    unicode: str
    ascii: str

    def __str__(self) -> str:
        return self.unicode if self.unicode == self.ascii else f"{self.unicode} ({self.ascii})"


def parse(text: str) -> Name:
    """The name in this text, if it is one that a person can own; raises Refused."""
    name = host(text)
    _check_ending(name)
    _check_looks(name)
    return name


def host(text: str) -> Name:
    """The name in this text, of a domain or of a machine; raises Refused."""
    typed = text.strip()
    _check_typed(typed)
    labels = _DOTS.split(typed)
    labels = labels[:-1] if labels[-1] == "" else labels
    for label in labels:
        _check_label(label)
    name = _both_forms(".".join(labels))
    if len(name.ascii) > _LONGEST:
        raise Refused(f"A name has {_LONGEST} letters at most. {_SUCH_AS}")
    if "." not in name.ascii:
        raise Refused(f"The ending is missing, such as .com. {_SUCH_AS}")
    if name.ascii.rpartition(".")[2].isdigit():
        raise Refused(f"That is a number, not a name. {_SUCH_AS}")
    return name


def _check_typed(typed: str) -> None:
    if not typed:
        raise Refused(_SUCH_AS)
    if len(typed) > _LONGEST:
        raise Refused(f"A name has {_LONGEST} letters at most. {_SUCH_AS}")
    if found := _URL.search(typed):
        raise Refused(f"Leave out {found[0]} and all that is not the name, such as example.com.")
    if safe(typed) != typed or any(unicodedata.category(one)[0] == "C" for one in typed):
        raise Refused(f"There is an invisible character in it: type it anew. {_SUCH_AS}")
    if any(one.isspace() for one in typed):
        raise Refused(f"A name has no spaces, and this field takes one name. {_SUCH_AS}")


def _check_label(label: str) -> None:
    """What can be said better than that a standard forbids it."""
    if not label:
        raise Refused(f"Two dots stand side by side, or one at the beginning. {_SUCH_AS}")
    if len(label) > _LONGEST_LABEL:
        raise Refused(f"Between two dots a name has {_LONGEST_LABEL} letters at most. {_SUCH_AS}")
    if label[0] == "-" or label[-1] == "-":
        raise Refused(f"No part of a name begins or ends with a hyphen. {_SUCH_AS}")
    if "_" in label:
        raise Refused(f"An underscore (_) can't be in a name: use a hyphen (-). {_SUCH_AS}")
    if label[2:4] == "--" and label[:4].lower() != "xn--":  # RFC 5891 section 4.2.3.1
        raise Refused(f"Two hyphens can't be the third and fourth letter. {_SUCH_AS}")


def _both_forms(text: str) -> Name:
    import idna

    try:
        ascii_form = idna.encode(text, uts46=True, std3_rules=True).decode("ascii")
        return Name(idna.decode(ascii_form), ascii_form)
    except (idna.IDNAError, UnicodeError):
        raise Refused(
            f"A name is made of letters, digits and hyphens, between two dots at most "
            f"{_LONGEST_LABEL} of them. {_SUCH_AS}"
        ) from None


def _check_ending(name: Name) -> None:
    ending = _ending(name.unicode)
    if not ending:
        last = name.unicode.rpartition(".")[2]
        raise Refused(
            f"We know of no names that end in .{last}: check how it is spelled. If that is right, "
            "ask us in a message."
        )
    if name.unicode == ending:
        raise Refused(f"{ending} is an ending that many share: put your own name before it.")
    own = name.unicode.removesuffix(f".{ending}").rpartition(".")[2] + f".{ending}"
    if name.unicode == f"www.{own}":
        raise Refused(f"Leave out www. and enter {own}: www. belongs to it by itself.")
    if name.unicode != own:
        raise Refused(f"Enter {own}: what stands before it belongs to it by itself.")


def _ending(name: str) -> str:
    """The part below which the public can register, empty if there is none that we know."""
    if name.rpartition(".")[2] == _SAMPLE:
        return _SAMPLE
    return _endings().publicsuffix(name) or ""


@cache
def _endings() -> "PublicSuffixList":
    """The part of https://publicsuffix.org/list/ that registries stand behind."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(accept_unknown=False, accept_encoded_idn=False, only_icann=True)


def _check_looks(name: Name) -> None:
    own, _, ending = name.unicode.partition(".")
    if scripts.mixed(own):
        raise Refused(
            "This mixes letters of different alphabets that look alike, as forged names do: "
            "write the whole name in one alphabet."
        )
    if scripts.looks_latin(own) and ending.isascii():
        raise Refused(
            f"Its letters are not Latin ones, though they look so: {name.ascii} would be taken "
            "for another name. Type it anew in Latin letters."
        )
