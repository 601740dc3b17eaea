"""What Lambda, API Gateway and the pollers of queues and streams take for an answer."""

import re
from typing import Any

from tests.first_events import Story
from tests.lambda_events import kind
from tests.runtime_api import Outcome, Process


def told(outcome: Outcome) -> Any:
    assert outcome.way == "response", outcome
    return outcome.body


def lived(process: Process, story: Story) -> list[str]:
    """The story from its beginning to its end; of what kinds its events were."""
    kinds, event = [], next(story)
    while True:
        answer = told(process.invoke(event))
        kinds.append(kind(event))
        check(event, answer)
        try:
            event = story.send(answer)
        except StopIteration:
            return kinds


def check(event: dict[str, Any], answer: Any) -> None:
    match kind(event):
        case "requestContext":
            check_http(answer)
        case "Records":
            check_batch(event, answer)
        case _:
            assert isinstance(answer, dict)  # nobody waits for it; people read it in the console


def check_http(answer: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html"""
    assert answer.keys() == {"statusCode", "headers", "body", "isBase64Encoded", "cookies"}
    assert type(answer["statusCode"]) is int
    assert 200 <= answer["statusCode"] < 500
    assert answer["isBase64Encoded"] is False
    headers = answer["headers"]
    assert all(isinstance(text, str) for text in (*headers, *headers.values(), answer["body"]))
    assert "set-cookie" not in {name.lower() for name in headers}
    assert all(re.match(r"__Host-[^=;]+=[^;]+; ", cookie) for cookie in answer["cookies"])


def check_batch(event: dict[str, Any], answer: dict[str, Any]) -> None:
    """Another shape would be taken for a batch that is done, or that failed as a whole:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    assert answer.keys() == {"batchItemFailures"}
    came = [{"itemIdentifier": identity(record)} for record in event["Records"]]
    assert all(failure in came for failure in answer["batchItemFailures"])


def identity(record: dict[str, Any]) -> str:
    return str(record.get("messageId") or record["dynamodb"]["SequenceNumber"])
