"""Reads one field after the other, and collects a sentence for each that can't be used."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from netdesk.refused import Refused
from netdesk.text import one_line, safe

Read = TypeVar("Read")
LINE = 200
TEXT = 2_000  # it stands in the ticket's own row, which every change writes anew


@dataclass(frozen=True)
class Form:
    typed: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def line(self, name: str, most: int = LINE) -> str:
        """A field of one line, whole or not at all."""
        typed = self._whole(name, most)
        return one_line(typed, len(typed))

    def text(self, name: str, most: int = TEXT) -> str:
        """A field of several lines, whole or not at all."""
        return safe(self._whole(name, most)).strip()

    def ticked(self, name: str) -> bool:
        return self.line(name) in ("true", "on")

    def pick(self, name: str, choices: tuple[str, ...], wanted: str) -> str:
        """One of these words, or nothing."""
        picked = self.line(name)
        if picked and picked not in choices:
            self.errors.setdefault(name, wanted)
        return picked if picked in choices else ""

    def read(self, name: str, parse: Callable[[str], Read], needed: str = "") -> Read | None:
        """What `parse` makes of the field; left empty it is wrong only where it is needed."""
        typed = self.line(name)
        if not typed and needed:
            self.errors.setdefault(name, needed)
        if not typed or name in self.errors:
            return None
        return self.attempt(name, lambda: parse(typed))

    def attempt(self, name: str, work: Callable[[], Read]) -> Read | None:
        """The result of the work; its refusal becomes the sentence beside the field."""
        try:
            return work()
        except Refused as refusal:
            self.errors[name] = str(refusal)
            return None

    def _whole(self, name: str, most: int) -> str:
        # A pasted field may be megabytes of blanks: cut before anything looks at it.
        typed = self.typed.get(name, "").strip()
        if len(typed) <= most:
            return typed
        self.errors[name] = f"This is too long: send at most {most:,} characters."
        return ""
