"""The plan of a trace against networks made of numbers: who answers, when, and what gets lost."""

import heapq
import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.probe.budget import MOST_PACKETS, Budget
from netdesk.probe.careful import Careful
from netdesk.probe.flows import Branches
from netdesk.probe.icmp import Meaning
from netdesk.probe.plan import LONGEST, Done, HopEvent, Plan
from netdesk.probe.wire import Answer


@dataclass
class Network:
    """A path of `hops`; hop k answers after k * `step` seconds, and `later[k]` more."""

    hops: int
    step: float = 0.01
    silent: frozenset[int] = frozenset()
    later: dict[int, float] = field(default_factory=dict)
    mute: frozenset[int] = frozenset()  # these quote too little to say which probe they mean
    lost: frozenset[int] = frozenset()  # probes, by number
    mark: str = ""  # what the last hop says in place of an answer of the target
    asked: list[int] = field(default_factory=list)

    def answer(self, probe, ttl):
        """(after how long, what), or None."""
        self.asked.append(ttl)
        hop = min(ttl, self.hops)
        if probe in self.lost or hop in self.silent:
            return None
        last = hop == self.hops
        meaning = Meaning(self.mark, last=last, reached=last and not self.mark)
        number = None if hop in self.mute else probe
        return hop * self.step + self.later.get(hop, 0), Answer(number, f"hop {hop}", meaning)


def run(network):
    """Events and Done, by a clock of our own."""
    plan, now, told, order = Plan(), 100.0, [], itertools.count()
    under_way = []
    while True:
        while under_way and under_way[0][0] <= now:
            at, _, answer = heapq.heappop(under_way)
            plan.hear(answer, at)
        for ttl in plan.due(now):
            probe = plan.sent(ttl, now)
            if answer := network.answer(probe, ttl):
                heapq.heappush(under_way, (now + answer[0], next(order), answer[1]))
        told += plan.news()
        if plan.over(now):
            return [*told, *plan.rest(now), plan.done(now)]
        now = min([plan.deadline(), *(entry[0] for entry in under_way[:1])])


def path(events):
    """What stands on the page at the end: the last word on each hop."""
    return {event.ttl: event.addresses for event in events if isinstance(event, HopEvent)}


def done(events):
    assert isinstance(events[-1], Done)
    return events[-1]


def whole(hops, silent=()):
    return {hop: () if hop in silent else (f"hop {hop}",) for hop in range(1, hops + 1)}


def test_a_healthy_path_is_told_in_one_round_trip():
    events = run(Network(12))
    assert path(events) == whole(12)
    assert [event.ttl for event in events[:-1]] == list(range(1, 13))
    assert [event.rtt_ms for event in events[:-1]] == pytest.approx(
        [10 * hop for hop in range(1, 13)]
    )
    assert done(events) == Done(True, 12, pytest.approx(120), 16)


def test_a_near_destination_is_spared():
    network = Network(12)
    run(network)
    assert len(network.asked) == 16


@pytest.mark.parametrize("hops", [16, 17, 25, 30])
def test_a_long_path_is_asked_for_as_the_answers_come_near(hops):
    network = Network(hops)
    events = run(network)
    assert path(events) == whole(hops)
    assert done(events).packets <= 40
    assert done(events).t_ms <= 10 * hops + 150  # hop 12 has to answer before 17 is asked


def test_a_silent_hop_is_asked_twice_and_costs_two_to_three_round_trips():
    network = Network(12, silent=frozenset({6}))
    events = run(network)
    assert path(events) == whole(12, {6})
    assert network.asked.count(6) == 2
    assert 120 * 2 <= done(events).t_ms <= 120 * 3
    # The silence is told last: while it could still be broken, it is not final.
    assert events[-2] == HopEvent(6, (), None, "", events[-2].t_ms)


def test_a_dead_path_is_given_up_after_a_second():
    network = Network(7, silent=frozenset({7}))
    events = run(network)
    assert path(events) == whole(6) | dict.fromkeys(range(7, 31), ())
    assert done(events) == Done(False, 6, pytest.approx(1000), len(network.asked))
    assert {network.asked.count(ttl) for ttl in range(7, 31)} == {2}


