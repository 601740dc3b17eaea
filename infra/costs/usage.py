"""What a desk is used for in a month: the basis of the reckoning, and what is assumed beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.costs.prices import added, scaled

HOURS = 730  # of a month, as AWS reckons
DAYS, SECONDS = HOURS / 24, HOURS * 3_600
Steps = Mapping[str, float]  # how many of each of counted.json


@dataclass(frozen=True)
class Usage:
    """A month of a provider's desk."""

    customers: int
    tickets: int  # in all
    mails: int  # received
    notices: int
    page_views: int
    traces: int


BASIS = Usage(10_000, tickets=1_500, mails=600, notices=60, page_views=1_000_000, traces=6_000)
NOBODY = Usage(0, tickets=0, mails=0, notices=0, page_views=0, traces=0)


def of(customers: int) -> Usage:
    """In proportion; notices tell of the network, and not of how many use it."""
    share = customers / BASIS.customers
    return Usage(
        customers,
        tickets=round(BASIS.tickets * share),
        mails=round(BASIS.mails * share),
        notices=BASIS.notices,
        page_views=round(BASIS.page_views * share),
        traces=round(BASIS.traces * share),
    )


# --- what one of each is made of ----------------------------------------------------------------

STAFF = {
    "queue listed": 1,
    "next ticket taken": 1,
    "ticket shown": 2,
    "answer written": 1,
    "answer mailed": 2,  # what resolves it is an answer, too
    "ticket resolved": 1,
    "old ticket deleted": 1,
}
FORM_TICKET = STAFF | {
    "form begun": 1,
    "form sent": 0.8,
    "form sent with a file": 0.2,
    "acknowledgement mailed": 1,
    "ticket's link opened": 1,
    "ticket's page read": 3,
    "customer's message": 0.5,
}
MAIL_TICKET = STAFF | {
    "mail that opens a ticket": 1,
    "acknowledgement mailed": 1,
    "ticket's link opened": 0.5,
    "ticket's page read": 1,
}
MAIL_MORE = {"mail to a ticket": 1}
NOTICE = {"notice opened": 1, "notice identified": 1, "notice resolved": 1}
# The page asks 0.2 s after the order, and less often later: a trace takes 3 seconds as a rule.
TRACE = {"trace ordered": 1, "trace looked at": 10, "trace made": 1}
BOUNCE = {"bounce told": 1}
MAILS_THAT_OPEN = 0.5  # of those received; the others belong to a ticket
BOUNCES = 0.02  # of the mails sent
STANDING = {"page made anew": HOURS * 12}  # each five minutes, in place of a clock's minute
PROBE_STANDING = {
    "heartbeat of the probe": SECONDS / 10,
    "question to the queue": SECONDS / 20,  # each waits so long for an answer
}
MINUTES = {
    "OutboxFunction": "minute of the outbox",
    "MailFunction": "minute of the mails",
    "ClockFunction": "minute of the clock",
    "TraceFunction": "minute of the traces",
}
# These come to a function that nobody has used for a while; the others find it awake.
FIRST = ("form begun", "ticket's link opened", "queue listed", "notice opened",
         "old ticket deleted", "bounce told")  # fmt: skip
STARTS_A_DAY = 12  # of a function that runs each minute: Lambda renews it from time to time


def steps(usage: Usage) -> Steps:
    """How often each step is done because somebody wants something."""
    opening = usage.mails * MAILS_THAT_OPEN
    wanted = added(
        scaled(FORM_TICKET, usage.tickets - opening),
        scaled(MAIL_TICKET, opening),
        scaled(MAIL_MORE, usage.mails - opening),
        scaled(NOTICE, usage.notices),
        scaled(TRACE, usage.traces),
    )
    sent = wanted["acknowledgement mailed"] + wanted["answer mailed"]
    return added(wanted, scaled(BOUNCE, sent * BOUNCES))


# --- what nobody counts ---------------------------------------------------------------------------

# Of each call that a function waits for: what AWS takes to answer within a region, amply.
WAIT_MS = {"dynamodb": 8, "s3": 40, "sqs": 15, "ses": 150}
CALL_CPU_MS = 2  # to sign a call and to read its answer
START_CPU_MS = 200  # of a cold start: `make bench` measures 180
CPU_MB = 1_769  # memory with which a function has one CPU, and less in proportion
SLOWER = 1.5  # than where the CPU time was counted
LAMBDA_LINES = 700  # bytes that Lambda itself writes to the log for each run
HEADERS = 800  # bytes of an answer's headers
SIDE_REQUESTS = 0.2  # of each page view: the icon that browsers ask for, feeds, the badge
QUEUE_POLLERS = 5  # that Lambda has at a queue; each question waits 20 seconds
RAW_MAIL, FILE = 30_000, 200_000  # bytes of a mail as it came, and of a file with a form
SITE_BYTES = 10**9  # of some years of pages
DNS_QUERIES = 100_000  # for mail and its keys; those that lead to CloudFront are free
TRACE_BYTES = 20_000  # that the measuring host sends for a trace
MAIL_WITHOUT_PLAN = 0.0001  # dollars, for an account of SES that has no plan
KEY_SECONDS = 300  # DynamoDB asks for a table's key again after that, for each who uses it
