"""Events in the shapes that AWS documents, made of those of tests/desk.py, which hold less."""

import re
from collections.abc import Iterator
from typing import Any

from tests.desk import ARN, MINUTE, REGION, SECRETS, http_event, stream_event, template

ACCOUNT = "123456789012"


def kind(event: dict[str, Any]) -> str:
    """By what only such an event holds: of HTTP, of a queue or a stream, of a schedule."""
    return next(key for key in ("requestContext", "Records", "detail-type") if key in event)


def http(method: str, path: str, **given: Any) -> dict[str, Any]:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html"""
    event = http_event(method, path, **given)
    context = event["requestContext"]
    host = context["domainName"]
    context |= {"domainPrefix": host.partition(".")[0], "time": "24/Nov/2026:18:00:00 +0000"}
    context["http"]["userAgent"] = "Mozilla/5.0"
    event["headers"] = {
        "accept": "application/json", "content-length": str(len(event.get("body", ""))),
        "host": host, "user-agent": "Mozilla/5.0",
        "x-forwarded-for": "198.51.100.7, 203.0.113.9", "x-forwarded-port": "443",
        "x-forwarded-proto": "https", "x-origin-secret": SECRETS["OriginSecret"],
        "cloudfront-viewer-address": "198.51.100.7:46532",
    } | event["headers"]  # fmt: skip
    return event


def from_queue(event: dict[str, Any], queue: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
    more = {
        "receiptHandle": "MessageReceiptHandle",
        "attributes": {
            "ApproximateReceiveCount": "1", "ApproximateFirstReceiveTimestamp": "1795543200012",
            "SentTimestamp": "1795543200000", "SenderId": "AIDAIENQZJOLO23YVJ4VO",
        },
        "messageAttributes": {},
        "md5OfBody": "0" * 32,
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
        "awsRegion": REGION,
    }  # fmt: skip
    return {"Records": [more | record for record in event["Records"]]}


def from_stream(event: dict[str, Any], table: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"""
    source = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}/stream/2026-11-24T00:00:00.000"
    more = {"eventVersion": "1.1", "awsRegion": REGION, "eventSourceARN": source}
    change = {"ApproximateCreationDateTime": 1795543200.0, "SizeBytes": 512}
    return {
        "Records": [
            more | record | {"dynamodb": change | record["dynamodb"]} for record in event["Records"]
        ]
    }


def scheduled(function: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html"""
    schedule = f"arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{function}"
    more = {"id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "account": ACCOUNT, "region": REGION}
    return MINUTE | more | {"resources": [schedule]}


def by_triggers(function: str) -> list[dict[str, Any]]:
    """What the template lets in: its routes, an empty message, its schedule."""
    return [*_at_routes(function), *_from_sources(function)]


def _at_routes(function: str) -> Iterator[dict[str, Any]]:
    resources = template()["Resources"]
    here = {"Fn::GetAtt": [function, "Arn"]}
    integrations = {n for n, r in resources.items() if here in r.get("Properties", {}).values()}
    for resource in resources.values():
        given = resource.get("Properties", {})
        if resource["Type"] == "AWS::ApiGatewayV2::Route" and any(
            f"${{{integration}}}" in str(given["Target"]) for integration in integrations
        ):
            method, _, path = given["RouteKey"].replace("ANY", "GET").partition(" ")
            arn = ARN if given["AuthorizationType"] == "AWS_IAM" else ""
            yield http(method, re.sub(r"{[^}]*}", "nothing", path), arn=arn)


def _from_sources(function: str) -> Iterator[dict[str, Any]]:
    for source in template()["Resources"][function]["Properties"].get("Events", {}).values():
        match source["Type"]:
            case "SQS":
                yield from_queue({"Records": [{"messageId": "message-0", "body": "{}"}]}, function)
            case "DynamoDB":
                yield from_stream(stream_event(), function)
            case "ScheduleV2":
                yield scheduled(function)
            case kind:
                raise AssertionError(f"write what {kind} brings to {function}")
