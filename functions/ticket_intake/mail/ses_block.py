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
# Of a result's properties (RFC 8601, 2.7) the one that says whose domain it is about.
_SIGNER = re.compile(r"\bheader\.[di]\s*=\s*(?:[^\s;@]{0,64}@)?([a-z0-9.-]{1,255})", re.IGNORECASE)
_FROM = re.compile(r"\bheader\.from\s*=\s*([a-z0-9.-]{1,255})", re.IGNORECASE)
_POLICY = re.compile(r"\bpolicy\.dmarc\s*=\s*(none|quarantine|reject)\b", re.IGNORECASE)
_ENVELOPE = re.compile(r"<[^<>]{0,320}@([a-z0-9.-]{1,255})>", re.IGNORECASE)


@dataclass(frozen=True)
class Verdicts:
    """Each PASS, FAIL, GRAY or another word of SES's; None is no verdict at all, not a good one."""

    spf: str | None = None
    dkim: str | None = None
    dmarc: str | None = None
    spam: str | None = None
    virus: str | None = None
    policy: str | None = (
        None  # of the sender's domain: none, quarantine, reject; None when not told
    )
    from_domain: str = ""  # that DMARC was about
    spf_domain: str = ""  # of the envelope's sender, when its SPF passed
    signers: tuple[str, ...] = ()  # domains whose DKIM signature passed


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
    spf, dkim, dmarc = _results(block["authentication-results"])
    signers = [_found(_SIGNER, told) for word, told in dkim if word == "PASS"]
    about = " ".join(told for _, told in dmarc)
    passed = _worst(spf) == "PASS"
    return Verdicts(
        spf=_worst(spf),
        # A mail may be signed twice; one good signature is a good signature.
        dkim="PASS" if signers else _worst(dkim),
        dmarc=_worst(dmarc),
        spam=_word(block.get("x-ses-spam-verdict", "")),
        virus=_word(block.get("x-ses-virus-verdict", "")),
        policy=_found(_POLICY, about) or None,
        from_domain=_found(_FROM, about),
        spf_domain=_found(_ENVELOPE, block["return-path"]) if passed else "",
        signers=tuple(signer for signer in signers if signer),
    )


Results = list[tuple[str, str]]  # of one method: the result's word, and all that is told of it


def _results(value: str) -> tuple[Results, Results, Results]:
    found: dict[str, Results] = {"spf": [], "dkim": [], "dmarc": []}
    for part in _SENDERS_OWN.sub(" ", value).split(";"):
        if result := _RESULT.match(part):
            found[result[1].lower()].append((result[2].upper(), part))
    return found["spf"], found["dkim"], found["dmarc"]


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1].lower().rstrip(".") if found else ""


def _worst(results: Results) -> str | None:
    """One result is expected; of contradicting ones, one that is no pass."""
    words = [word for word, _ in results]
    return next((word for word in words if word != "PASS"), next(iter(words), None))


def _word(value: str) -> str | None:
    found = _WORD.fullmatch(value)
    return found[1] if found else None
