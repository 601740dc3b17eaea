"""One day told five times: browser, two text browsers, plain text, and the phone line in short."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser

from netdesk.moments import say_length
from netdesk.notice import Notice, worst_first
from netdesk.pages import Pages
from netdesk.states import COMPONENT_STATES, FINE, IMPACTS, MAINTAINED
from netdesk.words import COMPONENT_WORDS, IMPACT_WORDS, STATE_WORDS
from tests import pages
from tests.desk import PUBLIC_URL, provider
from tests.pages import DAYS, NOW, Site
from tests.status import assert_in_order, one_line

PROVIDER = provider()
ZONE = ZoneInfo(PROVIDER.hours.zone)
SAY = Pages(PROVIDER, PUBLIC_URL)
MOMENT = re.compile(rf"\w+ \d+ \w+, \d\d:\d\d {PROVIDER.hours.zone_word}")
WELL = "We know of no problem in our service"


# --- what there is to tell, from the notices alone -----------------------------------------------


@dataclass(frozen=True)
class Told:
    """A day's notices, sorted as a customer needs them."""

    notices: list[Notice]

    def incidents(self, at: Callable[[str], bool]) -> list[Notice]:
        open_ = (n for n in self.notices if n.kind == "incident" and not n.resolved_at)
        return worst_first(n for n in open_ if at(n.elsewhere))

    @property
    def ours(self) -> list[Notice]:
        return self.incidents(lambda name: not name)

    @property
    def running(self) -> list[Notice]:
        return [one for one in self.notices if one.state == "in_progress"]

    @property
    def planned(self) -> list[Notice]:
        return sorted((n for n in self.notices if n.state == "scheduled"), key=begin)

    @property
    def others(self) -> list[Notice]:
        return self.incidents(lambda name: name not in ("", "internet"))

    @property
    def internet(self) -> list[Notice]:
        return self.incidents(lambda name: name == "internet")

    @property
    def recent(self) -> list[Notice]:
        over = [n for n in self.notices if n.resolved_at and n.state != "retracted"]
        return sorted(over, key=lambda n: n.resolved_at or NOW, reverse=True)

    def facts(self) -> list[str]:
        found = [self.sentence(), SAY.when(NOW)]
        for one in self.ours:
            found += [one.title, names(one), SAY.when(one.since), meanwhile(one)]
            found += [*promise(one), *timeline(one)]
        for one in self.running:
            found += [f"Maintenance: {one.title}", names(one), *window(one)]
            found += ["It takes longer than planned."] if window_end(one) < NOW else []
            found += [meanwhile(one), *timeline(one)]
        found += [f"{PROVIDER.phone.number}, option {PROVIDER.phone.emergency_option}"]
        found += [*self.services(), *self.elsewhere()]
        found += ["Planned maintenance"] if self.planned else []
        for one in self.planned:
            found += [one.title, names(one), *window(one), *said(one.updates[0].message)]
        found += ["Can't reach a particular site?", "follow the path", "Recent notices"]
        for one in self.recent:
            assert one.resolved_at
            found += [one.title, SAY.when(one.resolved_at)]
            found += [f"after {say_length(one.resolved_at - begin(one))}"]
        return [*found, "All notices, by month"]

    def sentence(self) -> str:
        if self.ours:
            return IMPACT_WORDS[self.ours[0].impact]
        return "Planned maintenance is going on" if self.running else WELL

    def services(self) -> Iterator[str]:
        yield "Services"
        for group in PROVIDER.groups:
            yield group.name
            for component in group.components:
                bad = self.bad_days(component.key)
                now = [*self.ours, *self.running]
                hits = [makes(one) for one in now if component.key in one.components]
                yield component.name
                yield COMPONENT_WORDS[max([FINE, *hits], key=COMPONENT_STATES.index)]
                for day in sorted(bad, reverse=True):
                    state, length = bad[day]
                    words = COMPONENT_WORDS[state]
                    yield f"{day.day} {day:%B}: {words}, {say_length(length)}"
                if not bad:
                    yield "No trouble in "

    def bad_days(self, key: str) -> dict[date, tuple[str, timedelta]]:
        """Of our own trouble, which in these days never overlaps nor lasts over midnight."""
        found: dict[date, tuple[str, timedelta]] = {}
        for one in self.notices:
            if key not in one.components or one.elsewhere or makes(one) == FINE:
                continue
            if one.state in ("retracted", "scheduled"):
                continue
            end = one.resolved_at or NOW
            day = begin(one).astimezone(ZONE).date()
            assert day == end.astimezone(ZONE).date() and day not in found
            found[day] = makes(one), end - begin(one)
        return found

    def elsewhere(self) -> Iterator[str]:
        for heading, notices, place in (
            ("Problems at other providers", self.others, ""),
            ("Problems of the whole internet", self.internet, "Internet"),
        ):
            yield from [heading] if notices else []
            for one in notices:
                yield from (f"{place or one.elsewhere}: {one.title}", names(one))
                yield from (SAY.when(one.since), *promise(one), *timeline(one))


