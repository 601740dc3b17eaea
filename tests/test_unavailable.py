"""What customers see of a desk that is dead in part, or of a page that got old."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from playwright.sync_api import Browser, Page

from infra.local import distribution, front
from infra.local.front import Origins
from infra.local.outbox import Sink
from infra.template import TEMPLATE
from netdesk.words import COMPONENT_WORDS, IMPACT_WORDS
from tests import pages
from tests.desk import provider
from tests.e2e.stack import Answer, Client, free_ports
from tests.pages import DAYS, MINUTE, NOW, Site

PROVIDER = provider()
RULES = distribution.read(TEMPLATE.read_text(encoding="utf-8"))
MINUTES = 60_000  # as the page's clock counts
WELL = ("know of no problem", "no known problems", COMPONENT_WORDS["operational"])
KINDS = {".html": "text/html; charset=utf-8", ".txt": "text/plain; charset=utf-8"}
STATIC = {
    "/": IMPACT_WORDS["major"],
    "/status/": "No dial-up in Burbank and Glendale",
    "/status/status.txt": "Meanwhile: Dial 818 555 0160 instead.",
    "/status/line.txt": "Part of our service is down: No dial-up",
    "/status/notices/20261124-dia/": "A digger cut a cable in Olive Street.",
    "/status/history/": "November 2026",
    "/status/history/2026-11/": "Sent mail bounced",
    "/status/feed.atom": "No dial-up in Burbank and Glendale",
    "/api/v2/summary.json": "No dial-up in Burbank and Glendale",
    "/status/badge.svg": "<svg",
    "/status/help/": "What the words mean",
    "/status/traceroute/": "Trace it",
    "/support/": "How to get support",
    "/problem/": "What is wrong?",
}
FORMS = {
    "/api/tickets": {"email": "ann@example.net", "message": "Silence."},
    "/api/traces": {"target": "www.example.org"},
}


@dataclass
class Bucket:
    """The site's files, as far as S3 has them and answers."""

    folder: Path
    failure: Exception | None = None
    missing: str = ""

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:
        if self.failure:
            raise self.failure
        path = self.folder / Key
        if Key == self.missing or not path.is_file():
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        body = path.read_bytes()
        return {
            "ContentType": KINDS.get(path.suffix, "application/octet-stream"),
            "CacheControl": "max-age=10", "ETag": '"1"', "Body": BytesIO(body),
        }  # fmt: skip


@dataclass(frozen=True)
class Desk:
    client: Client
    bucket: Bucket


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Site]]:
    folder = tmp_path_factory.mktemp("days")
    with ExitStack() as kept:
        yield {d: kept.enter_context(pages.site_of(n, folder / d)) for d, n in DAYS.items()}


@pytest.fixture
def desk(sites: dict[str, Site], tmp_path: Path) -> Iterator[Desk]:
    """The front on a bad day, with nothing behind it but files."""
    bucket = Bucket(sites["bad"].folder)
    [dead, port] = free_ports(2)
    nobody = f"http://127.0.0.1:{dead}/stage"
    origins = Origins(bucket, "site", nobody, "hush", RULES, Sink(tmp_path))
    with pages.running(front.serve(origins, port)):
        yield Desk(Client(f"http://127.0.0.1:{port}"), bucket)


@pytest.mark.parametrize(("path", "words"), STATIC.items())
def test_every_page_is_read_with_all_else_dead(desk: Desk, path: str, words: str) -> None:
    answer = desk.client.get(path)
    assert (answer.status, words in answer.text) == (200, True)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize(("path", "fields"), FORMS.items())
def test_a_form_that_nobody_takes_says_what_to_do_instead(
    desk: Desk, path: str, fields: dict[str, str], accept: str
) -> None:
    """Programs get the same page: CloudFront looks at the code alone, and so may they."""
    assert_says_what_to_do(desk.client.post(path, accept, **fields))


