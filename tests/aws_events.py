"""Events in the whole shape that AWS documents: what emulators leave out, and what they add."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote

from netdesk.dynamo import pack
from tests.desk import REGION

Json = dict[str, Any]
ACCOUNT = "123456789012"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:netdesk-InboundMailQueue-1A2B3C"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/netdesk-TicketsTable-1A2B3C"
# Of one call, either way: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
LAMBDA_BYTES = 6 * 1024 * 1024
# What the HTTP API hands on as text; all else it encodes.
TEXTS = ("text/", "application/json", "application/javascript", "application/xml")


def http_request(
    method: str, path: str, *, body: bytes = b"", kind: str = "", headers: Sequence[str] = (),
    query: str = "", cookies: Sequence[str] = (), iam: Json | None = None,
) -> Json:  # fmt: skip
    """Payload 2.0 of a request: names in lower case, what comes twice joined by commas, cookies in
    a list and in no header, the path decoded, and no key for what there is not.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """
    sent = {
        "accept-encoding": "br,gzip",
        "content-length": str(len(body)),
        "host": f"abc.execute-api.{REGION}.amazonaws.com",
        "user-agent": "Amazon CloudFront",
        "via": "2.0 abc.cloudfront.net (CloudFront)",
        "x-amz-cf-id": "nEXAMPLE==",
        "x-amzn-trace-id": "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
        "x-forwarded-for": "198.51.100.7, 130.176.0.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }
    sent |= joined((("content-type", kind),) if kind else ()) | joined(map(split, headers))
    encoded = bool(body) and not kind.lower().startswith(TEXTS)
    event: Json = {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": sent,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "abc",
            "authentication": None,
            "domainName": f"abc.execute-api.{REGION}.amazonaws.com",
            "domainPrefix": "abc",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "198.51.100.7",
                "userAgent": "Amazon CloudFront",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": f"{method} {path}",
            "stage": "$default",
            "time": "24/Nov/2026:18:00:00 +0000",
            "timeEpoch": 1795543200000,
        },
        "isBase64Encoded": encoded,
    }
    if cookies:
        event["cookies"] = list(cookies)
    if query:
        event["queryStringParameters"] = joined(parse_qsl(query, keep_blank_values=True), ",")
    if body:
        event["body"] = base64.b64encode(body).decode() if encoded else body.decode()
    if iam:
        event["requestContext"]["authorizer"] = {"iam": iam}
    return event


def split(header: str) -> tuple[str, str]:
    name, _, value = header.partition(": ")
    return name.lower(), value


def joined(pairs: Any, by: str = ",") -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return {name: by.join(values) for name, values in found.items()}


def staff_role(name: str) -> Json:
    """Somebody who came by a role, as AWS_IAM vouches for them."""
    return {
        "accessKey": "ASIAIOSFODNN7EXAMPLE",
        "accountId": ACCOUNT,
        "callerId": f"AROAEXAMPLE:{name}",
        "cognitoIdentity": None,
        "principalOrgId": "o-example",
        "userArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Staff/{name}",
        "userId": f"AROAEXAMPLE:{name}",
    }


def size(document: Any) -> int:
    """Bytes of what goes to a function, or comes from it."""
    return len(json.dumps(document, ensure_ascii=False).encode())


# --- queues --------------------------------------------------------------------------------------


def sqs_batch(*bodies: Any) -> Json:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    return {"Records": [sqs_record(place, body) for place, body in enumerate(bodies)]}


def sqs_record(place: int, body: Any) -> Json:
    return {
        "messageId": f"059f36b4-87a3-44ab-83d2-{place:012}",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1795543200000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1795543200001",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE,
        "awsRegion": REGION,
    }


def s3_event(*keys: str) -> Json:
    """Objects that were put; keys are as in an address of a form, a space is a plus.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    return {"Records": [s3_record(key) for key in keys]}


def s3_record(key: str) -> Json:
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": "2026-11-24T18:00:00.000Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AIDAEXAMPLE"},
        "requestParameters": {"sourceIPAddress": "10.0.0.1"},
        "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "FMyUVURIY8="},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "mail",
            "bucket": {
                "name": "mailbucket",
                "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                "arn": "arn:aws:s3:::mailbucket",
            },
            "object": {
                "key": quote(key, safe="/").replace("%20", "+"),
                "size": 1024,
                "eTag": "d41d8cd98f00b204e9800998ecf8427e",
                "sequencer": "0055AED6DCD90281E5",
            },
        },
    }


# What S3 sends when notifications are set up: the same page of its user guide.
S3_TEST: Json = {
    "Service": "Amazon S3",
    "Event": "s3:TestEvent",
    "Time": "2026-11-24T18:00:00.000Z",
    "Bucket": "mailbucket",
    "RequestId": "5582815E1AEA5ADF",
    "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE",
}


def stream_batch(*images: Mapping[str, Any]) -> Json:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"""
    return {"Records": [stream_record(place, image) for place, image in enumerate(images)]}


def stream_record(place: int, image: Mapping[str, Any], name: str = "INSERT") -> Json:
    change = {
        "ApproximateCreationDateTime": 1795543200.0,
        "Keys": pack({"pk": image["pk"], "sk": image["sk"]}),
        "SequenceNumber": f"{4421584500000000017450439091 + place}",
        "SizeBytes": 26,
        "StreamViewType": "NEW_IMAGE",
    }
    if name != "REMOVE":
        change["NewImage"] = pack(dict(image))
    return {
        "eventID": f"c4ca4238a0b923820dcc509a6f75849b{place}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": REGION,
        "dynamodb": change,
        "eventSourceARN": f"{TABLE}/stream/2026-11-24T18:00:00.000",
    }


def scheduled(name: str = "Minute") -> Json:
    """What EventBridge Scheduler sends when a schedule has no input of its own.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
    """
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": "2026-11-24T18:00:00Z",
        "region": REGION,
        "resources": [f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}"],
        "detail": "{}",
    }
