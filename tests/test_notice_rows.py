"""Notices as rows of the table, and back."""

from hypothesis import given
from hypothesis import strategies as st

from netdesk.dynamo import pack, unpack
from netdesk.notice import Notice, Update
from netdesk.states import IMPACTS, STATES
from status_publish.heading import heading
from status_publish.rows import HEADING, heading_of, notice_item, notice_of
from tests.test_ticket_store import MOMENTS, WORDS

UPDATE = st.builds(Update, MOMENTS, st.sampled_from(STATES), WORDS, WORDS, WORDS)
MAYBE = st.none() | MOMENTS
NOTICES = st.builds(
    Notice,
    id=st.just("20261124-k3x"),
    impact=st.sampled_from(list(IMPACTS)),
    components=st.lists(WORDS, max_size=3).map(tuple),
    opened_at=MOMENTS,
    updates=st.lists(UPDATE, min_size=1, max_size=4).map(tuple),
    version=st.integers(1, 99),
    **dict.fromkeys(("title", "elsewhere", "kind", "meanwhile"), WORDS),
    **dict.fromkeys(("scheduled_for", "scheduled_until", "began_at", "next_at"), MAYBE),
)


@given(NOTICES)
def test_a_notice_comes_back_from_its_row_as_it_was(made: Notice) -> None:
    assert notice_of(unpack(pack(notice_item(made)))) == made


@given(NOTICES)
def test_its_heading_is_read_from_its_row_without_the_rest(made: Notice) -> None:
    row = {name: value for name, value in notice_item(made).items() if name in HEADING.split(", ")}
    assert heading_of(row) == heading(made)