@pytest.mark.parametrize("path", ["/api/tickets/K7Q2-9WXA?key=x", "/api/traces/0"])
def test_a_link_to_what_is_dead_says_what_to_do_instead(desk: Desk, path: str) -> None:
    assert_says_what_to_do(desk.client.get(path))


def assert_says_what_to_do(answer: Answer) -> None:
    assert (answer.status, answer.headers["Content-Type"]) == (504, KINDS[".html"])
    phone = PROVIDER.phone
    for words in (
        "We did not get that", f'href="mailto:{PROVIDER.mail}"', 'href="/status/"',
        f"{phone.number}, option {phone.message_option}",
        f"{phone.number}, option {phone.emergency_option}",
    ):  # fmt: skip
        assert words in answer.text
    assert not says_that_all_is_well(answer.text)


@pytest.mark.parametrize(
    "failure",
    [
        EndpointConnectionError(endpoint_url="http://127.0.0.1:9"),
        ReadTimeoutError(endpoint_url="http://127.0.0.1:9"),
        *[ClientError({"Error": {"Code": c}}, "GetObject") for c in ("InternalError", "SlowDown")],
    ],
    ids=["away", "silent", "broken", "busy"],
)
def test_without_its_files_the_front_never_says_that_all_is_well(
    desk: Desk, failure: Exception
) -> None:
    desk.bucket.failure = failure
    for path in [*STATIC, "/nothing/", *FORMS]:
        answer = desk.client.get(path)
        assert answer.status >= 400, path
        assert not says_that_all_is_well(answer.text), path


def test_without_the_status_page_the_root_is_no_other_page(desk: Desk) -> None:
    desk.bucket.missing = "status/index.html"
    answer = desk.client.get("/")
    assert (answer.status, "There is no such page" in answer.text) == (404, True)
    assert not says_that_all_is_well(answer.text)


def says_that_all_is_well(text: str) -> bool:
    return any(words in text.casefold() for words in WELL)


# --- the copy that got old -----------------------------------------------------------------------


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("day", DAYS)
def test_a_page_left_open_warns_when_it_is_old(
    page: Page, sites: dict[str, Site], day: str
) -> None:
    page.clock.install(time=NOW)
    page.goto(f"{sites[day].address}/status/")
    page.clock.fast_forward(9 * MINUTES)
    fresh = page.inner_text("body")
    page.clock.fast_forward(2 * MINUTES)
    old = page.inner_text("body")
    assert "This copy is old." not in fresh
    assert says_that_all_is_well(fresh)  # of some service at least
    assert old.index("This copy is old.") < old.index(page.inner_text("h1"))
    assert page.get_by_role("alert").is_visible()
    assert not says_that_all_is_well(f"{old} {page.title()}")


@pytest.mark.parametrize(("age", "warns"), [(9, False), (11, True), (60 * 24 * 365, True)])
def test_a_copy_from_a_cache_warns_at_once(
    page: Page, sites: dict[str, Site], age: int, warns: bool
) -> None:
    page.clock.set_fixed_time(NOW + age * MINUTE)
    page.goto(f"{sites['calm'].address}/status/")
    text = page.inner_text("body")
    assert ("This copy is old." in text) == warns
    assert says_that_all_is_well(text) != warns
    sentence = "We can't tell you how things are now"
    assert (page.inner_text("h1") == sentence) == warns


@pytest.mark.parametrize("day", DAYS)
def test_without_script_the_time_says_how_old_it_is(
    browser: Browser, sites: dict[str, Site], day: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{sites[day].address}/status/")
    for words in (
        "As of Tuesday 24 November, 10:00 Pacific. After 10:10 Pacific this says nothing about now",
        "This page was built Tuesday 24 November, 10:00 Pacific",
    ):
        assert page.get_by_text(words).is_visible()
    assert page.get_by_text("This copy is old.").is_hidden()
    context.close()