def names(one: Notice) -> str:
    return ", ".join(c.name for c in PROVIDER.components if c.key in one.components)


def meanwhile(one: Notice) -> str:
    ours = [c.meanwhile for c in PROVIDER.components if c.key in one.components]
    return f"Meanwhile: {one.meanwhile or ' '.join(ours)}"


def promise(one: Notice) -> list[str]:
    if not one.next_at:
        return []
    late = one.next_at < NOW
    return [f"next update {'was due' if late else 'by'} {SAY.when(one.next_at)}"] + (
        ["is late"] if late else []
    )


def timeline(one: Notice) -> Iterator[str]:
    for update in reversed(one.updates):
        yield from (STATE_WORDS[update.state], SAY.when(update.at), *said(update.message))


def said(message: str) -> list[str]:
    """Each line in the pieces between marks: only there may one telling differ from another."""
    lines = [re.sub(r"^(-|\d+\.) ", "", line) for line in message.splitlines()]
    pieces = [re.split(r"\*+|`|\[|\]\([^)]*\)", line) for line in lines]
    return [piece.strip() for line in pieces for piece in line if piece.strip()]


def begin(one: Notice) -> datetime:
    return one.scheduled_for or one.since


def window(one: Notice) -> list[str]:
    return [SAY.when(begin(one)), SAY.when(window_end(one))]


def window_end(one: Notice) -> datetime:
    assert one.scheduled_until
    return one.scheduled_until


def makes(one: Notice) -> str:
    return MAINTAINED if one.kind == "maintenance" else IMPACTS[one.impact]


# --- the tellings --------------------------------------------------------------------------------

TEXT_BROWSERS = {
    "w3m": ["-dump", "-cols", "200", "-I", "UTF-8", "-O", "UTF-8"],
    "lynx": ["-dump", "-nolist", "-width=200", "-display_charset=utf-8"],
}


@pytest.fixture(scope="module", params=DAYS)
def day(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def site(day: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with pages.site_of(DAYS[day], tmp_path_factory.mktemp(day)) as site:
        yield site


def assert_told(day: str, text: str) -> None:
    facts = [one_line(fact).casefold() for fact in Told(DAYS[day]).facts()]
    assert_in_order(facts, one_line(text).casefold())


def test_chromium_tells_all_of_it_in_order(day: str, site: Site, browser: Browser) -> None:
    context = browser.new_context()
    page = pages.opened(context, f"{site.address}/status/")
    pages.unfold(page)
    text = page.inner_text("body")
    context.close()
    assert_told(day, text)


@pytest.mark.parametrize("program", TEXT_BROWSERS)
def test_a_text_browser_tells_all_of_it_in_order(day: str, site: Site, program: str) -> None:
    if not (found := shutil.which(program)):
        pytest.skip(f"no {program} on this machine")
    asked = [found, *TEXT_BROWSERS[program], f"{site.address}/status/"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True)
    assert "This copy is old." not in one_line(done.stdout)
    assert_told(day, done.stdout)


def test_the_plain_text_tells_all_of_it_in_order(day: str, site: Site) -> None:
    assert_told(day, site.text("status/status.txt"))


def test_the_phone_line_tells_a_part_of_it_the_worst_first(day: str, site: Site) -> None:
    line, whole = one_line(site.text("status/line.txt")), one_line(site.text("status/status.txt"))
    told = Told(DAYS[day])
    assert len(line.split()) <= 75
    assert set(MOMENT.findall(line)) <= set(MOMENT.findall(whole))
    first = [*told.ours, *told.running, *told.others, *told.internet, *told.planned][:1]
    assert [one for one in DAYS[day] if one.title in line] == first
    for one in first:
        assert SAY.when(begin(one)) in line
        assert names(one).split(", ")[0] in line or one in told.planned
    assert f"option {PROVIDER.phone.emergency_option}" in line
    assert told.sentence() in line or told.running
