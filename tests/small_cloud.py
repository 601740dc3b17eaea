"""The calls of S3, DynamoDB and SES that publishing makes, in memory: a thousand times faster than
moto, and like it (tests/test_small_cloud.py)."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, Any]
Row = tuple[str, str]
TOKEN = re.compile(r"\s*([#:]?\w+|<=|>=|<>|[()=<>,])")
CLAUSE = re.compile(r"(SET|REMOVE|ADD|DELETE)\s+(.*?)\s*(?=(?:SET|REMOVE|ADD|DELETE)\s|$)")
COMMA = re.compile(r",\s*(?![^()]*\))")  # outside of parentheses
COMPARE = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<>": lambda a, b: a != b,
}


def error(code: str, status: int, **more: Any) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": code}, **more}
    return ClientError(answer | {"ResponseMetadata": {"HTTPStatusCode": status}}, "Call")


@dataclass(frozen=True)
class Object:
    body: bytes
    metadata: dict[str, str]

    @cached_property
    def etag(self) -> str:
        """Of the content alone, as S3's of an object that was put in one piece."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'

    @property
    def age(self) -> tuple[int, str]:
        return int(self.metadata["revision"]), self.metadata["built"]


@dataclass
class SmallCloud:
    """One table, one bucket, one outbox. Rows and objects are replaced, never changed in place."""

    rows: dict[Row, Item] = field(default_factory=dict)
    objects: dict[str, Object] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)

    def copy(self) -> "SmallCloud":
        return SmallCloud(dict(self.rows), dict(self.objects), list(self.mails))

    @property
    def state(self) -> Any:
        """Equal for clouds that hold the same."""
        rows = (tuple(map(_told, row.values())) for _, row in sorted(self.rows.items()))
        found = ((key, one.body, *one.age) for key, one in sorted(self.objects.items()))
        return tuple(rows), tuple(found), len(self.mails)

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
        ConsistentRead: bool, ScanIndexForward: bool = True, Limit: int = 0,
        ProjectionExpression: str = "", ExclusiveStartKey: Item | None = None,
    ) -> Item:  # fmt: skip
        assert ConsistentRead
        found = sorted(
            key
            for key, row in self.rows.items()
            if _holds(KeyConditionExpression, row, ExpressionAttributeValues, {})
        )
        found = found if ScanIndexForward else found[::-1]
        if ExclusiveStartKey:
            found = found[found.index(_row(ExclusiveStartKey)) + 1 :]
        names = ProjectionExpression.split(", ") if ProjectionExpression else None
        shown = found[: Limit or None]
        answer: Item = {"Items": [_projected(self.rows[key], names) for key in shown]}
        if len(shown) < len(found):
            last = self.rows[shown[-1]]
            answer["LastEvaluatedKey"] = {"pk": last["pk"], "sk": last["sk"]}
        return answer

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

    def update_item(self, **step: Any) -> Item:
        if not self._meets(step["Key"], step):
            raise error("ConditionalCheckFailedException", 400)
        self._update(step)
        return {}

    def _meets(self, key: Item, step: Item) -> bool:
        condition, names = step.get("ConditionExpression"), step.get("ExpressionAttributeNames", {})
        values = step.get("ExpressionAttributeValues", {})
        return not condition or _holds(condition, self.rows.get(_row(key), {}), values, names)

    def _update(self, step: Item) -> None:
        key: Item = step["Key"]
        values, names = step["ExpressionAttributeValues"], step.get("ExpressionAttributeNames", {})
        old = self.rows.get(_row(key), key)
        new = dict(old)
        for clause, told in CLAUSE.findall(step["UpdateExpression"]):
            for one in COMMA.split(told):
                _change(clause, one, old, new, values, names)
        self.rows[_row(key)] = new

    # --- S3 and SES ---

    def head_object(self, *, Bucket: str, Key: str) -> Item:
        if Key not in self.objects:
            raise error("404", 404)
        there = self.objects[Key]
        return {"ETag": there.etag, "Metadata": there.metadata}

    def put_object(
        self, *, Bucket: str, Key: str, Body: bytes, Metadata: dict[str, str], ContentType: str,
        CacheControl: str, IfMatch: str = "", IfNoneMatch: str = "",
    ) -> Item:  # fmt: skip
        there = self.objects.get(Key)
        if IfMatch and there is None:
            raise error("NoSuchKey", 404)
        if (IfMatch and there and there.etag != IfMatch) or (IfNoneMatch == "*" and there):
            raise error("PreconditionFailed", 412)
        self.objects[Key] = Object(Body, Metadata)
        return {"ETag": self.objects[Key].etag}

    def send_raw_email(self, *, Source: str, Destinations: list[str], RawMessage: Item) -> Item:
        self.mails.append(RawMessage["Data"])
        return {"MessageId": str(len(self.mails))}


def _told(value: Item) -> Any:
    [told] = value.values()
    return tuple(told)


def _key(step: Item) -> Item:
    key: Item = step.get("Key") or step["Item"]
    return key


def _row(key: Item) -> Row:
    return key["pk"]["S"], key["sk"]["S"]


def _projected(row: Item, names: list[str] | None) -> Item:
    return row if names is None else {name: row[name] for name in names if name in row}


def _plain(value: Item | None) -> Any:
    if value is None:
        return None
    [(kind, told)] = value.items()
    return int(told) if kind == "N" else told


def _holds(condition: str, row: Item, values: Item, names: Item) -> bool:
    """AND binds closer than OR, as in DynamoDB."""
    tokens = iter([*TOKEN.findall(condition), ""])
    return _either(tokens, row, values | {"names": names})[0]


def _either(tokens: Iterator[str], row: Item, given: Item) -> tuple[bool, str]:
    met, after = _both(tokens, row, given)
    while after == "OR":
        other, after = _both(tokens, row, given)
        met = met or other
    return met, after


def _both(tokens: Iterator[str], row: Item, given: Item) -> tuple[bool, str]:
    met, after = _one(tokens, row, given), next(tokens)
    while after == "AND":
        other, after = _one(tokens, row, given), next(tokens)
        met = met and other
    return met, after


def _one(tokens: Iterator[str], row: Item, given: Item) -> bool:
    first = next(tokens)
    if first == "(":
        return _either(tokens, row, given)[0]
    if first == "attribute_not_exists":
        _, name, _ = next(tokens), next(tokens), next(tokens)
        return name not in row
    left, sign = _plain(row.get(given["names"].get(first, first))), next(tokens)
    right = _plain(given[next(tokens)])
    if sign == "BETWEEN":
        assert next(tokens) == "AND"
        return left is not None and right <= left <= _plain(given[next(tokens)])
    return left is not None and COMPARE[sign](left, right)


def _change(clause: str, one: str, old: Item, new: Item, values: Item, names: Item) -> None:
    name, _, told = one.strip().replace("=", " ").partition(" ")
    name, told = names.get(name, name), told.strip()
    if clause == "REMOVE":
        new.pop(name, None)
    elif clause == "SET":
        tokens = TOKEN.findall(told)
        keep = tokens[0] == "if_not_exists" and tokens[2] in old
        new[name] = old[tokens[2]] if keep else values[tokens[4] if len(tokens) > 1 else tokens[0]]
    elif "N" in values[told]:
        new[name] = {"N": str(int(old.get(name, {"N": "0"})["N"]) + int(values[told]["N"]))}
    else:
        had, given = set(old.get(name, {"SS": []})["SS"]), set(values[told]["SS"])
        kept = had | given if clause == "ADD" else had - given
        new.pop(name, None)
        if kept:
            new[name] = {"SS": sorted(kept)}
