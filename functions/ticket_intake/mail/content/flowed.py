"""Text that was written for programs to lay out, as lines to read."""

import re

_QUOTED = re.compile(r">*")
_SIGNATURE = "-- "
_COMMAND = re.compile(r"<(/?[a-zA-Z0-9-]{1,60})>")
_RICH_CHARACTERS = {"nl": "\n", "lt": "<", "np": "\n"}  # RFC 1341 section 7.1.3
_HIDDEN = frozenset({"param", "comment"})


def unfolded(text: str, drops_blank: bool) -> str:
    """RFC 3676: a line that ends in a blank goes on in the next one of the same quote depth."""
    lines: list[str] = []
    depth, open_ = -1, False
    for raw in text.split("\n"):
        quotes = _QUOTED.match(raw)
        marks = quotes.end() if quotes else 0
        line = raw[marks:].removeprefix(" ")
        flows = line.endswith(" ") and line != _SIGNATURE
        if open_ and depth == marks and line != _SIGNATURE:
            lines.append(line)
        else:
            lines.append(("\n" if depth >= 0 else "") + ">" * marks + " " * bool(marks) + line)
        if flows and drops_blank:
            lines[-1] = lines[-1][:-1]
        depth, open_ = marks, flows
    return "".join(lines)


def without_commands(text: str, is_enriched: bool) -> str:
    """Text of text/enriched (RFC 1896) or of its forerunner text/richtext (RFC 1341)."""
    if is_enriched:
        text = re.sub(r"\n+", lambda ends: "\n" * (len(ends[0]) - 1) or " ", text)
        text = text.replace("<<", "\0")
    else:
        text = text.replace("\n", " ")
    shown: list[str] = []
    hidden, end = 0, 0
    for command in _COMMAND.finditer(text):
        if not hidden:
            shown.append(text[end : command.start()])
        name = command[1].lower()
        shown.append("" if is_enriched else _RICH_CHARACTERS.get(name, ""))
        if name.lstrip("/") in _HIDDEN:
            hidden = max(hidden - 1, 0) if name.startswith("/") else hidden + 1
        end = command.end()
    return "".join([*shown, "" if hidden else text[end:]]).replace("\0", "<")


def halved(text: str, is_outlook: bool) -> str:
    """Without the empty lines that Outlook puts behind each one."""
    lines = text.strip("\n").split("\n")
    least = 3 if is_outlook else 6
    doubled = len(lines) >= least and not any(line.strip() for line in lines[1::2])
    return "\n".join(lines[::2]) if doubled else text
