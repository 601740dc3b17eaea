"""The proof of a storm of posts: one submission, one ticket, one acknowledgement."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from netdesk.dynamo import Item
from netdesk.ticket import SUSPECT
from tests.bench.table import Row

if TYPE_CHECKING:
    from tests.bench.posts import Told
    from tests.bench.storm import Post

    Sent = Sequence[tuple[Post, Told]]
Tickets = dict[str, list[Item]]  # the rows of each, by its number
Planted = dict[str, list[str]]

TOKEN = re.compile(r"\[storm-\d{5}\]")


def proof(sent: Sent, found: Sequence[Item], mails: Sequence[Any]) -> Iterator[Row]:
    """Each row counts all of which it must be true, and those of which it is not."""
    tickets = by_number(found)
    planted = {number: tokens(kept) for number, kept in tickets.items()}
    yield from of_answers(sent, planted)
    yield from of_tickets(sent, tickets, planted)
    yield from of_letters(tickets, Counter(mail["to"] for mail in mails))


def of_answers(sent: Sent, planted: Planted) -> Iterator[Row]:
    taken = [(post, told) for post, told in sent if told.status == 201]
    refused = [told for _, told in sent if told.status != 201]
    astray = [post.token for post, told in sent if told.status != (201 if post.good else 422)]
    yield row("good forms taken, bad ones sent back", sent, astray)
    others = [post.token for post, told in taken if planted.get(told.number) != [post.token]]
    yield row("answers of 201 with their own ticket behind them", taken, others)
    mute = [f"{told.status} {told.sentences}" for told in refused if not said(told)]
    yield row("other answers with a sentence", refused, mute)


def of_tickets(sent: Sent, tickets: Tickets, planted: Planted) -> Iterator[Row]:
    owned = Counter(token for tokens_ in planted.values() for token in tokens_)
    shared = [n for n, tokens_ in planted.items() if [owned[token] for token in tokens_] != [1]]
    yield row("tickets of exactly one submission", tickets, shared)
    numbers = {told.number for _, told in sent}
    yield row("tickets whose number somebody was told", tickets, tickets.keys() - numbers)
    urgent = {told.number for post, told in sent if post.urgent}
    unmarked = [n for n, kept in tickets.items() if pages(kept) != (n in urgent)]
    yield row("tickets that page somebody if they are urgent", tickets, unmarked)
    held = [n for n, kept in tickets.items() if ticket_of(kept)["state"] == SUSPECT]
    yield row("tickets that are no suspects", tickets, held)


def of_letters(tickets: Tickets, arrived: Counter[str]) -> Iterator[Row]:
    unsent = [n for n, kept in tickets.items() if letters(kept) != [True]]
    yield row("tickets with one acknowledgement, and that sent", tickets, unsent)
    mailed = {n: arrived[address(kept)] for n, kept in tickets.items()}
    lost = [f"{n}: {count}" for n, count in mailed.items() if count != 1]
    yield row("tickets whose person got exactly one mail", tickets, lost)
    strangers = arrived.keys() - {address(kept) for kept in tickets.values()}
    yield row("people with mail who have a ticket", arrived, strangers)


def row(what: str, all_: Collection[object], wrong: Collection[str]) -> Row:
    """With one of those that are wrong, to look for."""
    one = next(iter(wrong), "")
    told = f"WRONG {len(wrong):,} of {len(all_):,}, {one}" if wrong else f"all of {len(all_):,}"
    return Row(f"  {what}", "all", told if all_ else "WRONG, there are none")


def said(told: Told) -> bool:
    """No fault of ours, and a sentence to each field."""
    whole = [sentence.endswith((".", "?")) for sentence in told.sentences]
    return told.status < 500 and bool(whole) and all(whole)


# --- one ticket's rows ---------------------------------------------------------------------------


def by_number(found: Sequence[Item]) -> dict[str, list[Item]]:
    kept: dict[str, list[Item]] = defaultdict(list)
    for item in found:
        kept[item["pk"]].append(item)
    return {item["number"]: kept[item["pk"]] for item in found if item["sk"] == "ticket"}


def ticket_of(kept: Sequence[Item]) -> Item:
    return next(item for item in kept if item["sk"] == "ticket")


def tokens(kept: Sequence[Item]) -> list[str]:
    texts = [item["text"] for item in kept if item["sk"].startswith("entry#")]
    return [token for text in texts for token in TOKEN.findall(text)]


def letters(kept: Sequence[Item]) -> list[bool]:
    """Whether it was sent, of each acknowledgement."""
    rows = [item for item in kept if item["sk"].startswith("outbox#")]
    return ["sent_at" in item for item in rows if item["letter"] == "acknowledgement"]


def pages(kept: Sequence[Item]) -> int:
    return sum(item["sk"] == "page" for item in kept)


def address(kept: Sequence[Item]) -> str:
    return str(ticket_of(kept)["person"]["email"])
