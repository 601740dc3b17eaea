"""DS records, one to a line, as RFC 4034 section 5 writes them and RFC 8624 allows them."""

import re
from dataclasses import dataclass

from netdesk.refused import Refused
from ticket_intake.domain import names

_MOST = 8
_LONGEST_LINE = 1_000
_ALGORITHMS = (8, 13, 14, 15, 16)
_SHA1_ALGORITHMS = (3, 5, 6, 7)
_DIGEST_LETTERS = {2: 64, 4: 96}  # SHA-256 and SHA-384, in hexadecimal
_WRITE = "Write the four parts of a DS record: 12345 13 2 and the digest."
_NUMBER = re.compile(r"[0-9]{1,5}")
_HEX = re.compile(r"[0-9A-Fa-f]+")
# example.com. 3600 IN DS, in front of the four parts; RFC 1035 section 5.1 lets TTL and class swap.
_ZONE_WORDS = re.compile(r"(?:[0-9]{1,10}|IN)", re.IGNORECASE)


@dataclass(frozen=True)
class DS:
    key_tag: int
    algorithm: int
    digest_type: int
    digest: str

    def __str__(self) -> str:
        return f"{self.key_tag} {self.algorithm} {self.digest_type} {self.digest}"


def parse(text: str, domain: names.Name | None) -> tuple[DS, ...]:
    """The records of a list, none for an empty one; raises Refused with the line's number."""
    lines = [(at, line) for at, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) > _MOST:
        raise Refused(f"These are {len(lines)} DS records: at most {_MOST} are possible.")
    found: dict[DS, None] = {}
    for at, line in lines:
        try:
            found[_record(line[: _LONGEST_LINE + 1], domain)] = None
        except Refused as refusal:
            raise Refused(f"Line {at}: {refusal}") from None
    return tuple(found)


def _record(line: str, domain: names.Name | None) -> DS:
    if len(line) > _LONGEST_LINE:
        raise Refused(f"This is too long for a DS record. {_WRITE}")
    words = line.partition(";")[0].translate({ord("("): " ", ord(")"): " "}).split()
    tag, algorithm, kind, *digest = _without_owner(words, domain) + [""] * 3
    if not all(_NUMBER.fullmatch(word) for word in (tag, algorithm, kind)):
        raise Refused(_WRITE)
    record = DS(int(tag), int(algorithm), int(kind), "".join(digest).upper())
    _check(record)
    return record


def _without_owner(words: list[str], domain: names.Name | None) -> list[str]:
    """The four parts; in front of them may stand what a zone file has there."""
    kinds = [word.upper() for word in words[:4]]
    if "DS" not in kinds:
        return words
    at = kinds.index("DS")
    owner = [word for word in words[:at] if not _ZONE_WORDS.fullmatch(word)]
    if len(owner) > 1:
        raise Refused(_WRITE)
    if owner and owner[0] != "@" and domain and names.host(owner[0]).ascii != domain.ascii:
        raise Refused(f"This record is of {owner[0]}: enter those of {domain.unicode}.")
    return words[at + 1 :]


def _check(record: DS) -> None:
    if record.key_tag > 65_535:
        raise Refused("The first number, the key tag, is 65535 at most.")
    if record.algorithm in _SHA1_ALGORITHMS or record.digest_type == 1:
        raise Refused(
            "SHA-1 is no longer safe: make a key of algorithm 13 and a digest of type 2 (SHA-256)."
        )
    if record.algorithm not in _ALGORITHMS:
        raise Refused("The second number, the algorithm, is 8, 13, 14, 15 or 16.")
    if record.digest_type not in _DIGEST_LETTERS:
        raise Refused("The third number, the digest type, is 2 or 4.")
    letters = _DIGEST_LETTERS[record.digest_type]
    if not _HEX.fullmatch(record.digest) or len(record.digest) != letters:
        raise Refused(
            f"A digest of type {record.digest_type} has {letters} digits and letters from A to F; "
            f"this one has {len(record.digest)}."
        )
