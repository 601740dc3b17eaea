"""Tickets in DynamoDB: opened once, changed by condition, each with its mail."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from netdesk.dynamo import Conflict, Item, pack, put_changed, put_new, read_all, transact, unpack
from netdesk.ticket import SUSPECT, Change, Ticket
from ticket_intake.files import Files
from ticket_intake.rows import (
    CALL,
    Kept,
    entry_item,
    entry_of,
    entry_sk,
    outbox_item,
    page_item,
    pk,
    queued,
    ticket_item,
    ticket_of,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DEDUPE_DAYS = 60


class Tickets:
    def __init__(self, client: "DynamoDBClient", table: str, files: Files) -> None:
        self._client = client
        self._table = table
        self._files = files

    def open(self, opened: Change, once: Sequence[str], now: datetime) -> str:
        """The number under which this submission is kept: the ticket's, or an earlier one's.

        `once` are the keys that mark a submission as the same: none may be taken yet. Raises
        Conflict when the number itself is in use: draw again.
        """
        ticket = opened.ticket
        steps = [
            *(self._take(key, ticket.number, now) for key in once),
            put_new(self._table, ticket_item(ticket)),
            *self._caused(opened, now),
        ]
        try:
            transact(self._client, steps)
        except Conflict:
            earlier = self.number_of(once)
            if earlier is None:
                raise
            return earlier
        return ticket.number

    def change(self, change: Change, now: datetime, once: Sequence[str] = ()) -> None:
        """Keep a change; raises Conflict when the ticket has changed since it was read."""
        ticket = change.ticket
        changed = put_changed(self._table, ticket_item(ticket), ticket.version - 1)
        taken = [self._take(key, ticket.number, now) for key in once]
        transact(self._client, [*taken, changed, *self._caused(change, now)])

    def read(self, number: str) -> Ticket | None:
        item = self._get(pk(number), "ticket")
        return ticket_of(item) if item else None

    def entries(self, number: str) -> list[Kept]:
        """Of long texts only the beginning: whoever needs one whole has files.whole."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues=pack({":pk": pk(number), ":sk": "entry#"}),
            ConsistentRead=True,
        )
        return [entry_of(unpack(item)) for page in pages for item in page["Items"]]

    def entry(self, number: str, place: int) -> Kept | None:
        """One entry, of a long text only the beginning."""
        item = self._get(pk(number), entry_sk(place))
        return entry_of(item) if item else None

    def in_state(self, state: str) -> list[Ticket]:
        """Tickets in this state, emergencies first, then oldest first."""
        tickets = self._listed("by_state", "state", state)
        return sorted((t for t in tickets if t.state == state), key=queued)

    def to_call(self) -> list[Ticket]:
        """Tickets of those who are to be told by phone, as the queue goes."""
        return sorted((t for t in self._listed("unsent", "unsent", CALL) if t.calls), key=queued)

    def _listed(self, index: str, key: str, value: str) -> list[Ticket]:
        """What an index answers is a hint: the tickets themselves are read, and decide."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues=pack({":value": value}),
        )
        keys = [
            {"pk": pk(unpack(item)["number"]), "sk": "ticket"}
            for page in pages
            for item in page["Items"]
        ]
        return [ticket_of(item) for item in read_all(self._client, self._table, keys)]

    def place_in_queue(self, ticket: Ticket) -> int:
        """1 for the ticket that is next; 0 for one that is not in the queue.

        A suspect is told where it would stand.
        """
        if ticket.state not in ("open", SUSPECT):
            return 0
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_state",
            KeyConditionExpression="#state = :state AND queued < :queued",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues=pack({":state": "open", ":queued": queued(ticket)}),
            Select="COUNT",
        )
        return 1 + sum(page["Count"] for page in pages)

    def number_of(self, once: Sequence[str]) -> str | None:
        """The ticket that an earlier submission with one of these keys became."""
        for key in once:
            if item := self._get(f"once#{key}", "once"):
                return str(item["number"])
        return None

    def _take(self, key: str, number: str, now: datetime) -> Item:
        ttl = int(now.timestamp()) + DEDUPE_DAYS * 86_400
        return put_new(
            self._table, {"pk": f"once#{key}", "sk": "once", "number": number, "ttl": ttl}
        )

    def _caused(self, change: Change, now: datetime) -> list[Item]:
        """Its entry, its mail, and the page of an emergency."""
        ticket, place = change.ticket, change.ticket.entries
        item = self._files.offload(entry_item(ticket.number, place, change.entry))
        steps = [put_new(self._table, item)]
        if change.letter:
            row = outbox_item(ticket, place, change.letter, now)
            steps.append(put_new(self._table, row))
        if change.pages:
            steps.append(put_new(self._table, page_item(ticket, now)))
        return steps

    def _get(self, key: str, sort: str) -> Item | None:
        answer = self._client.get_item(
            TableName=self._table, Key=pack({"pk": key, "sk": sort}), ConsistentRead=True
        )
        return unpack(answer["Item"]) if "Item" in answer else None
