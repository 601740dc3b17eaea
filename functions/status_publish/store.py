"""Notices and the site's revision in DynamoDB: see docs/data-model.md."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from netdesk.dynamo import (
    Item,
    condition_lost,
    moment,
    pack,
    put_changed,
    put_new,
    read_all,
    transact,
    unpack,
)
from netdesk.notice import Notice, Update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SITE_KEY = {"pk": "site", "sk": "site"}


@dataclass(frozen=True)
class Site:
    """What was last written and what was last published."""

    revision: int = 0
    active: frozenset[str] = field(default_factory=frozenset)  # and resolved since the last page
    published: int = -1
    built_at: str = ""
    release: str = ""


class Notices:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add(self, notice: Notice) -> None:
        """Keep a new notice; raises Conflict when its id is taken."""
        self._write(put_new(self._table, notice_item(notice)), notice)

    def change(self, notice: Notice) -> None:
        """Keep a changed notice; raises Conflict when somebody changed it meanwhile."""
        changed = put_changed(self._table, notice_item(notice), notice.version - 1)
        self._write(changed, notice)

    def read(self, notice_id: str) -> Notice | None:
        found = self.read_all([notice_id])
        return found[0] if found else None

    def read_all(self, ids: Iterable[str]) -> list[Notice]:
        """These notices, oldest first."""
        keys = [{"pk": "notice", "sk": notice_id} for notice_id in ids]
        found = [notice_of(item) for item in read_all(self._client, self._table, keys)]
        return sorted(found, key=lambda notice: (notice.opened_at, notice.id))

    def newest(self, most: int) -> list[Notice]:
        """The last notices, newest first, read consistently; an id sorts only by its day."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=pack({":pk": "notice"}),
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=most,
        )
        found = [notice_of(unpack(item)) for item in answer["Items"]]
        return sorted(found, key=lambda notice: (notice.opened_at, notice.id), reverse=True)

    def site(self) -> Site:
        answer = self._client.get_item(
            TableName=self._table, Key=pack(SITE_KEY), ConsistentRead=True
        )
        if "Item" not in answer:
            return Site()
        item = unpack(answer["Item"])
        return Site(
            revision=item.get("revision", 0),
            active=frozenset(item.get("active", ())),
            published=item.get("published", -1),
            built_at=item.get("built_at", ""),
            release=item.get("release", ""),
        )

    def published(
        self, revision: int, built_at: str, release: str, over: Iterable[str] = ()
    ) -> None:
        """Record what was published, unless something newer was; `over` are active no more."""
        gone = set(over)
        try:
            self._client.update_item(
                TableName=self._table,
                Key=pack(SITE_KEY),
                UpdateExpression="SET published = :revision, built_at = :built,"
                " #release = :release" + (" DELETE active :gone" if gone else ""),
                ConditionExpression="attribute_not_exists(published) OR published < :revision"
                " OR (published = :revision AND built_at < :built)",
                ExpressionAttributeNames={"#release": "release"},
                ExpressionAttributeValues=pack(
                    {":revision": revision, ":built": built_at, ":release": release}
                    | ({":gone": gone} if gone else {})
                ),
            )
        except ClientError as error:
            if not condition_lost(error):
                raise

    def _write(self, put: Item, notice: Notice) -> None:
        """The notice and the new revision; it is listed until its last page is published."""
        raised = {
            "Update": {
                "TableName": self._table,
                "Key": pack(SITE_KEY),
                "UpdateExpression": "ADD revision :one, active :id",
                "ExpressionAttributeValues": pack({":one": 1, ":id": {notice.id}}),
            }
        }
        transact(self._client, [put, raised])


TIMES = ("opened_at", "scheduled_for", "scheduled_until")


def notice_item(notice: Notice) -> Item:
    updates = [asdict(update) | {"at": moment(update.at)} for update in notice.updates]
    times = {name: moment(at) for name in TIMES if (at := getattr(notice, name))}
    return asdict(notice) | times | {"updates": updates, "pk": "notice", "sk": notice.id}


def notice_of(item: Item) -> Notice:
    values = {key: value for key, value in item.items() if key not in ("pk", "sk")}
    values |= {name: datetime.fromisoformat(values[name]) for name in TIMES if values.get(name)}
    values["components"] = tuple(values["components"])
    values["updates"] = tuple(
        Update(**update | {"at": datetime.fromisoformat(update["at"])})
        for update in values["updates"]
    )
    return Notice(**values)
