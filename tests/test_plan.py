"""The plan of a trace against networks made of numbers: who answers, when, and what gets lost."""

import heapq
import itertools
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.probe.path.budget import MOST_PACKETS, Budget
from netdesk.probe.path.careful import Careful
from netdesk.probe.path.flows import Branches
from netdesk.probe.path.icmp import Meaning
from netdesk.probe.path.plan import LONGEST, Done, HopEvent, Plan
from netdesk.probe.path.wire import Answer


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


def run(network, plan=None, now=100.0):
    """Events and Done, by a clock of our own."""
    plan, told, order = plan or Plan(Budget()), [], itertools.count()
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
    assert [event.tries for event in events[:-1]] == [1] * 12
    assert done(events) == Done(True, 12, pytest.approx(120), 30)


def test_a_destination_next_door_is_spared():
    network = Network(12, step=0.0001)
    run(network)
    assert network.asked == list(range(1, 17))


@pytest.mark.parametrize("hops", [5, 12, 16, 17, 25, 30])
def test_a_long_path_takes_no_longer_than_its_farthest_hop(hops):
    network = Network(hops)
    events = run(network)
    assert path(events) == whole(hops)
    assert done(events).packets <= 40
    assert done(events).t_ms <= 10 * hops * 1.04


def test_a_silent_hop_is_asked_twice_and_costs_two_to_three_round_trips():
    network = Network(12, silent=frozenset({6}))
    events = run(network)
    assert path(events) == whole(12, {6})
    assert network.asked.count(6) == 2
    assert 120 * 2 <= done(events).t_ms <= 120 * 3
    # The silence is told last: while it could still be broken, it is not final.
    assert events[-2] == HopEvent(6, (), None, "", events[-2].t_ms, tries=2)


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
    network = Network(5, lost=frozenset({5, 31, 32}))
    assert path(run(network)) == whole(5)
    assert network.asked.count(5) == 4


def test_a_late_answer_is_patched_in():
    # Hop 4 answers after 150 ms: after the end, and after its second probe went out.
    events = run(Network(6, later={4: 0.11}))
    assert path(events) == whole(6)
    assert [event.ttl for event in events[:-1]] == [1, 2, 3, 5, 6, 4]
    assert events[-2].rtt_ms == pytest.approx(150)


def test_two_routers_at_one_distance_are_both_told():
    plan = Plan(Budget())
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
    plan = Plan(Budget())
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


def test_the_budget_is_shared():
    budget = Budget(20)
    assert done(run(Network(12), Plan(budget))).packets == 20
    assert budget.left == 0
    assert done(run(Network(12), Plan(budget))) == Done(False, 0, 0.0, 0)


@given(networks, st.integers(0, 40))
def test_no_more_is_sent_than_was_granted(network, granted):
    run(network, Plan(Budget(granted)))
    assert len(network.asked) <= granted


def test_an_answer_to_another_trace_is_not_heard():
    plan = Plan(Budget())
    plan.sent(1, 0.0)
    for stale in (0, 65_000):
        plan.hear(Answer(stale, "x", Meaning()), 0.1)
    assert list(plan.news()) == []


def careful(before, after):
    """What is asked where the first trace meets one network, and the careful one another."""
    budget = Budget()
    plan = Plan(budget)
    first = run(before, plan)
    return run(after, Careful(budget, plan), 100.0 + done(first).t_ms / 1000)


def test_no_further_than_the_target_where_each_answer_is_a_connection():
    network = Network(12)
    events = careful(Network(12), network)
    assert path(events) == whole(12)
    assert network.asked == list(range(1, 13))
    assert done(events) == Done(True, 12, pytest.approx(240), 30 + 12)


def test_beyond_the_last_that_answers_one_distance_at_a_time():
    # The target and the router before it ignore echoes, but the connection stands.
    network = Network(12, silent=frozenset({11}))
    events = careful(Network(12, silent=frozenset({11, 12})), network)
    assert path(events) == whole(12, {11})
    assert network.asked == [*range(1, 12), 11, 12]
    assert done(events).reached


