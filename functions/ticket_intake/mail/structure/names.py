"""What an attachment is called: a name to show, never a path or a key."""

import re
from collections.abc import Iterator

from netdesk.text import one_line
from ticket_intake.mail.structure.fields import first
from ticket_intake.mail.structure.headers import decoded
from ticket_intake.mail.structure.parameters import parameters
from ticket_intake.mail.structure.parts import Part, is_mail

_LONGEST = 200
_FILE = re.compile(r"[^/\\<>]{1,150}\.[a-zA-Z][a-zA-Z0-9]{1,4}")
_BY_TYPE = {
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "text/calendar": "invitation.ics",
    "application/ics": "invitation.ics",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
}


def given(part: Part) -> str:
    """The name that the sender gave a part as a file, empty without one."""
    disposition = parameters(first(part.headers, "content-disposition"))
    name = disposition.get("filename") or disposition.get("name") or ""
    return clean(name or parameters(first(part.headers, "content-type")).get("name", ""))


def found(part: Part) -> str:
    """The name that a part has, from whatever says one; empty when nothing does."""
    return given(part) or _elsewhere(part) or _of_mail(part) or _BY_TYPE.get(part.kind, "")


def clean(raw: str) -> str:
    """The last piece of the path that a sender may have written, decoded, on one line."""
    line = one_line(decoded(raw), _LONGEST)
    return line.replace("\\", "/").rstrip("/").rpartition("/")[2].strip()


def unique(names: list[str]) -> Iterator[str]:
    """Each name once: what comes again gets a number."""
    taken = set(names)
    counts: dict[str, int] = {}
    for name in names:
        count = counts[name] = counts.get(name, 0) + 1
        stem, dot, ending = name.rpartition(".")
        new = name
        while count > 1 and new in taken:
            new = f"{stem} ({count}){dot}{ending}" if stem else f"{name} ({count})"
            count += 1
        counts[name] = max(counts[name], count - 1)
        taken.add(new)
        yield new


def _elsewhere(part: Part) -> str:
    """RFC 2557: a page's parts have a place; and many an id begins with the name."""
    place = clean(first(part.headers, "content-location").partition("?")[0])
    id_ = clean(first(part.headers, "content-id").strip("<> ").partition("@")[0])
    return next((name for name in (place, id_) if _FILE.fullmatch(name)), "")


def _of_mail(part: Part) -> str:
    """An enclosed mail is called by its subject."""
    if not is_mail(part.kind):
        return ""
    inner = part.children[0].headers if part.children else {}
    subject = one_line(decoded(first(inner, "subject")), _LONGEST - 4).replace("/", "-")
    return f"{subject.replace(chr(92), '-').strip() or 'mail'}.eml"
