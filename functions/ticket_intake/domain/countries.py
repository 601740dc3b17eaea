"""Countries as ISO 3166-1 alpha-2 codes (RFC 5733 section 2.4), from a code or a name."""

from functools import cache

from netdesk.refused import Refused

_WRITE = "Write the country by its name in English or its two letters, such as US or DE."
# What browsers fill in and people write, where the table has another word.
_ALSO = {
    "uk": "GB", "united kingdom": "GB", "great britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "northern ireland": "GB", "usa": "US", "u.s.a.": "US",
    "u.s.": "US", "united states of america": "US", "south korea": "KR", "north korea": "KP",
    "czechia": "CZ", "türkiye": "TR", "holland": "NL", "eswatini": "SZ", "myanmar": "MM",
    "ivory coast": "CI", "vatican": "VA", "macao": "MO", "timor-leste": "TL",
}  # fmt: skip


def code(text: str) -> str:
    """The two capital letters of a country; raises Refused."""
    word = text.strip().lower().removeprefix("the ")
    if word.upper() in names():
        return word.upper()
    if word in _ALSO:
        return _ALSO[word]
    if found := [code for code, name in names().items() if name.lower() == word]:
        return found[0]
    raise Refused(_WRITE)


@cache
def names() -> dict[str, str]:
    """Every code with its name in English, from the table that comes with the time zones."""
    from importlib.resources import files  # with what it imports it costs a cold start

    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    lines = (line.partition("\t") for line in table.splitlines() if not line.startswith("#"))
    return {code: name for code, _, name in lines}
