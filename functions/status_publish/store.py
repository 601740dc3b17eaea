"""Notices and the site's revision in DynamoDB: see docs/data-model.md."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

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
from netdesk.notice import Notice
from status_publish.heading import Heading, heading
from status_publish.rows import HEADING, NOTICE, heading_of, key, notice_item, notice_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KINDS = ("incident", "maintenance")
SITE_KEY = {"pk": "site", "sk": "site"}
COMPONENT = "component:"
TRAFFIC = "traffic"
Names = frozenset[str]


@dataclass(frozen=True)
class Site:
    """What was last written and what was last published."""

    revision: int = 0
    active: Names = frozenset()  # ids of what is open, and of what ended lately but began long ago
    touched: Names = frozenset()  # notices, components, TRAFFIC: what changed since publishing
    months: Names = frozenset()  # that have notices, as 2026-11
    renew: Names = frozenset()  # months whose pages were made by an older release
    published: int = -1
    built_at: str = ""
    release: str = ""
    began_at: str = ""  # when anything was first published: before that nobody kept a record
    heavy: bool = False  # traffic: answers take longer than usual

    @property
    def touched_components(self) -> Names:
        found = (name for name in self.touched if name.startswith(COMPONENT))
        return frozenset(name.removeprefix(COMPONENT) for name in found)

    @property
    def touched_notices(self) -> Names:
        others = self.touched - {TRAFFIC}
        return frozenset(name for name in others if not name.startswith(COMPONENT))


class Notices:
    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def add(self, notice: Notice) -> None:
        """Keep a new notice; raises Conflict when its id is taken, by either kind."""
        [other] = [kind for kind in KINDS if kind != notice.kind]
        free = {
            "ConditionCheck": {
                "TableName": self._table,
                "Key": pack(key(other, notice.id)),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        self._write([put_new(self._table, notice_item(notice)), free], notice)

    def change(self, notice: Notice, was: Notice) -> None:
        """Keep a changed notice; raises Conflict when somebody changed it meanwhile."""
        changed = put_changed(self._table, notice_item(notice), was.version)
        self._write([changed], notice, was)

    def read(self, notice_id: str) -> Notice | None:
        found = self.read_all([notice_id])
        return found[0] if found else None

    def read_all(self, ids: Iterable[str]) -> list[Notice]:
        """These notices of both kinds, oldest first."""
        keys = [key(kind, notice_id) for notice_id in ids for kind in KINDS]
        found = [notice_of(item) for item in read_all(self._client, self._table, keys)]
        return sorted(found, key=lambda notice: (notice.opened_at, notice.id))

    def newest(self, kind: str, most: int) -> list[Notice]:
        """The last notices of a kind, newest first, read consistently."""
        items = self._query(kind, "pk = :kind", {}, NOTICE, most=most, ScanIndexForward=False)
        found = [notice_of(item) for item in islice(items, most)]
        return sorted(found, key=lambda notice: (notice.opened_at, notice.id), reverse=True)

    def headings(self, first: str, last: str = "99999999") -> list[Heading]:
        """Of all notices from the first day to the last, both as 20261124."""
        days = {":first": first, ":last": f"{last}~"}
        where = "pk = :kind AND sk BETWEEN :first AND :last"
        return [
            heading_of(item) for kind in KINDS for item in self._query(kind, where, days, HEADING)
        ]

    def site(self) -> Site:
        answer = self._client.get_item(
            TableName=self._table, Key=pack(SITE_KEY), ConsistentRead=True
        )
        item = unpack(answer.get("Item", {}))
        values: dict[str, Any] = {
            name: frozenset(value) if isinstance(value, set) else value
            for name, value in item.items()
            if name not in SITE_KEY
        }
        return Site(**values)

    def published(
        self,
        site: Site,
        built_at: str,
        release: str,
        over: Collection[str],
        renew: Collection[str] = (),
    ) -> None:
        """Record what was published, unless something newer was; the pages of the months in
        `renew` are to be made anew.

        What was touched is forgotten only when nothing was written since `site` was read; else
        the next publishing does a little more than it must.
        """
        adds, months = ("ADD renew :months", {":months": set(renew)}) if renew else ("", {})
        gone = {":over": set(over)} if over else {}
        ends = f"REMOVE touched {'DELETE active :over' if gone else ''} {adds}"
        same = "revision = :revision" if site.revision else "attribute_not_exists(revision)"
        if not self._record(site, built_at, release, ends, f"{same} AND ", gone | months):
            self._record(site, built_at, release, adds, "", months)

    def renewed(self, months: Iterable[str]) -> None:
        if done := set(months):
            self._update_site("DELETE renew :months", {":months": done})

    def keep_traffic(self, heavy: bool) -> bool:
        """Keep whether traffic is heavy, as a change of the site; False when it was known."""
        return self._update_site(
            "SET heavy = :heavy ADD revision :one, touched :traffic",
            {":heavy": heavy, ":one": 1, ":traffic": {TRAFFIC}},
            ConditionExpression="attribute_not_exists(heavy) OR heavy <> :heavy",
        )

    def remind(self, notice: Notice, now: datetime, again: timedelta) -> bool:
        """Claim the reminder of a late notice, unless one was sent so lately."""
        return self._updated(
            Key=pack(key(notice.kind, notice.id)),
            UpdateExpression="SET reminded_at = :now",
            ConditionExpression="version = :version AND"
            " (attribute_not_exists(reminded_at) OR reminded_at <= :before)",
            ExpressionAttributeValues=pack(
                {
                    ":now": moment(now),
                    ":before": moment(now - again),
                    ":version": notice.version,
                }
            ),
        )

    def _record(
        self, site: Site, built_at: str, release: str, ends: str, only_if: str, more: Item
    ) -> bool:
        values = {":revision": site.revision, ":built": built_at, ":release": release}
        return self._update_site(
            "SET published = :revision, built_at = :built, #release = :release,"
            f" began_at = if_not_exists(began_at, :built) {ends}",
            values | more,
            ConditionExpression=f"{only_if}(attribute_not_exists(published)"
            " OR published < :revision"
            " OR (published = :revision"
            " AND (built_at < :built OR #release <> :release)))",
            ExpressionAttributeNames={"#release": "release"},
        )

    def _update_site(self, expression: str, values: Item, **more: Any) -> bool:
        return self._updated(
            Key=pack(SITE_KEY),
            UpdateExpression=expression,
            ExpressionAttributeValues=pack(values),
            **more,
        )

    def _updated(self, **given: Any) -> bool:
        """Whether the condition was met."""
        try:
            self._client.update_item(TableName=self._table, **given)
        except ClientError as error:
            if not condition_lost(error):
                raise
            return False
        return True

    def _query(
        self, kind: str, where: str, values: Item, brings: str, most: int = 0, **more: Any
    ) -> Iterator[Item]:
        """Every item, read consistently, over as many answers of 1 MB as it takes."""
        given: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": where,
            "ExpressionAttributeValues": pack({":kind": kind} | values),
            "ProjectionExpression": brings,
            "ConsistentRead": True,
        } | more
        if most:
            given["Limit"] = most
        found = 0
        while True:
            answer = self._client.query(**given)
            yield from map(unpack, answer["Items"])
            found += len(answer["Items"])
            if "LastEvaluatedKey" not in answer or found >= most > 0:
                return
            given["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _write(self, steps: list[Item], notice: Notice, was: Notice | None = None) -> None:
        """The notice, the new revision, and what has to be published because of it."""
        components = {*notice.components, *(was.components if was else ())}
        touched = {notice.id} | {f"{COMPONENT}{component}" for component in components}
        values = {":one": 1, ":id": {notice.id}, ":touched": touched}
        raised = {
            "Update": {
                "TableName": self._table,
                "Key": pack(SITE_KEY),
                "UpdateExpression": "ADD revision :one, active :id, touched :touched,"
                " months :months",
                "ExpressionAttributeValues": pack(values | {":months": {heading(notice).month}}),
            }
        }
        transact(self._client, [*steps, raised])