def test_after_three_silent_distances_nothing_more_is_asked():
    network = Network(12, silent=frozenset({12}))
    events = careful(Network(12), network)
    assert network.asked == [*range(1, 13), 12, 13, 14]
    assert path(events) == whole(11) | dict.fromkeys((12, 13, 14), ())
    assert (done(events).reached, done(events).hops) == (False, 11)
    assert done(events).t_ms < 120 + 4 * 400 + 1


def test_a_silent_hop_does_not_end_it():
    network = Network(12, silent=frozenset({3, 4, 5, 6}))
    events = careful(Network(12), network)
    assert path(events) == whole(12, {3, 4, 5, 6})
    assert network.asked == [*range(1, 13), 3, 4, 5, 6]


@given(networks, networks)
def test_the_careful_one_ends_too(before, after):
    budget = Budget()
    plan = Plan(budget)
    first = done(run(before, plan))
    asked = Careful(budget, plan)
    events = run(after, asked, 100.0 + first.t_ms / 1000)
    assert done(events).packets == len(before.asked) + len(after.asked) <= MOST_PACKETS
    assert done(events).t_ms <= LONGEST * 1000 + 1
    reach = first.hops + (not first.reached)
    assert max(after.asked[: max(1, reach)], default=0) <= max(1, reach)


def flows(plan, flows, answer, budget):
    """The further flows' packets, and what is told of them: `answer` says who answers which."""
    branches, asked, now = Branches(plan, flows, budget), [], 200.0
    told = []
    while True:
        for ask in branches.due(now):
            asked.append(ask)
            probe = branches.sent(ask, now)
            if who := answer(*ask):
                branches.hear(
                    Answer(probe, who, Meaning(last=who == "end", reached=who == "end")), now
                )
        told += branches.news()
        if branches.over(now):
            return asked, told
        now = branches.deadline()


def traced(hops, budget, **network):
    plan = Plan(budget)
    run(Network(hops, **network), plan)
    return plan


def test_further_flows_show_the_other_branches():
    budget = Budget()
    plan = traced(5, budget)
    asked, told = flows(
        plan, 3, lambda flow, ttl: f"branch {flow}" if ttl == 3 else f"hop {ttl}", budget
    )
    assert asked == [(flow, ttl) for flow in (0, 1) for ttl in range(1, 6)]
    assert [event.addresses for event in told] == [("hop 3", "branch 0", "branch 1")]
    assert (told[0].ttl, told[0].tries, told[0].rtt_ms) == (3, 3, pytest.approx(30))
    assert plan.done(201.0).packets == 30 + 10


def test_only_as_many_flows_as_the_budget_pays_for():
    budget = Budget(50)
    asked, _ = flows(traced(6, budget), 8, lambda flow, ttl: "x", budget)
    assert len(asked) == 3 * 6  # 20 packets were left
    assert flows(Plan(budget), 8, lambda flow, ttl: "x", budget) == ([], [])


def test_the_gaps_of_a_flow_are_asked_once_more_where_somebody_answers():
    budget = Budget()
    plan = traced(5, budget, silent=frozenset({2}))
    asked, told = flows(
        plan,
        3,
        lambda flow, ttl: None if ttl == 2 or (flow, ttl) == (1, 4) else f"hop {ttl}",
        budget,
    )
    assert asked[10:] == [(1, 4)]
    assert told == []


def test_a_shorter_branch_does_not_make_the_path_shorter():
    budget = Budget()
    plan = traced(5, budget)
    _, told = flows(plan, 2, lambda flow, ttl: "end" if ttl >= 4 else f"hop {ttl}", budget)
    assert [event.addresses for event in told] == [("hop 5", "end")]
    assert plan.done(201.0).hops == 5


def test_no_hop_has_more_addresses_than_a_fact_may_hold():
    budget = Budget()
    plan = traced(2, budget)
    answers = itertools.count()
    flows(plan, 8, lambda flow, ttl: f"router {next(answers)}", budget)
    plan.note(1, Answer(1, "another", Meaning()), 0.0, 0.1)
    assert list(plan.news()) == []
