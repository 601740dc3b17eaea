"""The documents can't drift: files, make targets and commands that they name exist."""

import re

from infra.template import ROOT
from tests.reference import PATH, reference

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_command_reference_is_the_commands_own_help() -> None:
    assert PATH.read_text(encoding="utf-8") == reference(), "run: python -m tests.reference"


def test_every_make_target_is_in_the_readme_and_the_reverse() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|    )make ([a-z]+)", README))
    assert named == targets - {"clean"}


def test_every_link_leads_to_a_file() -> None:
    for document in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]:
        text = document.read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (document.parent / link).exists(), f"{document.name}: {link}"
        for named in re.findall(
            r"\b(?:docs|tests|site|infra)/[\w./-]*\w\.(?:md|py|toml|yaml)\b", text
        ):
            assert (ROOT / named).exists(), f"{document.name}: {named}"


def test_the_map_names_every_folder() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()}
    ours = folders & {"site", "functions", "netdesk", "infra", "docs", "samples", "tests"}
    for folder in ours:
        assert f"`{folder}/" in README
