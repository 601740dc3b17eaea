"""Reads one TOML table strictly: a wrong, missing or unknown key is named in plain words."""

import tomllib
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Wrong(ValueError):
    """The file can't be used; the message names the key and says what is expected."""


def load(text: str) -> "Table":
    try:
        return Table(tomllib.loads(text), "")
    except tomllib.TOMLDecodeError as error:
        raise Wrong(f"not a TOML file: {error}") from None


class Table:
    """A table whose keys are taken one by one; `done` then refuses what nobody took."""

    def __init__(self, values: dict[str, Any], path: str) -> None:
        self._left = dict(values)
        self._path = path

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _take(self, key: str, kind: type[T], words: str) -> T:
        if key not in self._left:
            raise Wrong(f"{self._name(key)} is missing: it must be {words}")
        value = self._left.pop(key)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise Wrong(f"{self._name(key)} must be {words}, not {value!r}")
        return value

    def text(self, key: str) -> str:
        return self.parsed(key, str, "a text")

    def parsed(self, key: str, parse: Callable[[str], T], words: str) -> T:
        """The text under `key` as `parse` reads it; its ValueError becomes a sentence."""
        return self._parsed(self._name(key), self._take(key, str, words), parse, words)

    def texts(self, key: str) -> tuple[str, ...]:
        return self.all_parsed(key, str, "a list of texts")

    def all_parsed(self, key: str, parse: Callable[[str], T], words: str) -> tuple[T, ...]:
        values = self._take(key, list, words)
        name = self._name(key)
        return tuple(self._parsed(f"{name}[{n}]", v, parse, words) for n, v in enumerate(values))

    def number(self, key: str, low: int, high: int) -> int:
        words = f"a whole number from {low} to {high}"
        value = self._take(key, int, words)
        if not low <= value <= high:
            raise Wrong(f"{self._name(key)} must be {words}, not {value}")
        return value

    def flag(self, key: str) -> bool:
        return self._take(key, bool, "true or false")

    def has(self, key: str) -> bool:
        return key in self._left

    def table(self, key: str) -> "Table":
        return Table(self._take(key, dict, "a table"), self._name(key))

    def tables(self, key: str, at_least: int = 1) -> tuple["Table", ...]:
        if not at_least and not self.has(key):
            return ()
        values = self._take(key, list, "a list of tables")
        if len(values) < at_least or not all(isinstance(v, dict) for v in values):
            raise Wrong(f"{self._name(key)} must be a list of at least one table")
        return tuple(Table(v, f"{self._name(key)}[{n}]") for n, v in enumerate(values))

    def done(self) -> None:
        if self._left:
            raise Wrong(f"{self._name(min(self._left))} is not a key that netdesk knows")

    @staticmethod
    def _parsed(name: str, value: object, parse: Callable[[str], T], words: str) -> T:
        if not isinstance(value, str) or not value.strip():
            raise Wrong(f"{name} must be {words}, not {value!r}")
        try:
            return parse(value)
        except ValueError:
            raise Wrong(f"{name} must be {words}, not {value!r}") from None
