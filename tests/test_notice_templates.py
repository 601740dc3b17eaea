"""Templates of frequent notices: what staff leave empty is filled in, and gaps must be."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netdesk.draft import Draft, checked
from netdesk.pages import SITE
from netdesk.refused import Refused
from netdesk.staff import Asked
from status_publish import staff
from status_publish.publish import Publisher
from status_publish.templates import PLACE, filled, listed, names
from tests.desk import ARN, NOW, Door, ask, provider
from tests.test_notice import KEYS

EMPTY = Draft("", "", (), "")
CABLE = f"""\
title = "{{place}}: cable cut"
impact = "major"
components = ["{KEYS[0]}", "{KEYS[1]}"]
message = "A cable at {{place}} is cut. {{crew}} is on its way."
meanwhile = "Use the modem at {{place}}."
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "content" / "notices"
    folder.mkdir(parents=True)
    (folder / "cable.toml").write_text(CABLE, encoding="utf-8")
    (folder / "short.toml").write_text('title = "Short"', encoding="utf-8")
    return tmp_path


def fields(**values: Any) -> dict[str, Any]:
    return {"template": "cable", "values": values}


def test_what_is_left_empty_comes_from_the_template_with_its_gaps_filled(site: Path) -> None:
    made = filled(site, EMPTY, fields(place="Main Street", crew=" A crew "))
    assert made == Draft(
        title="Main Street: cable cut",
        impact="major",
        components=(KEYS[0], KEYS[1]),
        message="A cable at Main Street is cut. A crew is on its way.",
        meanwhile="Use the modem at Main Street.",
    )


def test_what_staff_say_themselves_goes_before_and_needs_no_gap_filled(site: Path) -> None:
    told = Draft("Mine", "minor", (KEYS[2],), "In {place}, I say.", meanwhile="Wait.")
    assert filled(site, told, fields()) == told


def test_without_a_template_nothing_is_filled_in(site: Path) -> None:
    assert filled(site, EMPTY, {"values": {"place": "x"}}) == EMPTY


@pytest.mark.parametrize(
    "values", [{"place": "x"}, {"crew": "", "place": "x"}, {"crew": 7, "place": "x"}, None, "x"]
)
def test_a_gap_that_is_left_is_named_with_what_fills_it(site: Path, values: Any) -> None:
    with pytest.raises(Refused, match=r"Template cable has a gap: add --set (crew|place)=\.\.\."):
        filled(site, EMPTY, {"template": "cable", "values": values})


def test_what_fills_a_gap_is_no_gap_itself(site: Path) -> None:
    made = filled(site, EMPTY, fields(place="{crew}", crew="A {crew}"))
    assert made.title == "{crew}: cable cut"
    assert made.message == "A cable at {crew} is cut. A {crew} is on its way."


@pytest.mark.parametrize(
    "name", ["fire", "../../provider", "cable.toml", "/etc/passwd", "\x1b[31m"]
)
def test_a_template_that_is_not_there_is_refused_with_those_that_are(site: Path, name: str) -> None:
    with pytest.raises(Refused, match=r"There is no template .*: use cable or short") as caught:
        filled(site, EMPTY, {"template": name})
    assert "\x1b" not in str(caught.value)


def test_a_site_without_templates_says_so(tmp_path: Path) -> None:
    assert (names(tmp_path), listed(tmp_path)) == ([], [])
    with pytest.raises(Refused, match="there are none in site/content/notices/"):
        filled(tmp_path, EMPTY, fields())


def test_they_are_listed_with_their_gaps(site: Path) -> None:
    cable, short = listed(site)
    assert (cable["name"], cable["gaps"]) == ("cable", ["crew", "place"])
    assert (cable["impact"], cable["components"]) == ("major", [KEYS[0], KEYS[1]])
    assert (short["name"], short["gaps"], short["title"]) == ("short", [], "Short")
    assert (short["impact"], short["message"], short["meanwhile"]) == ("", "", "")


@pytest.mark.parametrize("name", names(SITE))
def test_a_shipped_template_can_be_published_once_its_gaps_are_filled(name: str) -> None:
    [template] = [one for one in listed(SITE) if one["name"] == name]
    values = dict.fromkeys(template["gaps"], "Main Street")
    made = checked(filled(SITE, EMPTY, {"template": name, "values": values}), provider(), NOW)
    assert not PLACE.search(made.title + made.message + made.meanwhile)
    assert "Main Street" in made.title + made.message + made.meanwhile or not values


def test_staff_open_a_notice_from_a_template(
    publisher: Publisher, site: Path, door: Callable[..., Door]
) -> None:
    """What stands in the site's folder is what the door lists."""
    pages = replace(publisher.pages, site=site)
    asked = Asked(ARN, fields(place="Main Street", crew="Bob") | {"dry_run": False}, NOW, "key")
    told = staff.open_notice(replace(publisher, pages=pages), asked)
    assert (told["title"], told["components"]) == ("Main Street: cable cut", KEYS[:2])
    assert (told["meanwhile"], told["impact"]) == ("Use the modem at Main Street.", "major")
    answer = ask(door("NoticesFunction"), "GET", "/staff/notices/templates", arn=ARN)
    assert answer.json == {"templates": listed(SITE)}
