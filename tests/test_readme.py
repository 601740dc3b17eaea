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
    for document in ("README.md", "CHANGELOG.md", "DECISIONS.md", "docs/data-model.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / document).parent.joinpath(link).exists(), f"{document}: {link}"


def test_the_map_names_every_folder() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()}
    ours = folders & {"site", "functions", "netdesk", "infra", "docs", "tests"}
    for folder in ours:
        assert f"`{folder}/" in README
