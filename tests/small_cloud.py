"""The calls of S3, DynamoDB and SES that publishing and the mail room make, in memory: a thousand
times faster than moto, and like it (tests/test_small_cloud.py)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from tests.expressions import holds, updated

Item = dict[str, Any]
Row = tuple[str, str]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INDEXES = {
    "by_state": ("state", "queued"),
    "by_promise": ("answered", "promised_by"),
    "unsent": ("unsent", "due_at"),
}


def error(code: str, status: int, **more: Any) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": code}, **more}
    return ClientError(answer | {"ResponseMetadata": {"HTTPStatusCode": status}}, "Call")


@dataclass(frozen=True)
class Object:
    body: bytes
    metadata: dict[str, str]
    modified: datetime = EPOCH

    @cached_property
    def etag(self) -> str:
        """Of the content alone, as S3's of an object that was put in one piece."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'

    @property
    def age(self) -> tuple[int, str]:
        return int(self.metadata.get("revision", "0")), self.metadata.get("built", "")


@dataclass
class SmallCloud:
    """One table, one bucket, one outbox. Rows and objects are replaced, never changed in place."""

    rows: dict[Row, Item] = field(default_factory=dict)
    objects: dict[str, Object] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)
    now: datetime = EPOCH
    meta = SimpleNamespace(region_name="us-west-2")

    def copy(self) -> "SmallCloud":
        return SmallCloud(dict(self.rows), dict(self.objects), list(self.mails), self.now)

    @property
    def state(self) -> Any:
        """Equal for clouds that hold the same."""
        rows = (tuple(map(_told, row.values())) for _, row in sorted(self.rows.items()))
        found = ((key, one.body, *one.age) for key, one in sorted(self.objects.items()))
        return tuple(rows), tuple(found), len(self.mails)

    def get_paginator(self, method: str) -> "Paginator":
        return Paginator(self, method)

    # --- DynamoDB ---

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool) -> Item:
        assert ConsistentRead
        found = self.rows.get(_row(Key))
        return {} if found is None else {"Item": found}

    def batch_get_item(self, *, RequestItems: Item) -> Item:
        answer: Item = {}
        for table, wanted in RequestItems.items():
            assert wanted["ConsistentRead"]
            rows = (self.rows.get(_row(key)) for key in wanted["Keys"])
            answer[table] = [row for row in rows if row is not None]
        return {"Responses": answer, "UnprocessedKeys": {}}

    def query(
        self, *, TableName: str, KeyConditionExpression: str, ExpressionAttributeValues: Item,
        ConsistentRead: bool = False, ScanIndexForward: bool = True, Limit: int = 0,
        ProjectionExpression: str = "", ExclusiveStartKey: Item | None = None,
        IndexName: str = "", ExpressionAttributeNames: Item | None = None, Select: str = "",
    ) -> Item:  # fmt: skip
        assert ConsistentRead != bool(IndexName)
        asked = ExpressionAttributeValues, ExpressionAttributeNames or {}
        found = self._ordered(IndexName)
        found = [key for key in found if holds(KeyConditionExpression, self.rows[key], *asked)]
        found = found if ScanIndexForward else found[::-1]
        if ExclusiveStartKey:
            found = found[found.index(_row(ExclusiveStartKey)) + 1 :]
        names = ProjectionExpression.split(", ") if ProjectionExpression else None
        if IndexName == "by_state":
            names = ["pk", "sk", "state", "queued", "number"]
        shown = found[: Limit or None]
        if Select == "COUNT":
            return {"Count": len(shown)}
        items = [_projected(self.rows[key], names) for key in shown]
        answer: Item = {"Items": items, "Count": len(items)}
        if len(shown) < len(found):
            last = self.rows[shown[-1]]
            answer["LastEvaluatedKey"] = {"pk": last["pk"], "sk": last["sk"]}
        return answer

    def _ordered(self, index: str) -> list[Row]:
        """Keys in the order of the table or of an index, which holds what has both of its keys."""
        if not index:
            return sorted(self.rows)
        kept = {key: row for key, row in self.rows.items() if all(n in row for n in INDEXES[index])}
        return sorted(kept, key=lambda key: _told(kept[key][INDEXES[index][1]]))

    def transact_write_items(self, *, TransactItems: list[Item]) -> Item:
        steps = [next(iter(step.items())) for step in TransactItems]
        codes = [
            "None" if self._meets(_key(step), step) else "ConditionalCheckFailed"
            for _, step in steps
        ]
        if set(codes) != {"None"}:
            reasons = [{"Code": code} for code in codes]
            raise error("TransactionCanceledException", 400, CancellationReasons=reasons)
        for kind, step in steps:
            if kind == "Put":
                self.rows[_row(step["Item"])] = step["Item"]
            elif kind == "Update":
                self._update(step)
        return {}

    def put_item(self, **step: Any) -> Item:
        if not self._meets(step["Item"], step):
            raise error("ConditionalCheckFailedException", 400)
        self.rows[_row(step["Item"])] = step["Item"]
        return {}

    def update_item(self, **step: Any) -> Item:
        if not self._meets(step["Key"], step):
            raise error("ConditionalCheckFailedException", 400)
        old, new = self._update(step)
        changed = {name: value for name, value in new.items() if old.get(name) != value}
        return {"Attributes": changed} if step.get("ReturnValues") == "UPDATED_NEW" else {}

    def _meets(self, key: Item, step: Item) -> bool:
        condition, names = step.get("ConditionExpression"), step.get("ExpressionAttributeNames", {})
        values = step.get("ExpressionAttributeValues", {})
        return not condition or holds(condition, self.rows.get(_row(key), {}), values, names)

    def _update(self, step: Item) -> tuple[Item, Item]:
        old = self.rows.get(_row(step["Key"]), step["Key"])
        new = self.rows[_row(step["Key"])] = updated(old, step)
        return old, new

    # --- S3 and SES ---

    def head_object(self, *, Bucket: str, Key: str) -> Item:
        if Key not in self.objects:
            raise error("404", 404)
        there = self.objects[Key]
        return {"ETag": there.etag, "Metadata": there.metadata}

    def get_object(self, *, Bucket: str, Key: str) -> Item:
        if Key not in self.objects:
            raise error("NoSuchKey", 404)
        there = self.objects[Key]
        told = {"ETag": there.etag, "Metadata": there.metadata, "LastModified": there.modified}
        return told | {"Body": BytesIO(there.body)}

    def list_objects_v2(self, *, Bucket: str, Prefix: str) -> Item:
        found = sorted(key for key in self.objects if key.startswith(Prefix))
        told = [{"Key": key, "LastModified": self.objects[key].modified} for key in found]
        return {"Contents": told} if told else {}

    def put_object(
        self, *, Bucket: str, Key: str, Body: bytes, Metadata: dict[str, str] | None = None,
        ContentType: str = "", CacheControl: str = "", IfMatch: str = "", IfNoneMatch: str = "",
    ) -> Item:  # fmt: skip
        there = self.objects.get(Key)
        if IfMatch and there is None:
            raise error("NoSuchKey", 404)
        if (IfMatch and there and there.etag != IfMatch) or (IfNoneMatch == "*" and there):
            raise error("PreconditionFailed", 412)
        self.objects[Key] = Object(Body, Metadata or {}, self.now)
        return {"ETag": self.objects[Key].etag}

    def delete_object(self, *, Bucket: str, Key: str) -> Item:
        self.objects.pop(Key, None)
        return {}

    def send_raw_email(self, *, Source: str, Destinations: list[str], RawMessage: Item) -> Item:
        self.mails.append(RawMessage["Data"])
        return {"MessageId": str(len(self.mails))}


@dataclass(frozen=True)
class Paginator:
    """Of any client: page after page of one of its methods."""

    client: Any
    method: str

    def paginate(self, **given: Any) -> Iterator[Item]:
        while True:
            answer = getattr(self.client, self.method)(**given)
            yield answer
            if "LastEvaluatedKey" not in answer:
                return
            given["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _told(value: Item) -> str:
    [told] = value.values()
    return str(told)


def _key(step: Item) -> Item:
    key: Item = step.get("Key") or step["Item"]
    return key


def _row(key: Item) -> Row:
    return key["pk"]["S"], key["sk"]["S"]


def _projected(row: Item, names: list[str] | None) -> Item:
    return row if names is None else {name: row[name] for name in names if name in row}
