"""InterNIC's registration templates 1.0 to 6.0 (1995 to 2000), as the fields of our form."""

import re
from collections.abc import Iterator, Sequence

from netdesk.refused import Refused
from netdesk.text import one_line, safe
from ticket_intake.domain import countries
from ticket_intake.domain.form import LINE, TEXT

Item = tuple[int, str, str]  # its number, its words, what was filled in
Fields = dict[str, str]

_LONGEST = 64 * 1024
_ITEM = re.compile(r"[>\s]{0,20}([0-9]{1,2})[a-l]?\.([^:]{1,60}):(.*)")
_ACTIONS = {"n": "new", "m": "modify", "d": "delete"}
_INVOICES = {"e": "email", "p": "post"}
# Letters and order differ between the versions, the words beside them hardly: the first that fits.
_WORDS = (
    ("handle", "handle"), ("(i)ndividual", "kind"), ("e-mail", "email"), ("mailbox", "email"),
    ("address", "street"), ("organi", "org"), ("name", "name"), ("city", "city"), ("state", "sp"),
    ("postal", "pc"), ("country", "cc"), ("phone", "voice"), ("fax", "fax"),
)  # fmt: skip
_PEOPLE = {3: "registrant", 4: "administrative", 5: "technical", 6: "billing"}
_PEOPLE_1_0 = {3: "registrant", 5: "administrative", 6: "technical"}  # its item 4 is a date
_SERVERS = (7, 8)
_NORTH_AMERICA = ("US", "CA")


def fields(text: str) -> Fields:
    """What a template fills in, by the names of our fields; nothing if the text is none."""
    items = [*_items(safe(text[:_LONGEST]))]
    domain = next((value for at, words, value in items if at == 2 and "domain" in words), "")
    if not domain or 3 not in [at for at, _, _ in items]:
        return {}
    found = {"domain": one_line(domain, LINE)} | _single(items) | _people(items)
    found["servers"] = _servers(items, domain.lower().rstrip("."))
    return {name: value for name, value in found.items() if value}


def _items(text: str) -> Iterator[Item]:
    """Each numbered line; what may take several lines goes on to the next empty one."""
    current: tuple[int, str, list[str]] | None = None
    for line in [*text.split("\n"), ""]:
        found = _ITEM.match(line)
        if current and (found or not line.strip("> \t")):
            yield current[0], current[1], "\n".join(current[2]).strip()
            current = None
        if found:
            current = int(found[1]), found[2].lower(), [found[3].strip()]
        elif current and _goes_on(*current[:2]):
            current[2].append(line.strip("> \t"))


def _goes_on(at: int, words: str) -> bool:
    """Behind other items stands the title of the next section."""
    return at == 1 or (at in _PEOPLE and "address" in words)


def _single(items: Sequence[Item]) -> Fields:
    found: Fields = {}
    for at, words, value in items:
        letter = value.lstrip("(")[:1].lower()
        if at == 0 and "(n)ew" in words:
            found["action"] = _ACTIONS.get(letter, "")
        elif at == 1:
            found["purpose" if "purpose" in words else "comments"] = value[:TEXT]
        elif at == 9:
            found["invoice"] = _INVOICES.get(letter, "")
    return found


def _people(items: Sequence[Item]) -> Fields:
    is_first = any(at == 4 and "date" in words for at, words, _ in items)
    people = _PEOPLE_1_0 if is_first else _PEOPLE
    found: Fields = {}
    for number, who in people.items():
        contact = _contact([(words, value) for at, words, value in items if at == number])
        found |= {f"{who}_{name}": value for name, value in contact.items()}
    found["registrant_kind"] = "organisation" if found.get("registrant_org") else "person"
    # The templates ask for nobody at the registrant: he was reached by this contact.
    for name in ("name", "voice", "email"):
        found.setdefault(f"registrant_{name}", found.get(f"administrative_{name}", ""))
    return found


def _contact(rows: Sequence[tuple[str, str]]) -> Fields:
    found: Fields = {}
    for words, value in rows:
        key = next((key for word, key in _WORDS if word in words), "")
        if key and value:
            found[key] = f"{found[key]}\n{value}" if key in found else value
    found |= _streets(found.pop("street", ""))
    found = {key: one_line(value, LINE) for key, value in found.items()}
    if "kind" in found:
        found["kind"] = "role" if found["kind"].lower().lstrip("(").startswith("r") else "person"
    if found.get("kind") != "role" and "name" in found:
        last, _, first = found["name"].partition(",")
        found["name"] = f"{first.strip()} {last.strip()}".strip()
    for key in {"voice", "fax"} & found.keys():
        found[key] = _dialled(found[key], found.get("cc", ""))
    return found


def _streets(text: str) -> Fields:
    lines = text.split("\n", 2) if text else []
    return {f"street{at}": line for at, line in enumerate(lines, 1)}


def _dialled(number: str, country: str) -> str:
    """With the code that nobody in North America wrote in front of his number."""
    try:
        code = countries.code(country)
    except Refused:
        return number
    digits = [letter for letter in number if letter.isdigit()]
    if number.startswith("+") or code not in _NORTH_AMERICA or len(digits) != 10:
        return number
    return f"+1 {number}"


def _servers(items: Sequence[Item], domain: str) -> str:
    """The hosts; their addresses, which the templates always ask for, where ours does."""
    lines: list[str] = []
    for at, words, value in items:
        if at not in _SERVERS or not value:
            continue
        if "host" in words:
            lines.append(one_line(value, LINE))
        elif "address" in words and lines and lines[-1].lower().rstrip(".").endswith(f".{domain}"):
            lines[-1] += f" {one_line(value, LINE)}"
    return "\n".join(lines)
