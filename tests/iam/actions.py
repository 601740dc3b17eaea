"""What each call asks of IAM: an action, on a resource in the template's own words.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from tests.desk import provider, template

Given = dict[str, Any]
STEPS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem",
         "ConditionCheck": "ConditionCheckItem"}  # fmt: skip
MISSING = ("NoSuchKey", "404")


class Ask(NamedTuple):
    action: str
    on: str  # TicketsTable/index/unsent, FilesBucket/text/x, parameter/netdesk/transfer/x
    key: str = ""  # what dynamodb:LeadingKeys holds: the partition key of an item


def asks(service: str, operation: str, given: Given) -> set[Ask]:
    """Fails by name for a call that stands in no table."""
    return set(TABLE[f"{service}:{operation}"](given))


def asks_when_missing(given: Given) -> Ask:
    """Without this, what is not there is forbidden (403), not missing (404):
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    return Ask("s3:ListBucket", logical(given["Bucket"]))


@cache
def logical(name: str) -> str:
    """The template's name for what a test made; a small cloud says `mail` for MailBucket."""
    wanted = name.rpartition("/")[2].lower()  # of a queue's address the end
    for resource in template()["Resources"]:
        if resource.lower() in (wanted, f"{wanted}table", f"{wanted}bucket"):
            return str(resource)
    raise KeyError(name)


# --- DynamoDB -----------------------------------------------------------------------------------


def _item(action: str) -> Callable[[Given], Iterator[Ask]]:
    def asked(given: Given) -> Iterator[Ask]:
        key = given.get("Key") or given["Item"]
        yield Ask(f"dynamodb:{action}", logical(given["TableName"]), key["pk"]["S"])

    return asked


def _transaction(given: Given) -> Iterator[Ask]:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html"""
    for step in given["TransactItems"]:
        for kind, what in step.items():
            yield from _item(STEPS[kind])(what)


def _batch(given: Given) -> Iterator[Ask]:
    for table, wanted in given["RequestItems"].items():
        for key in wanted["Keys"]:
            yield Ask("dynamodb:BatchGetItem", logical(table), key["pk"]["S"])


def _query(given: Given) -> Iterator[Ask]:
    index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
    yield Ask("dynamodb:Query", logical(given["TableName"]) + index)


# --- the others ---------------------------------------------------------------------------------


def _object(action: str) -> Callable[[Given], Iterable[Ask]]:
    return lambda given: [Ask(f"s3:{action}", f"{logical(given['Bucket'])}/{given['Key']}")]


def _queue(action: str) -> Callable[[Given], Iterable[Ask]]:
    return lambda given: [Ask(f"sqs:{action}", logical(given["QueueUrl"]))]


def _parameter(action: str) -> Callable[[Given], Iterable[Ask]]:
    return lambda given: [Ask(f"ssm:{action}", f"parameter{given['Name']}")]


def _sent(given: Given) -> Iterator[Ask]:
    """Also on the configuration set that the identity has, though no call names it:
    https://github.com/aws/aws-cdk/issues/34402
    """
    domain = given["Source"].partition("@")[2]
    ours = domain == provider().mail.partition("@")[2]
    yield Ask("ses:SendRawEmail", f"identity/{'MailDomain' if ours else domain}")
    identity = template()["Resources"]["MailIdentity"]["Properties"]
    if found := identity.get("ConfigurationSetAttributes"):
        yield Ask("ses:SendRawEmail", f"configuration-set/{found['ConfigurationSetName']['Ref']}")


TABLE: dict[str, Callable[[Given], Iterable[Ask]]] = {
    "dynamodb:GetItem": _item("GetItem"),
    "dynamodb:PutItem": _item("PutItem"),
    "dynamodb:UpdateItem": _item("UpdateItem"),
    "dynamodb:DeleteItem": _item("DeleteItem"),
    "dynamodb:TransactWriteItems": _transaction,
    "dynamodb:BatchGetItem": _batch,
    "dynamodb:Query": _query,
    "s3:GetObject": _object("GetObject"),
    "s3:HeadObject": _object("GetObject"),
    "s3:PutObject": _object("PutObject"),
    "s3:DeleteObject": _object("DeleteObject"),
    "s3:ListObjectsV2": lambda given: [Ask("s3:ListBucket", logical(given["Bucket"]))],
    "sqs:SendMessage": _queue("SendMessage"),
    "sqs:ReceiveMessage": _queue("ReceiveMessage"),
    "sqs:DeleteMessage": _queue("DeleteMessage"),
    "sqs:ChangeMessageVisibility": _queue("ChangeMessageVisibility"),
    "ses:SendRawEmail": _sent,
    "ssm:PutParameter": _parameter("PutParameter"),
    "ssm:GetParameter": _parameter("GetParameter"),
    "ssm:DeleteParameter": _parameter("DeleteParameter"),
    "secretsmanager:GetSecretValue": lambda given: [
        Ask("secretsmanager:GetSecretValue", logical(given["SecretId"]))
    ],
}
