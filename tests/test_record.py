"""Whoever keeps a record is told every fact, once and in order."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.facts import MAX_TTL, Control, Hop, Loss, Network, Service, Way, from_row, to_row
from netdesk.probe.record import Record
from netdesk.trace_store import FACTS_PER_ATTEMPT

HERE = "192.0.2.1"


def one_more(record):
    record.add(Control, address=HERE, reached=True)


async def told(record, batches):
    async for facts in record.batches():
        assert facts
        batches.append(facts)


STEPS = st.lists(st.sampled_from(["add", "add", "turn"]), max_size=40)


@given(before=STEPS, after=STEPS, start=st.integers(0, 600))
def test_every_fact_is_told_once_and_in_order(before, after, start):
    """Whatever is added before somebody listens, and while he does; "turn" lets him listen."""

    async def all_of_it():
        record, batches = Record(start), []
        for _ in range(before.count("add")):
            one_more(record)
        listener = asyncio.create_task(told(record, batches))
        for step in after:
            one_more(record) if step == "add" else await asyncio.sleep(0)
        record.close()
        await asyncio.wait_for(listener, 5)
        return record, batches

    record, batches = asyncio.run(all_of_it())
    facts = [fact for batch in batches for fact in batch]
    assert facts == record.facts
    assert [fact.n for fact in facts] == list(range(start + 1, start + len(facts) + 1))
    assert len(facts) == (before + after).count("add")


@given(steps=st.lists(st.sampled_from(["add", "turn"]), max_size=30), more=st.integers(0, 3))
def test_what_is_known_when_it_is_closed_is_told_yet(steps, more):
    async def all_of_it():
        record, batches = Record(), []
        listener = asyncio.create_task(told(record, batches))
        for step in steps:
            one_more(record) if step == "add" else await asyncio.sleep(0)
        record.close()
        for _ in range(more):
            one_more(record)
        await asyncio.wait_for(listener, 5)
        return [fact.n for batch in batches for fact in batch]

    assert asyncio.run(all_of_it()) == list(range(1, steps.count("add") + more + 1))


def test_what_comes_at_once_is_one_batch():
    async def all_of_it():
        record, batches = Record(), []
        for _ in range(3):
            one_more(record)
        record.close()
        await told(record, batches)
        return [len(batch) for batch in batches]

    assert asyncio.run(all_of_it()) == [3]


def test_nobody_is_told_of_nothing():
    async def all_of_it():
        record, batches = Record(), []
        listener = asyncio.create_task(told(record, batches))
        await asyncio.sleep(0)
        record.close()
        await asyncio.wait_for(listener, 5)
        return batches

    assert asyncio.run(all_of_it()) == []


@pytest.mark.parametrize("before", [0, FACTS_PER_ATTEMPT, 2 * FACTS_PER_ATTEMPT])
def test_more_facts_than_an_attempt_may_number_are_dropped(before):
    """So that the numbers of three attempts don't meet, and are all read."""
    record = Record(before)
    for _ in range(2 * FACTS_PER_ATTEMPT):
        one_more(record)
    assert [fact.n for fact in record.facts] == list(
        range(before + 1, before + FACTS_PER_ATTEMPT + 1)
    )
    assert from_row(to_row(record.facts[-1])) == record.facts[-1]


def test_no_crowd_of_routers_takes_the_room_of_what_a_verdict_needs():
    """A stranger may answer from as many addresses as he likes."""
    record = Record()
    for number in range(FACTS_PER_ATTEMPT):
        record.add(Hop, ttl=1, addresses=(HERE,))
        record.add(Network, address=f"192.0.2.{number % 256}", operator="X")
    needed = [
        *((Loss, {"version": v, "ttl": ttl, "sent": 6, "lost": 0})
          for v in (4, 6) for ttl in range(1, MAX_TTL + 1)),
        *((Service, {"version": v, "port": port, "connect": "open"})
          for v in (4, 6) for port in (80, 443)),
        *((Way, {"version": v, "address": HERE, "progress": "reached"}) for v in (4, 6)),
        *((Control, {"address": HERE, "reached": True}) for _ in range(4)),
    ]  # fmt: skip
    for kind, given_ in needed:
        record.add(kind, **given_)
    assert [type(fact) for fact in record.facts][-len(needed) :] == [kind for kind, _ in needed]
