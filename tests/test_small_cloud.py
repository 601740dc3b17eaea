"""The small cloud answers as moto does, to whatever publishing asks."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError

from netdesk.dynamo import Conflict
from status_publish.bucket import Bucket, Overtaken, Page
from status_publish.publish import Publisher
from status_publish.store import KINDS, Notices, Site
from tests.desk import NOW, Cloud
from tests.small_cloud import Paginator, SmallCloud
from tests.test_notice import KEYS, notice

IDS = [f"202611{day:02}-{name}" for day in (1, 24, 30) for name in ("aaa", "zzz")]
CALLS = {"get_item", "batch_get_item", "query", "transact_write_items", "update_item",
         "head_object", "put_object"}  # fmt: skip
Given = dict[str, Any]


class Both:
    """A client that asks both clouds, and stops when their answers differ."""

    def __init__(self, real: Any, small: SmallCloud, seen: set[str]) -> None:
        self._real, self._small, self._seen = real, small, seen

    def __getattr__(self, method: str) -> Any:
        if method == "get_paginator":
            return lambda name: Paginator(self, name)
        if method == "meta":
            return self._small.meta

        def call(**given: Any) -> Any:
            self._seen.add(method)
            answers = [outcome(getattr(one, method), given) for one in (self._real, self._small)]
            ordered = "IndexName" not in given  # equal keys stand in any order
            told = [shown(answer, ordered) for answer in answers]
            assert told[0] == told[1], (method, given)
            if isinstance(answers[0], ClientError):
                raise answers[0]
            return answers[0]

        return call


def outcome(call: Callable[..., Any], given: Given) -> Any:
    try:
        answer = call(**given)
    except ClientError as error:
        return error
    if "Body" in answer:
        answer["Body"] = BytesIO(answer["Body"].read())  # both are read twice
    return answer


def shown(answer: Any, ordered: bool) -> Any:
    """What the product looks at."""
    if isinstance(answer, ClientError):
        told: Any = answer.response
        reasons = [reason["Code"] for reason in told.get("CancellationReasons", [])]
        return told["Error"]["Code"], told["ResponseMetadata"]["HTTPStatusCode"], reasons
    names = ("Item", "Items", "LastEvaluatedKey", "Metadata", "ETag", "Count")
    found = {name: settled(answer[name]) for name in names if answer.get(name)}
    if not ordered:
        found["Items"] = sorted(found.get("Items", []), key=str)
    # Of a row that is new, moto tells the key, too.
    attributes = answer.get("Attributes", {}).items()
    found["Attributes"] = {name: told for name, told in attributes if name not in ("pk", "sk")}
    found["Body"] = answer["Body"].getvalue() if "Body" in answer else None
    found["Keys"] = [one["Key"] for one in answer.get("Contents", [])]
    rows = [row for rows in answer.get("Responses", {}).values() for row in rows]
    return found, sorted((settled(row) for row in rows), key=str)


def settled(value: Any) -> Any:
    """Sets have no order."""
    if isinstance(value, dict):
        return {k: sorted(v) if k == "SS" else settled(v) for k, v in value.items()}
    return [settled(one) for one in value] if isinstance(value, list) else value


def step(dice: random.Random, notices: Notices, bucket: Bucket) -> Callable[[], object]:
    one = replace(
        notice(components=(dice.choice(KEYS),)),
        id=dice.choice(IDS),
        kind=dice.choice(KINDS),
        version=dice.randint(1, 3),
    )
    site, now = Site(dice.randint(0, 6)), NOW + timedelta(minutes=dice.randint(0, 90))
    some, built = dice.sample(IDS, dice.randint(0, 3)), dice.choice("abc")
    page = Page(dice.choice("xyz"), dice.choice("pqr"), dice.randint(0, 3), built)
    first, last = sorted(dice.choices(["20261101", "20261124", "20261130"], k=2))
    months = dice.sample(["2026-10", "2026-11"], dice.randint(0, 2))
    return dice.choice(
        [
            lambda: notices.add(one),
            lambda: notices.add(replace(one, version=1)),
            lambda: notices.change(replace(one, version=one.version + 1), one),
            lambda: notices.read_all(some),
            lambda: notices.newest(one.kind, dice.randint(1, 4)),
            lambda: notices.headings(first, last),
            lambda: notices.published(notices.site(), built, "release", some),
            lambda: notices.published(site, built, dice.choice("rs"), some, months),
            lambda: notices.renewed(months),
            lambda: notices.remind(one, now, timedelta(hours=1)),
            lambda: bucket.put(page, again=dice.random() < 0.5),
        ]
    )


@pytest.mark.parametrize("seed", range(25))
def test_random_steps_are_answered_as_moto_answers_them(
    cloud: Cloud, publisher: Publisher, seed: int
) -> None:
    small, seen, dice = SmallCloud(), set[str](), random.Random(seed)
    dynamodb, s3 = (Both(real, small, seen) for real in (cloud.dynamodb, cloud.s3))
    notices = Notices(dynamodb, "NoticesTable")  # type: ignore[arg-type]
    bucket = Bucket(s3, "sitebucket")  # type: ignore[arg-type]
    for _ in range(60):
        with suppress(Conflict, Overtaken):
            step(dice, notices, bucket)()
        notices.site()
    assert seen == CALLS
    rows: Any = cloud.dynamodb.scan(TableName="NoticesTable")["Items"]
    whole = {(row["pk"]["S"], row["sk"]["S"]): settled(row) for row in rows}
    assert whole == {key: settled(row) for key, row in small.rows.items()}


CONDITIONS: list[Given] = [{}, {"IfNoneMatch": "*"}, {"IfMatch": "there"}, {"IfMatch": "other"}]


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_what_a_put_finds_decides_what_it_does(cloud: Cloud, there: bool, condition: Given) -> None:
    small = SmallCloud()
    both = Both(cloud.s3, small, set())
    given = {"Bucket": cloud.name("SiteBucket"), "Key": "a", "ContentType": "text/html"}
    given |= {"CacheControl": "no-store"}
    etags = {"there": '"none"', "other": '"0123"', "*": "*"}
    if there:
        answer = both.put_object(**given, Body=b"old", Metadata={"revision": "1", "built": ""})
        etags["there"] = answer["ETag"]
    named = {name: etags[value] for name, value in condition.items()}
    told = {"Body": b"new", "Metadata": {"revision": "2", "built": "b"}}
    if isinstance(outcome(both.put_object, given | told | named), ClientError):
        assert condition
    outcome(both.head_object, {"Bucket": "sitebucket", "Key": "a"})
    whole = cloud.objects("sitebucket")
    assert whole == {key: found.body for key, found in small.objects.items()}
