"""Settings of a program, read whole from its environment and failing by name."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TypeVar

T = TypeVar("T")


class Missing(RuntimeError):
    """The environment lacks what the program needs; the message names it."""


def read(kind: type[T], environ: Mapping[str, str]) -> T:
    """A settings dataclass, each field from the variable of its name in capitals."""
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    absent = [name.upper() for name in names if not environ.get(name.upper())]
    if absent:
        raise Missing(f"set {', '.join(absent)} in the environment of {kind.__module__}")
    return kind(**{name: environ[name.upper()] for name in names})
