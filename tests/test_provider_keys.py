"""Every key of provider.toml: explained to who adopts netdesk, and missed by name."""

import json
import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from infra.template import ROOT
from netdesk.pages import SITE
from netdesk.provider_file import read
from netdesk.toml_table import Wrong

FILES = (SITE / "provider.toml", ROOT / "samples" / "alpenfunk" / "provider.toml")
ADOPTING = (ROOT / "docs" / "adopting.md").read_text(encoding="utf-8")
THE_FILE = ADOPTING.partition("\n## The file, ")[2].partition("\n## ")[0]
LEFT_OUT = {"category.question", "category.form"}  # what a category may do without
Step = str | int


def tables(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Where each key stands, at all levels."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield (*path, key)
            yield from tables(below, (*path, key))
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from tables(below, (*path, place))


def name(path: tuple[Step, ...]) -> str:
    """As docs/adopting.md writes it: group.component.key."""
    return ".".join(step for step in path if isinstance(step, str))


SECOND = tomllib.loads(FILES[1].read_text(encoding="utf-8"))
KEYS = list({name(path): path for path in tables(SECOND)}.values())


def _at(path: tuple[Step, ...], value: Any = SECOND) -> Any:
    for step in path:
        value = value[step]
    return value


def said_of(path: tuple[Step, ...], change: Any, folder: Path) -> str:
    """What is said of the second provider's file when one of its tables is changed."""
    changed = deepcopy(SECOND)
    change(_at(path[:-1], changed), path[-1])
    file = folder / "provider.toml"
    file.write_text("".join(f"{key} = {_toml(value)}\n" for key, value in changed.items()))
    try:
        read(file)
    except Wrong as error:
        return str(error).removeprefix(f"{file}: ")
    return ""


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(below)}' for key, below in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value)


def spelled(path: tuple[Step, ...]) -> str:
    """As a sentence names it: group[0].component[1].key."""
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", ".".join(map(str, path)))


def assert_one_sentence(said: str) -> None:
    assert len(said.splitlines()) == 1
    assert not re.search(r"Error|Traceback|<|object at", said)


def test_both_files_have_the_same_keys() -> None:
    """So that no key is without an example of a second provider."""
    first, second = ({name(path) for path in tables(tomllib.loads(f.read_text()))} for f in FILES)
    assert first == second


def test_unchanged_the_file_is_read(tmp_path: Path) -> None:
    assert said_of(("name",), lambda table, key: None, tmp_path) == ""


@pytest.mark.parametrize("path", KEYS, ids=name)
def test_a_key_that_is_left_out_is_named_with_what_it_must_be(
    path: tuple[Step, ...], tmp_path: Path
) -> None:
    said = said_of(path, lambda table, key: table.pop(key), tmp_path)
    if name(path) in LEFT_OUT:
        assert said == ""
    else:
        assert said.startswith(f"{spelled(path)} is missing: it must be ")
        assert_one_sentence(said)


@pytest.mark.parametrize("path", KEYS, ids=name)
def test_a_key_that_is_misspelt_is_named(path: tuple[Step, ...], tmp_path: Path) -> None:
    def misspell(table: dict[str, Any], key: str) -> None:
        table[f"{key}s"] = table.pop(key)

    said = said_of(path, misspell, tmp_path)
    missing = f"{spelled(path)} is missing: it must be "
    unknown = f"{spelled(path)}s is not a key that netdesk knows"
    assert said == unknown if name(path) in LEFT_OUT else said.startswith(missing)
    assert_one_sentence(said)


@pytest.mark.parametrize("path", KEYS, ids=name)
def test_a_key_that_holds_a_thing_of_another_kind_is_named(
    path: tuple[Step, ...], tmp_path: Path
) -> None:
    def confuse(table: dict[str, Any], key: str) -> None:
        table[key] = 1.5

    said = said_of(path, confuse, tmp_path)
    assert re.fullmatch(rf"{re.escape(spelled(path))} must be .*, not 1\.5", said)


def test_every_key_is_explained_once() -> None:
    explained = re.findall(r"^\| `([a-z_.]+)` \|", THE_FILE, re.MULTILINE)
    found = map(name, KEYS)
    holders = {key.rpartition(".")[0] for key in map(name, KEYS)}
    assert sorted(explained) == sorted(key for key in found if key not in holders)


def test_every_table_has_its_chapter_in_the_order_of_the_file() -> None:
    """Tables within tables are explained with those that they are in."""
    chapters = re.findall(r"^### .*`(\[+[a-z_.]+\]+)`", THE_FILE, re.MULTILINE)
    written = re.findall(r"^ *(\[+[a-z_.]+\]+)", FILES[0].read_text(), re.MULTILINE)
    assert chapters == [one for one in dict.fromkeys(written) if "." not in one]
    assert [one for one in dict.fromkeys(written) if one not in THE_FILE] == []


@pytest.mark.parametrize("path", [path for path in KEYS if type(_at(path)) is int], ids=name)
def test_the_limits_of_a_number_are_told(path: tuple[Step, ...], tmp_path: Path) -> None:
    said = said_of(path, lambda table, key: table.update({key: -1}), tmp_path)
    limits = re.search(r"must be a whole number from (\d+ to \d+), not -1", said)
    [row] = re.findall(rf"^\| `{name(path)}` \|.*", THE_FILE, re.MULTILINE)
    assert limits and f"({limits[1]})" in row


def test_every_link_and_every_file_that_is_named_is_there() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", ADOPTING)
    named = re.findall(r"`((?:site|samples|docs|netdesk)/[\w./-]+)`", ADOPTING)
    assert links and named
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    assert [path for path in named if not (ROOT / path).exists()] == []