def test_nobody_answers():
    events = run(Network(1, silent=frozenset({1})))
    assert path(events) == dict.fromkeys(range(1, 31), ())
    assert (done(events).reached, done(events).hops) == (False, 0)


def test_an_end_that_is_not_the_target():
    events = run(Network(6, mark="!H"))
    assert path(events) == whole(6)
    assert events[-2].mark == "!H"
    assert (done(events).reached, done(events).hops, done(events).t_ms) == (False, 6, 60)


def test_the_end_is_not_told_while_it_may_be_nearer():
    # The first probe to the target is lost, so the next one seems to be the first to arrive.
    network = Network(5, lost=frozenset({5}))
    events = run(network)
    assert [event.ttl for event in events[:-1]] == [1, 2, 3, 4, 5]
    assert path(events) == whole(5)


def test_just_below_the_end_four_tries_are_made():
    network = Network(5, lost=frozenset({5, 17, 18}))
    assert path(run(network)) == whole(5)
    assert network.asked.count(5) == 4


def test_a_late_answer_is_patched_in():
    # Hop 4 answers after 170 ms: after the end, and after its second probe went out.
    events = run(Network(6, later={4: 0.13}))
    assert path(events) == whole(6)
    assert [event.ttl for event in events[:-1]] == [1, 2, 3, 5, 6, 4]
    assert events[-2].rtt_ms == pytest.approx(170)


def test_two_routers_at_one_distance_are_both_told():
    plan = Plan()
    first, second = plan.sent(1, 0.0), plan.sent(1, 0.0)
    plan.hear(Answer(first, "a", Meaning()), 0.1)
    assert [event.addresses for event in plan.news()] == [("a",)]
    plan.hear(Answer(second, "b", Meaning()), 0.2)
    assert [event.addresses for event in plan.news()] == [("a", "b")]
    assert list(plan.news()) == []


@pytest.mark.parametrize("mute", [{6}, {3, 6, 9}, {12}, {11, 12}, {1}], ids=str)
def test_who_quotes_too_little_is_asked_alone(mute):
    events = run(Network(12, mute=frozenset(mute)))
    assert path(events) == whole(12)
    assert done(events).t_ms < 2_000


def test_a_stranger_is_not_heard():
    plan = Plan()
    plan.sent(1, 0.0)
    plan.hear(Answer(7, "x", Meaning()), 0.1)
    assert list(plan.news()) == []


networks = st.builds(
    Network,
    hops=st.integers(1, 30),
    step=st.sampled_from([0.0001, 0.01, 0.05, 0.3]),
    silent=st.frozensets(st.integers(1, 30)),
    later=st.dictionaries(st.integers(1, 30), st.floats(0, 2), max_size=4),
    mute=st.frozensets(st.integers(1, 30), max_size=4),
    lost=st.frozensets(st.integers(1, 60)),
    mark=st.sampled_from(["", "!N", "!X"]),
)


@given(networks)
def test_whatever_the_network_does(network):
    events = run(network)
    end = done(events)
    assert end.packets == len(network.asked) <= MOST_PACKETS
    assert end.t_ms <= LONGEST * 1000 + 1
    times = [event.t_ms for event in events[:-1]]
    assert all(0 <= at <= end.t_ms for at in times)
    heard = {ttl: addresses for ttl, addresses in path(events).items() if addresses}
    assert end.hops == max(heard, default=0) or not heard
    if not network.mute:  # then every hop is the one that it says it is, the last one seen too far
        assert all(at == (f"hop {min(ttl, network.hops)}",) for ttl, at in heard.items())
        assert end.reached == (not network.mark and f"hop {network.hops}" in str(heard.values()))


@given(networks)
def test_without_loss_the_path_is_exact(network):
    network.lost, network.mute, network.later = frozenset(), frozenset(), {}
    network.step = min(network.step, 0.02)  # who answers after the second that we wait is late
    found = path(run(network))
    if network.hops in network.silent:
        assert found == whole(network.hops, network.silent) | dict.fromkeys(
            range(network.hops, 31), ()
        )
    else:
        assert found == whole(network.hops, network.silent)
