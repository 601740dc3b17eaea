"""A mail that is on its way while its ticket is erased is erased with it, or is new and whole."""

from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any

import pytest

from tests.desk import NOW
from tests.erasing import PROBLEM, Cupboard, erasing, posted, put_mail
from tests.invocation import ALL, Faults, Invocation, Work
from tests.mail_world import BLOCKED, desk_of, letting_out, looking_around, taking
from tests.permissions import denied
from tests.test_interleavings import plant
from tests.test_mail_faults import quick
from ticket_intake import erasure
from ticket_intake.mailroom import intake

__all__ = ["quick"]  # a fixture
MAIL = "canary-new@example.org"  # its id
LATER = NOW + timedelta(minutes=5)


WAYS = {"taken in": taking("new"), "let out of quarantine": letting_out("new")}
IN_EACH = pytest.mark.parametrize("way", WAYS)


@cache
def begun(way: str) -> tuple[Cupboard, str]:
    """A ticket, and a mail that is to come to it."""
    cloud: Any = Cupboard(now=NOW)
    number = posted(cloud, PROBLEM | {"leave_empty": ""})
    held = way != "taken in"
    put_mail(cloud, number, "new", BLOCKED if held else "canary@example.org")
    if held:
        taking("new").do(cloud)
    return cloud, number


def meeting(way: str) -> tuple[Any, str, list[Work]]:
    """What takes the mail in, and who erases the ticket."""
    start, number = begun(way)
    return start.copy(), number, [WAYS[way], erasing(number)]


def calls(way: str) -> list[int]:
    counted = []
    for place in range(2):
        cloud, _, works = meeting(way)
        faults = Faults()
        Invocation(cloud, works[place], faults).go()
        counted.append(len(faults.calls))
    return counted


def wrong(way: str, turns: list[tuple[int, float]], plan: dict[int, str]) -> list[str]:
    """What is wrong when both are done, and the mail came again if it was left lying."""
    cloud, number, works = meeting(way)
    actors = [Invocation(cloud, works[0], Faults(plan)), Invocation(cloud, works[1], Faults())]
    for who, most in [*turns, (0, ALL), (1, ALL)]:
        actors[who].go(most)
    again = Invocation(cloud, looking_around(LATER), Faults())
    again.go()
    found = [*denied("MailFunction", again.asked), *denied(works[0].function, actors[0].asked)]
    found += [repr(actors[1].error)] if actors[1].error else []
    found += wrong_mail(cloud, number)
    erasing(number, LATER).do(cloud)
    return found + cloud.planted()


def wrong_mail(cloud: Any, number: str) -> list[str]:
    """Entry, raw mail, its row and its pointer stay together, or all four tell nothing."""
    raw = f"mail/{NOW:%Y/%m}/new"
    stands = {
        "entry": MAIL in [one.message_id for one in desk_of(cloud).tickets.entries(number)],
        "raw mail": raw in cloud.objects,
        "row": "canary" in str(cloud.rows["mail#new", "mail"]),
        "pointer": raw in str(cloud.rows[f"ticket#{number.replace('-', '')}", "mail#new"]),
    }
    found = [] if len({*stands.values()}) == 1 else [str(stands)]
    return found + ["the mail was not taken in"] * ("inbound/new" in cloud.objects)


def schedules(way: str) -> list[list[tuple[int, float]]]:
    """Each is interrupted once, anywhere, for so many calls of the other."""
    mail, eraser = (most + 4 for most in calls(way))
    first = [[(0, a), (1, b)] for a, b in product(range(mail), range(1, eraser))]
    return first + [[(1, a), (0, b)] for a, b in product(range(eraser), range(1, mail))]


@IN_EACH
def test_one_interrupts_the_other_anywhere(way: str) -> None:
    plans = schedules(way)
    failed = [f"{turns}: {found}" for turns in plans if (found := wrong(way, turns, {}))]
    print(f"{len(failed)} of {len(plans)} schedules go wrong")
    assert not failed, "\n".join(failed[:3])


@pytest.mark.parametrize("kind", ["die", "die after", "500 after"])
def test_who_takes_the_mail_in_dies_and_it_is_erased_then(kind: str) -> None:
    way = "taken in"
    mail, _ = calls(way)
    plans = [([(0, ALL), (1, ALL)], {place: kind}) for place in range(mail + 9)]
    plans += [([(0, float(n)), (1, ALL)], {n: kind}) for n in range(mail + 9)]
    failed = [
        f"{turns} {plan}: {told}" for turns, plan in plans if (told := wrong(way, turns, plan))
    ]
    assert not failed, "\n".join(failed[:3])


LOOK = "_drop_erased(room, stored.raw, filed)"
PLANTED: dict[str, tuple[str, Any, str, str]] = {
    "not looked at": ("taken in", intake._away, LOOK, "None"),
    "let out and not looked at": (
        "let out of quarantine",
        intake.retry,
        "_drop_erased(room, stored.raw, done)",
        "None",
    ),
    "looked at too early": (
        "taken in",
        intake._away,
        f"room.inbox.keep(stored)\n    {LOOK}",
        f"{LOOK}\n    room.inbox.keep(stored)",
    ),
    "read once": ("taken in", erasure._clear_all, "if not left:", "if not left or done:"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_shows(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    way, *fault = PLANTED[name]
    plant(monkeypatch, *fault)
    assert any(wrong(way, turns, {}) for turns in schedules(way))
