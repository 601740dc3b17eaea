"""AWS's list prices in US East (N. Virginia), in US dollars, without free tiers and discounts."""

from collections.abc import Mapping
from dataclasses import dataclass

CHECKED = "November 2026"
MILLION, GB = 1_000_000, 10**9


@dataclass(frozen=True)
class Price:
    """So many dollars for so many of something."""

    service: str
    dollars: float
    per: int
    what: str
    free: int = 0  # in each month, in each account, for ever

    @property
    def each(self) -> float:
        return self.dollars / self.per

    @property
    def page(self) -> str:
        return f"https://aws.amazon.com/{PAGES[self.service]}/"


# Where AWS says them.
PAGES = {
    "CloudFront": "cloudfront/pricing",
    "CloudWatch": "cloudwatch/pricing",
    "DynamoDB": "dynamodb/pricing/on-demand",
    "EC2": "ec2/pricing/on-demand",
    "EBS": "ebs/pricing",
    "EventBridge Scheduler": "eventbridge/pricing",
    "HTTP API": "api-gateway/pricing",
    "KMS": "kms/pricing",
    "Lambda": "lambda/pricing",
    "Public IPv4": "vpc/pricing",
    "Route 53": "route53/pricing",
    "S3": "s3/pricing",
    "Secrets Manager": "secrets-manager/pricing",
    "SES": "ses/pricing",
    "SNS": "sns/pricing",
    "SQS": "sqs/pricing",
}
READ_THERE = {"cloudfront byte"}  # of the others we know what pages say that quote AWS's

# By the names under which infra/costs/model.py counts.
PRICES = {
    "cloudfront request": Price("CloudFront", 0.01, 10_000, "HTTPS requests", 10 * MILLION),
    "cloudfront byte": Price("CloudFront", 0.085, GB, "GB to viewers", 1_000 * GB),
    "cloudfront function": Price("CloudFront", 0.10, MILLION, "runs of its function", 2 * MILLION),
    "lambda run": Price("Lambda", 0.20, MILLION, "runs", MILLION),
    "lambda gb-second": Price("Lambda", 13.3334, MILLION, "GB-seconds on arm64", 400_000),
    "api request": Price("HTTP API", 1.00, MILLION, "requests"),
    "dynamodb read": Price("DynamoDB", 0.125, MILLION, "read units"),
    "dynamodb write": Price("DynamoDB", 0.625, MILLION, "write units"),
    "dynamodb byte": Price("DynamoDB", 0.25, GB, "GB kept for a month", 25 * GB),
    "dynamodb backup": Price("DynamoDB", 0.20, GB, "GB that can be restored"),
    "s3 write": Price("S3", 0.005, 1_000, "PUT and LIST requests"),
    "s3 read": Price("S3", 0.0004, 1_000, "GET and HEAD requests"),
    "s3 byte": Price("S3", 0.023, GB, "GB kept for a month"),
    "sqs request": Price("SQS", 0.40, MILLION, "requests", MILLION),
    "sns message": Price("SNS", 0.50, MILLION, "messages", MILLION),
    "schedule": Price("EventBridge Scheduler", 1.00, MILLION, "runs of schedules", 14 * MILLION),
    # The plan Essentials, which an account has that is new to SES since July 2026.
    "mail out": Price("SES", 0.16, 1_000, "mails sent"),
    "mail in": Price("SES", 0.10, 1_000, "mails received"),
    "mail chunk": Price("SES", 0.09, 1_000, "pieces of 256 KB received"),
    "alarm": Price("CloudWatch", 0.10, 1, "metrics that alarms watch", 10),
    "metric": Price("CloudWatch", 0.30, 1, "metrics of our own", 10),
    "log byte": Price("CloudWatch", 0.50, GB, "GB of log", 5 * GB),
    "log byte kept": Price("CloudWatch", 0.03, GB, "GB of log kept for a month"),
    "secret": Price("Secrets Manager", 0.40, 1, "secrets"),
    "secret read": Price("Secrets Manager", 0.05, 10_000, "readings of secrets"),
    "key": Price("KMS", 1.00, 1, "versions of keys"),
    "key request": Price("KMS", 0.03, 10_000, "requests", 20_000),
    "zone": Price("Route 53", 0.50, 1, "zones"),
    "dns query": Price("Route 53", 0.40, MILLION, "questions"),
    "t4g.nano": Price("EC2", 0.0042, 1, "hours of a t4g.nano"),
    "byte out": Price("EC2", 0.09, GB, "GB out to the internet"),
    "ipv4": Price("Public IPv4", 0.005, 1, "hours of an address"),
    "gp3 byte": Price("EBS", 0.08, GB, "GB of gp3 disk for a month"),
}

Amounts = Mapping[str, float]  # by the names of PRICES


def dollars(amounts: Amounts) -> float:
    return sum(PRICES[name].each * many for name, many in amounts.items())


def beyond_free(amounts: Amounts) -> Amounts:
    """What is left to pay for, in an account that does nothing else."""
    return {name: max(0, amount - PRICES[name].free) for name, amount in amounts.items()}


def added(*parts: Amounts) -> Amounts:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: sum(part.get(name, 0) for part in parts) for name in names}


def scaled(amounts: Amounts, many: float) -> Amounts:
    return {name: amount * many for name, amount in amounts.items()}
