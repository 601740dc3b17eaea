"""Publishing is safe against itself: whoever interrupts whom, and whoever dies where."""

import inspect
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from netdesk.pages import SITE, Pages
from status_publish.bucket import Bucket
from status_publish.publish import publish
from status_publish.stamp import stamped
from status_publish.store import Notices
from tests.interleaving import Found, Plan, Scenario, Tally, by_chance, deaths, run, switches
from tests.publishing_scenarios import heavy, pages, renewing, scenarios, site
from tests.site_oracle import THOROUGH, forget, quick

__all__ = ["quick"]  # a fixture
pytestmark = pytest.mark.usefixtures("quick")

NAMES = list(scenarios(pages()))


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    """Of a release all of whose HTML pages look otherwise."""
    folder = tmp_path_factory.mktemp("newer") / "site"
    shutil.copytree(SITE, folder)
    base = folder / "templates" / "base.html"
    base.write_text(base.read_text("utf-8").replace("<main>", "<main id=new>"), "utf-8")
    return replace(pages(), site=folder)


@pytest.fixture(scope="module")
def all_scenarios(newer: Pages) -> dict[str, Scenario]:
    return scenarios(newer)


@pytest.fixture
def scenario(all_scenarios: dict[str, Scenario], request: Any) -> Scenario:
    return replace(all_scenarios[request.param], ends={})


def holds(tally: Tally, at_least: int) -> None:
    print(tally)
    assert tally.all >= at_least
    assert not tally.found, str(tally)


EACH = pytest.mark.parametrize("scenario", NAMES, indirect=True)

# Much like others, and long: of these only with NETDESK_SCHEDULES=all.
LIKE_OTHERS = ("one request, sent twice", "update, resolve", "retract, open", "open, update it")


@EACH
def test_one_interrupts_the_other_anywhere(
    scenario: Scenario, request: pytest.FixtureRequest
) -> None:
    if request.node.callspec.id in LIKE_OTHERS and not THOROUGH:
        pytest.skip("runs with NETDESK_SCHEDULES=all")
    holds(switches(scenario), at_least=500)


@EACH
def test_one_dies_anywhere_and_the_others_go_on(scenario: Scenario) -> None:
    holds(deaths(scenario), at_least=50)


@EACH
def test_they_interrupt_each_other_many_times(scenario: Scenario) -> None:
    holds(by_chance(scenario, 50, seed=7), at_least=50)


# --- the harness finds what it is for ------------------------------------------------------------

FAULTS: dict[str, tuple[Any, str, str, str]] = {
    "a put without a condition": (
        Bucket.put,
        """{"IfMatch": there[0]} if there else {"IfNoneMatch": "*"}""",
        "{}",
        "went back",
    ),
    "an older page over a newer one": (
        Bucket.put,
        "there[1] > page.age or",
        "False or",
        "went back",
    ),
    "touched is forgotten whatever came since": (
        Notices.published,
        """"revision = :revision" if""",
        """"revision >= :revision" if""",
        "index.html, which is not there",
    ),
    "the front page first": (
        publish,
        "in site_pages(publisher.pages, snapshot)",
        "in reversed(list(site_pages(publisher.pages, snapshot)))",
        "index.html, which is not there",
    ),
    "no second look at the revision": (
        publish,
        "if publisher.notices.site().revision != site.revision:",
        "if False:",
        "index.html, which is not there",
    ),
    "who is overtaken leaves it so": (
        publish,
        "except Overtaken:\n            continue",
        "except Overtaken:\n            written = []",
        "told to be published",
    ),
}
SOME = pytest.mark.parametrize("scenario", ["take a component away, open"], indirect=True)


@SOME
@pytest.mark.parametrize("fault", FAULTS)
def test_the_harness_finds_a_planted_fault(
    scenario: Scenario, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    *where, what = FAULTS[fault]
    plant(monkeypatch, *where)
    with pytest.raises(Found, match=what) as found:
        switches(scenario, first_only=True)
    print(f"{fault}: {found.value}")


@pytest.fixture
def anew() -> Iterator[None]:
    """Nothing is remembered that was made without the fault, or with it."""
    for made in (site, renewing, heavy):
        made.cache_clear()
    forget()
    yield
    for made in (site, renewing, heavy):
        made.cache_clear()
    forget()


def test_the_harness_finds_bytes_that_come_back(
    newer: Pages, anew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, stamped, "kind = ", "return body\n    kind = ")
    with pytest.raises(Found, match=r"badge\.svg went back"):
        switches(scenarios(newer)["open, resolve it"], first_only=True)


@pytest.mark.parametrize("scenario", ["two clocks, one of them late"], indirect=True)
def test_the_schedules_that_are_not_run_would_find_nothing_else(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch, *FAULTS["a put without a condition"][:3])
    found = {frozenset(one.wrong) for one in switches(scenario).found}
    calls = [len(run(scenario, Plan(first)).actors[0].calls) + 9 for first in (0, 1)]
    every = (
        run(scenario, Plan(first, (mine, theirs))).wrong
        for first in (0, 1)
        for mine, theirs in product(range(1, calls[first]), range(1, calls[1 - first]))
    )
    assert found == {frozenset(wrong) for wrong in every if wrong}
    assert found


def plant(monkeypatch: pytest.MonkeyPatch, function: Any, old: str, new: str) -> None:
    """Everybody who has the function now does it so."""
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1, f"{function.__name__} is another now: plant it anew"
    made: dict[str, Any] = {}
    exec(source.replace(old, new), function.__globals__, made)  # noqa: S102
    monkeypatch.setattr(function, "__code__", made[function.__name__].__code__)
