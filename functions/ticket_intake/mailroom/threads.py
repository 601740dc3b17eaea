"""Which ticket a Message-ID belongs to, for whom: rows that are written once and never changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.dynamo import Item, condition_lost, pack, read_all
from ticket_intake.addresses import folded
from ticket_intake.digest import digest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT = timedelta(days=400)  # as long as the raw mail
OF_SES = ".amazonses.com"  # whose ids SES tells us without their domain


class Threads:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def link(
        self, message_ids: Iterable[str], addresses: Iterable[str], number: str, now: datetime
    ) -> None:
        """A mail with one of these ids is of this ticket when one of these people names it.

        The first link stays: an id that a stranger uses again takes nothing over.
        """
        people = list(addresses)
        for key in [_key(message_id, who) for message_id in message_ids for who in people]:
            ttl = int((now + KEPT).timestamp())
            self._put_once(_at(key) | {"number": number, "ttl": ttl})

    def numbers(self, message_ids: Sequence[str], address: str) -> list[str]:
        """The tickets that these ids belong to for this person, in the order of the ids."""
        keys = list(dict.fromkeys(_key(message_id, address) for message_id in message_ids))
        items = read_all(self._client, self._table, [_at(key) for key in keys])
        found = {item["pk"]: str(item["number"]) for item in items}
        wanted = [found[_at(key)["pk"]] for key in keys if _at(key)["pk"] in found]
        return list(dict.fromkeys(wanted))

    def _put_once(self, item: Item) -> None:
        try:
            self._client.put_item(
                TableName=self._table,
                Item=pack(item),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if not condition_lost(error):
                raise


def _key(message_id: str, address: str) -> str:
    return digest("thread", told(message_id), folded(address))


def told(message_id: str) -> str:
    """An id of SES as it tells it to us; any other as it is."""
    local, _, domain = message_id.rpartition("@")
    return local if domain.lower().endswith(OF_SES) else message_id


def _at(key: str) -> Item:
    return {"pk": f"thread#{key}", "sk": "thread"}
