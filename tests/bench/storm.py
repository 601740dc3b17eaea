"""2,000 posts of the form by 8 clients at once, and what the desk answers and makes of them."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from threading import Barrier

from tests.bench.posts import CLIENTS, TIMEOUT, Told, owned, post, rows, settled
from tests.bench.proof import proof
from tests.bench.table import Row
from tests.desk import fields, multipart, provider
from tests.e2e.stack import Stack

POSTS = 2_000
SHARES = "15 % twice, 10 % bad, 5 % with a file, 2 % urgent"
TWICE, BAD, FILES, URGENT = (POSTS * share // 100 for share in (15, 10, 5, 2))
LATER = range(20, 200)  # so many posts later somebody sends the same form again
PNG = ("modem.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 200)
EXE = ("modem.png", "image/png", b"MZ\0\0")
FAULTS: tuple[dict[str, str], ...] = (
    {"email": ""},
    {"email": "ann at example"},
    {"email": provider().mail},
    {"message": ""},
    {"category": "no such"},
    {"phone": "9" * 300},
    {"emergency": "true", "phone": "", "name": ""},
)


@dataclass(frozen=True)
class Post:
    token: str  # planted in its message, one for each submission
    mail: str
    body: tuple[str, bytes] = field(repr=False)
    good: bool = True
    urgent: bool = False
    together: Callable[[], object] = int  # what it waits for, so that two leave at one moment


def storm(stack: Stack) -> Iterator[Row]:
    posts = plan(Random(5))
    begun = time.perf_counter()
    sent = run(stack, posts)
    seconds = time.perf_counter() - begun
    counts = sorted(Counter(told.status for _, told in sent).items())
    said = ", ".join(f"{count:,} x {status}" for status, count in counts)
    yield Row(f"{len(sent):,} posts by {CLIENTS} clients", "201, 422", said)
    yield Row(f"  {SHARES}", "", f"{seconds:.0f} s, {len(sent) / seconds:.1f} posts/s")
    client = owned(stack, "dynamodb")
    empty = "empty" if settled(client) else "WRONG, not empty"
    waited = time.perf_counter() - begun - seconds
    yield Row("  the outbox", "empty", f"{empty} {waited:.0f} s later")
    yield from proof(sent, rows(client), stack.client.get("/outbox/?format=json").json)


def run(stack: Stack, posts: Sequence[Post]) -> list[tuple[Post, Told]]:
    """In this order: who waits for its twin, which comes next, never waits for long."""

    def send(place: int) -> tuple[Post, Told]:
        posts[place].together()
        return posts[place], post(stack, place, posts[place].body)

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(send, range(len(posts))))


def plan(dice: Random) -> list[Post]:
    """All kinds shuffled; of those sent twice half at the first one's side, half later."""
    kinds = [faulty] * BAD + [pictured] * FILES + [urgent] * URGENT
    kinds += [plain] * (POSTS - TWICE - len(kinds))
    dice.shuffle(kinds)
    firsts = [kind(place) for place, kind in enumerate(kinds)]
    chosen = dice.sample([place for place, one in enumerate(firsts) if one.good], TWICE)
    for place in chosen[::2]:
        firsts[place] = replace(firsts[place], together=partial(Barrier(2).wait, TIMEOUT))
    ordered = [(float(place), one) for place, one in enumerate(firsts)]
    ordered += [(place + 0.1, firsts[place]) for place in chosen[::2]]
    ordered += [(place + dice.choice(LATER) + 0.5, firsts[place]) for place in chosen[1::2]]
    return [one for _, one in sorted(ordered, key=lambda pair: pair[0])]


def plain(place: int) -> Post:
    return written(place)


def faulty(place: int) -> Post:
    fault = place % (len(FAULTS) + 1)
    one = written(place, EXE) if fault == len(FAULTS) else written(place, **FAULTS[fault])
    return replace(one, good=False)


def pictured(place: int) -> Post:
    return written(place, PNG)


def urgent(place: int) -> Post:
    return replace(written(place, emergency="true", phone="818-555-0100"), urgent=True)


def written(place: int, *files: tuple[str, str, bytes], **changes: str) -> Post:
    token, mail = f"[storm-{place:05d}]", f"storm{place}@example.net"
    typed = fields(email=mail, message=f"No mail since noon. {token}") | changes
    return Post(token, mail, multipart(typed, *files))
