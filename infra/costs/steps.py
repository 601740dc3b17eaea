"""What one step costs: the calls that were counted, and what AWS does around them."""

from collections.abc import Iterator

from infra.costs import usage as assumed
from infra.costs.counted import Work
from infra.costs.prices import Amounts, added
from infra.costs.stack import Function

BEHIND_CLOUDFRONT = {"WebFunction", "TraceFunction"}
FOR_STAFF = {"StaffFunction", "MailsFunction", "NoticesFunction"}  # at the API's own address
S3_WRITES = {"s3:PutObject", "s3:ListObjectsV2"}
S3_FREE = {"s3:DeleteObject"}
# SES stores a mail, S3 tells the queue, Lambda fetches the message and takes it off.
A_MAIL = {"mail in": 1, "mail chunk": 1, "s3 write": 1, "sqs request": 3}
AN_EVENT = {"sns message": 1, "sqs request": 3}
AROUND = {
    "mail that opens a ticket": A_MAIL,
    "mail to a ticket": A_MAIL,
    "bounce told": AN_EVENT,
}


def of_step(name: str, work: Work, function: Function | None) -> Amounts:
    """`function` is None for what the probe does on its own machine."""
    parts: list[Amounts] = [AROUND.get(name, {}), dict(_asked(work))]
    if function:
        first = name in assumed.FIRST
        parts.append(_run(work, function, first=first))
        parts.append(_answer(work))
    return added(*parts)


def start(function: Function) -> Amounts:
    """What a process of its own takes before the first event is looked at."""
    seconds = assumed.START_CPU_MS * assumed.SLOWER * _share(function) / 1000
    return {
        "lambda gb-second": seconds * function.memory_mb / 1024,
        "secret read": function.secrets,
    }


def _asked(work: Work) -> Iterator[tuple[str, float]]:
    yield "dynamodb read", work.reads
    yield "dynamodb write", work.writes
    s3 = {call: many for call, many in work.calls.items() if call.startswith("s3:")}
    yield "s3 write", sum(many for call, many in s3.items() if call in S3_WRITES)
    yield "s3 read", sum(many for call, many in s3.items() if call not in S3_WRITES | S3_FREE)
    yield "sqs request", sum(n for call, n in work.calls.items() if call.startswith("sqs:"))
    yield "mail out", work.calls.get("ses:SendRawEmail", 0)


def _run(work: Work, function: Function, *, first: bool) -> Amounts:
    seconds = _milliseconds(work, function) / 1000
    run = {
        "lambda run": 1,
        "lambda gb-second": seconds * function.memory_mb / 1024,
        "log byte": work.log_bytes + assumed.LAMBDA_LINES,
    }
    return added(run, start(function)) if first else run


def _milliseconds(work: Work, function: Function) -> float:
    waits = sum(
        assumed.WAIT_MS.get(call.partition(":")[0], 0) * many for call, many in work.calls.items()
    )
    calls = assumed.CALL_CPU_MS * sum(work.calls.values())
    return waits + (work.cpu_ms + calls) * assumed.SLOWER * _share(function)


def _share(function: Function) -> float:
    """CPU follows memory: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""
    return max(1.0, assumed.CPU_MB / function.memory_mb)


def _answer(work: Work) -> Amounts:
    size = work.answer_bytes + assumed.HEADERS
    if work.function in BEHIND_CLOUDFRONT:
        return {"api request": 1, "cloudfront request": 1, "cloudfront byte": size}
    return {"api request": 1, "byte out": size} if work.function in FOR_STAFF else {}
