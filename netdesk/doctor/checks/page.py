"""The status page: there, guarded, young; and the API behind it open to the front alone."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from netdesk.doctor.desk import Desk
from netdesk.doctor.finding import Finding, bad, good, skipped
from netdesk.doctor.trying import attempt, trying
from netdesk.moments import say_length

OLDEST = timedelta(minutes=10)  # it is built anew every five
GUARDS = {  # as the template's ResponseHeaders has them
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
AGAIN = "Somebody may have changed the distribution by hand: compare it with infra/template.yaml."


def look(desk: Desk) -> Iterator[Finding]:
    yield from trying(desk, _there(desk))
    for one in (_age, _missing_page, _plain_http, _past_the_front):
        yield attempt(desk, one)


def _there(desk: Desk) -> Iterator[Finding]:
    page = desk.web(f"{desk.front}/status/")
    if page.status != 200:
        yield bad(
            f"{desk.front}/status/ answers {page.status}: customers see no status.",
            "Publish it: `netdesk site publish --all`; then look at the distribution's origin.",
        )
        return
    yield good(f"{desk.front}/status/ is there.")
    lacking = [name for name, value in GUARDS.items() if value not in page.header(name)]
    if lacking:
        yield bad(f"The page lacks headers that protect it: {', '.join(lacking)}.", AGAIN)
    else:
        yield good("It carries the headers that protect it.")


def built_at(desk: Desk) -> datetime:
    """When what customers see was built; ValueError when the page does not tell."""
    answer = desk.web(f"{desk.front}/api/v2/summary.json")
    if answer.status != 200:
        raise ValueError(f"{desk.front}/api/v2/summary.json answers {answer.status}")
    try:
        told = datetime.fromisoformat(json.loads(answer.body)["page"]["updated_at"])
    except (ValueError, LookupError, TypeError):
        raise ValueError(f"{desk.front}/api/v2/summary.json does not tell its age") from None
    return told.astimezone(desk.clock.now().tzinfo)


def _age(desk: Desk) -> Finding:
    age = desk.clock.now() - built_at(desk)
    if age <= OLDEST:
        return good(f"It was built {say_length(age)} ago.")
    return bad(
        f"The page was built {say_length(age)} ago: the clock stands still, and reminders and "
        "late notices with it.",
        "Build it by hand meanwhile: `netdesk site publish`. ClockFunction's schedule must be on; "
        "see what it complains of:",
        desk.log_command,
    )


def _missing_page(desk: Desk) -> Finding:
    answer = desk.web(f"{desk.front}/netdesk-doctor/no-such-page/")
    if answer.status == 404 and "html" in answer.header("Content-Type"):
        return good("An address that does not exist says where to go (404).")
    return bad(f"An address that does not exist answers {answer.status}, not 404.", AGAIN)


def _plain_http(desk: Desk) -> Finding:
    parts = urlsplit(desk.front)
    if parts.scheme != "https":
        return skipped("Plain http is all that there is on this machine.")
    answer = desk.web(f"http://{desk.host}/status/")
    if answer.header("Location").startswith(f"{desk.front}/"):
        return good("Plain http leads to https.")
    return bad(f"http://{desk.host}/status/ answers {answer.status}, and leads to no https.", AGAIN)


def _past_the_front(desk: Desk) -> Finding:
    if desk.local:
        return skipped("The API takes calls past the front, on this machine alone.")
    answer = desk.web(f"{desk.deployed.output('ApiUrl')}/api/form")
    if answer.status == 403:
        return good("The API turns away who comes past the front.")
    return bad(
        f"The API answers {answer.status} to who comes past the front, and must answer 403: limits "
        "for each client can be got round.",
        "ONLY_FRONT must be true in the environment of WebFunction: somebody may have changed it.",
    )
