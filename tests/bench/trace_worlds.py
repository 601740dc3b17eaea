"""Whether what is said is right, in the lab's internet: broken, whole but noisy, and how soon."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import chain as joined
from queue import Queue
from random import Random
from statistics import median
from typing import TypeVar

from netdesk.facts import Loss, Way, of_kind
from netdesk.trace import Run
from tests.bench.table import Row
from tests.bench.trace_noise import Noise, drawn, noisy
from tests.lab.diagnosing import Measured, measure, said, trusting
from tests.lab.namespaces import settings, within
from tests.lab.verdict_runs import Case, cases
from tests.lab.world import World, world
from tests.lab.world_faults import WorldFault

AT_ONCE = 8  # worlds: most of a diagnosis is waiting
SEEDS, NOISY = 4, 200
DEAD = ("r2", "x1", "x2a", "x3", "d1", "d2", "target")
DEAD_ROUNDS = 2
T = TypeVar("T")
Item = TypeVar("Item")


def rows() -> Iterator[Row]:
    with trusting(), worlds(AT_ONCE) as free:
        yield _dead(free)
        yield from _faults(free)
        yield from _noise(free)


@contextmanager
def worlds(count: int) -> Iterator["Queue[World]"]:
    """Each shares its load out in another way."""
    with ExitStack() as stack:
        free: Queue[World] = Queue()
        for seed in range(1, count + 1):
            net = stack.enter_context(world())
            balance = {"net.ipv4.fib_multipath_hash_seed": seed}
            within(net.spaces["x1"], settings, balance)
            free.put(net)
        yield free


def _each(free: "Queue[World]", work: Callable[[World, Item], T], items: Iterable[Item]) -> list[T]:
    def one(item: Item) -> T:
        net = free.get()
        try:
            return work(net, item)
        finally:
            free.put(net)

    with ThreadPoolExecutor(free.qsize()) as pool:
        return list(pool.map(one, items))


def _both(net: World) -> list[Measured]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda where: measure(net, where), ("inside", "outside")))


def _runs(net: World) -> tuple[Run, Run]:
    inside, outside = _both(net)
    return inside.run, outside.run


# --- how soon ------------------------------------------------------------------------------------


def _dead(free: "Queue[World]") -> Row:
    """From the first packet until the sentence, of each host that the fault is before."""
    net, seconds = free.get(), []
    for at in DEAD * DEAD_ROUNDS:
        with net.fault(WorldFault("dead", at)):
            for found in filter(_ended, _both(net)):
                before = time.monotonic()
                said(found.run)
                seconds.append((found.seconds + time.monotonic() - before, at))
    free.put(net)
    worst, where = max(seconds)
    ours = f"{median(took for took, _ in seconds):.3f} s, worst {worst:.3f} ({where})"
    return Row(f"dead: {len(seconds)} whole diagnoses to the sentence", "1.05 s", ours)


def _ended(found: Measured) -> bool:
    return any(way.progress == "ended" for way in of_kind(found.run.facts, Way))


# --- broken --------------------------------------------------------------------------------------


def _faults(free: "Queue[World]") -> Iterator[Row]:
    chosen = [*joined.from_iterable(cases() for _ in range(SEEDS)), *_disturbed(cases())]
    Random(6).shuffle(chosen)
    runs = _each(free, _broken, chosen)
    wrong = [(case, faults, run) for case, run in zip(chosen, runs, strict=True)
             if (faults := case.wrong(run))]  # fmt: skip
    right = len(chosen) - len(wrong)
    ours = f"{right / len(chosen):.1%}: {right} of {len(chosen)}"
    yield Row("verdict right, fault runs", "100 % of 264", ours)
    for case, faults, run in wrong:
        yield Row(f"  WRONG {case.id}", "", "", f"{' | '.join(faults)} {_counts(run)}")


def _broken(net: World, case: Case) -> tuple[Run, Run]:
    with net.fault(*case.faults):
        return _runs(net)


def _disturbed(cases: Iterable[Case]) -> Iterator[Case]:
    """The same faults behind first routers that say nothing, where these are not what breaks."""
    quiet = WorldFault("silent", "r1"), WorldFault("silent", "c1")
    for case in cases:
        if not {fault.at for fault in case.faults} & {"r1", "r2"}:
            yield replace(case, faults=(*case.faults, *quiet))


# --- whole, but noisy ----------------------------------------------------------------------------


def _noise(free: "Queue[World]") -> Iterator[Row]:
    """Whatever is not good is a claim, of both hosts together and of the outside one alone."""
    drawings = [drawn(seed) for seed in range(NOISY)]
    claims = [
        (noise, one, runs)
        for noise, runs in zip(drawings, _each(free, _heard, drawings), strict=True)
        for one in (said(*runs), said(runs[1]))
        if not one.good
    ]
    losing = sum(any(f.kind == "loss" for f in noise.faults) for noise in drawings)
    ours = f"{len(claims)} claims, {losing} runs had 1 % loss"
    yield Row(f"{NOISY} noisy healthy runs, two verdicts each", "0 claims", ours)
    for noise, one, runs in claims:
        told = f"{one.sentence} [{noise}] {_counts(runs)}"
        yield Row(f"  CLAIM {one.code}, {one.confidence}, IPv{one.version}", "", "", told)


def _heard(net: World, noise: Noise) -> tuple[Run, Run]:
    with noisy(net, noise):
        return _runs(net)


def _counts(runs: Sequence[Run]) -> str:
    """What was counted of loss, lost/sent by distance: a wrong number has its cause there."""
    told = []
    for run in runs:
        for version in (4, 6):
            counts = [loss for loss in of_kind(run.facts, Loss) if loss.version == version]
            listed = " ".join(f"{one.ttl}:{one.lost}/{one.sent}" for one in counts)
            told.append(f"{run.probe} IPv{version} {listed or '-'}")
    return f"[lost/sent by hop: {', '.join(told)}]"
