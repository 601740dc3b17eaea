"""The verdicts that Amazon SES writes on top of a stored mail, and where its block ends."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# In this order, from the first byte on; scanning can be off, everything else is always there.
# Below the block anybody can have written such headers, so nothing below it is believed.
_BLOCK = (
    "return-path",
    "received",
    "x-ses-spam-verdict",
    "x-ses-virus-verdict",
    "received-spf",
    "authentication-results",
    "x-ses-receipt",
)
_MAY_BE_ABSENT = frozenset({"x-ses-spam-verdict", "x-ses-virus-verdict"})

_MOST_BYTES = 65_536
_FIELD = re.compile(rb"([!-9;-~]{1,100}):((?>(?:[^\n]*+\n(?=[ \t]))*)[^\n]*+\n)")
_BY_SES = re.compile(r"\bby inbound-smtp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\s")
_WORD = re.compile(r"\s*([A-Z_]{1,30})\s*")
# Comments and quoted strings hold what the sender chose: an envelope address may say anything.
_SENDERS_OWN = re.compile(r'"(?>(?:[^"\\]|\\.)*)"|\((?>(?:[^()\\]|\\.)*)\)', re.DOTALL)
_RESULT = re.compile(r"\s*(spf|dkim|dmarc)\s*=\s*([a-z]+)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Verdicts:
    """Each PASS, FAIL, GRAY or another word of SES's; None is no verdict at all, not a good one."""

    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None
    spam: str | None = None
    virus: str | None = None


def split(raw: bytes) -> tuple[Verdicts, int]:
    """The verdicts, and the offset at which the sender's own mail begins (0 without a block)."""
    head = raw[:_MOST_BYTES]
    wanted = list(_BLOCK)
    block: dict[str, str] = {}
    for name, value, end in _fields(head):
        while wanted and wanted[0] != name and wanted[0] in _MAY_BE_ABSENT:
            wanted.pop(0)
        if not wanted or wanted.pop(0) != name:
            return Verdicts(), 0
        block[name] = value
        if not wanted:
            return (_verdicts(block), _after(head, end)) if _is_from_ses(block) else (Verdicts(), 0)
    return Verdicts(), 0


def _fields(head: bytes) -> Iterator[tuple[str, str, int]]:
    position = 0
    while field := _FIELD.match(head, position):
        position = field.end()
        yield field[1].decode("ascii").lower(), field[2].decode("latin-1"), position


def _is_from_ses(block: dict[str, str]) -> bool:
    results = block["authentication-results"]
    return bool(_BY_SES.search(block["received"])) and results.lstrip().startswith("amazonses.com;")


def _after(head: bytes, end: int) -> int:
    """SES may sign its receipt in further headers of its own."""
    while (field := _FIELD.match(head, end)) and field[1].lower().startswith(b"x-ses-"):
        end = field.end()
    return end


def _verdicts(block: dict[str, str]) -> Verdicts:
    spoken = _SENDERS_OWN.sub(" ", block["authentication-results"])
    results: dict[str, list[str]] = {"spf": [], "dkim": [], "dmarc": []}
    for part in spoken.split(";"):
        if found := _RESULT.match(part):
            results[found[1].lower()].append(found[2].upper())
    return Verdicts(
        spf=_worst(results["spf"]),
        # A mail may be signed twice; one good signature is a good signature.
        dkim="PASS" if "PASS" in results["dkim"] else _worst(results["dkim"]),
        dmarc=_worst(results["dmarc"]),
        spam=_word(block.get("x-ses-spam-verdict", "")),
        virus=_word(block.get("x-ses-virus-verdict", "")),
    )


def _worst(results: list[str]) -> str | None:
    """One result is expected; of contradicting ones, one that is no pass."""
    return next((result for result in results if result != "PASS"), next(iter(results), None))


def _word(value: str) -> str | None:
    found = _WORD.fullmatch(value)
    return found[1] if found else None
