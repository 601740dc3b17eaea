from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from netdesk.notice import Notice, Update
from netdesk.pages import Pages
from netdesk.states import IMPACTS
from status_publish.render import site_pages
from tests.desk import NOW, PUBLIC_URL, provider
from tests.status import PAGES, snapshot_of, told_apart
from tests.test_notice import KEYS, notice

WORDS = 75
OPTION = provider().phone.emergency_option


def line(*active: Notice, pages: Pages = PAGES, built_at: datetime = NOW) -> str:
    snapshot = snapshot_of(*told_apart(*active), now=built_at)
    [page] = [page for page in site_pages(pages, snapshot) if page.key == "status/line.txt"]
    assert page.media_type == "text/plain; charset=utf-8"
    return " ".join(page.body.split())


def works(state: str, title: str = "New lines") -> Notice:
    return replace(
        notice(title=title),
        kind="maintenance",
        updates=(Update(NOW, state, "We lay them.", "anna"),),
        scheduled_for=NOW + timedelta(hours=24),
        scheduled_until=NOW + timedelta(hours=26),
    )


def test_it_says_what_is_broken_for_whom_since_when_and_what_to_do() -> None:
    [name] = [component.name for component in provider().components if component.key == KEYS[0]]
    built_at = NOW + timedelta(hours=1)
    assert line(notice(), built_at=built_at) == (
        f"{provider().name} status, Tuesday 24 November, 11:00 Pacific."
        " Part of our service is down: No dial tone."
        f" Affected: {name}."
        " Since Tuesday 24 November, 10:00 Pacific. You need not report this."
        f" No connection, and it is not this? Choose option {OPTION}."
    )


def test_with_nothing_open_it_says_so() -> None:
    assert "We know of no problem in our service. No connection?" in line()
    assert f"Choose option {OPTION}" in line()


def test_the_worst_is_told_and_the_others_are_counted() -> None:
    told = line(notice(impact="minor", title="Slow"), notice(impact="critical", title="Dead"))
    assert "Our service is down: Dead." in told
    assert "Slow" not in told
    assert "One more notice is open." in told
    assert "6 more notices are open." in line(*[notice()] * 6, notice(elsewhere="Other Net"))


def test_anothers_outage_carries_its_name() -> None:
    told = line(notice(elsewhere="Other Net"))
    assert "At Other Net: No dial tone." in told
    assert "our service is down" not in told


def test_anothers_outage_is_told_after_ours() -> None:
    told = line(
        notice(elsewhere="internet", impact="critical", title="Slow"),
        notice(elsewhere="Other Net", impact="critical", title="Dark"),
        works("in_progress"),
        notice(impact="minor", title="Late mail"),
    )
    assert "Some things work badly: Late mail." in told
    assert "3 more notices are open." in told
    assert "Maintenance: New lines." in line(works("in_progress"), notice(elsewhere="Other Net"))
    assert "At Other Net: Dark." in line(
        notice(elsewhere="internet"), notice(elsewhere="Other Net", title="Dark")
    )


def test_it_tells_since_when_it_was_noticed() -> None:
    told = line(replace(notice(), began_at=NOW - timedelta(hours=3)))
    assert "Since Tuesday 24 November, 07:00 Pacific." in told


def test_with_nothing_open_the_next_maintenance_is_told() -> None:
    told = line(works("scheduled"))
    assert "We know of no problem in our service. Maintenance is planned from Wednesday" in told
    assert "to Wednesday 25 November, 12:00 Pacific: New lines." in told


def test_maintenance_that_goes_on_says_from_when_to_when() -> None:
    told = line(works("in_progress"))
    assert "Maintenance: New lines." in told
    assert "From Wednesday 25 November, 10:00 Pacific to Wednesday 25" in told
    assert "You need not report" not in told


def test_long_lists_and_titles_are_cut() -> None:
    told = line(notice(title="w " * 60, components=tuple(KEYS)))
    assert f"and {len(KEYS) - 3} more." in told
    assert len(told.split()) <= WORDS


titles = st.lists(st.text("ab.,!<&-", min_size=1, max_size=9), min_size=1, max_size=60)
incidents = st.builds(
    lambda title, impact, keys, elsewhere: notice(
        title="a" + " ".join(title), impact=impact, components=tuple(keys), elsewhere=elsewhere
    ),
    titles,
    st.sampled_from(list(IMPACTS)),
    st.lists(st.sampled_from(KEYS), min_size=1),
    st.sampled_from(["", "", "Other Net", "a b " * 30]),
)
maintenance = st.builds(
    lambda state, title: works(state, "a" + " ".join(title)),
    st.sampled_from(["scheduled", "in_progress", "verifying"]),
    titles,
)


@runs(max_examples=60, deadline=None)
@given(st.lists(incidents | maintenance, max_size=40))
def test_it_is_short_whatever_is_open(active: list[Notice]) -> None:
    assert 15 <= len(line(*active).split()) <= WORDS


@pytest.mark.parametrize("kind", ["ours", "elsewhere", "in_progress", "scheduled"])
def test_it_is_short_with_names_of_many_words(kind: str) -> None:
    """Whoever adopts it may name things at length."""
    ours = provider()
    wordy = [
        replace(
            group,
            components=tuple(replace(c, name=f"{c.name} {'w ' * 30}") for c in group.components),
        )
        for group in ours.groups
    ]
    hours = replace(ours.hours, zone_word="w w w w w w w")
    long = replace(ours, name="w " * 20, groups=tuple(wordy), hours=hours)
    made = {
        "ours": notice(title="w " * 60, impact="critical"),
        "elsewhere": notice(title="w " * 60, elsewhere="w " * 60),
    }.get(kind) or works(kind, "w " * 60)
    every = replace(made, components=tuple(KEYS))
    for active in ([every], [every] * 12):
        assert len(line(*active, pages=Pages(long, PUBLIC_URL)).split()) <= WORDS
