"""What keeps a page from being framed, sniffed, or made to load or send anything: the headers that
CloudFront adds, and the policy that stands in each page itself."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest

from infra.local import distribution
from infra.template import TEMPLATE
from netdesk.pages import csp_hash
from tests.cloudfront import RESOURCES, Json, behaviours, built
from tests.desk import PUBLIC_URL, Cloud, Door, ask, fields, form

YEAR = 365 * 86_400
POLICIES: dict[str, Json] = {
    name: one["Properties"]["ResponseHeadersPolicyConfig"]
    for name, one in RESOURCES.items()
    if one["Type"] == "AWS::CloudFront::ResponseHeadersPolicy"
}
TWIN = distribution.read(TEMPLATE.read_text(encoding="utf-8"))


def test_every_behaviour_has_a_policy_of_headers() -> None:
    assert {b["ResponseHeadersPolicyId"]["Ref"] for b in behaviours()} == POLICIES.keys()


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_says_all_that_a_page_can_not_say_of_itself(name: str) -> None:
    """frame-ancestors counts in a header alone: https://www.w3.org/TR/CSP3/#meta-element"""
    security = POLICIES[name]["SecurityHeadersConfig"]
    assert {one["Override"] for one in security.values()} == {True}
    transport = security["StrictTransportSecurity"]
    assert transport["AccessControlMaxAgeSec"] >= YEAR
    assert transport["IncludeSubdomains"] is True
    assert "ContentTypeOptions" in security  # nosniff is all that it can say
    assert security["FrameOptions"]["FrameOption"] == "DENY"
    assert security["ReferrerPolicy"]["ReferrerPolicy"] == "no-referrer"
    policy = directives(security["ContentSecurityPolicy"]["ContentSecurityPolicy"])
    assert policy["frame-ancestors"] == ["'none'"]


def test_the_local_front_adds_what_the_template_says() -> None:
    """Its text of two headers is its own: it must not promise more than the template does."""
    for here in TWIN.behaviours:
        [written] = [b for b in behaviours() if b["PathPattern"] == here.pattern]
        security = POLICIES[written["ResponseHeadersPolicyId"]["Ref"]]["SecurityHeadersConfig"]
        transport = security["StrictTransportSecurity"]
        age, below = transport["AccessControlMaxAgeSec"], transport["IncludeSubdomains"]
        assert (
            here.headers.items()
            >= {
                "Strict-Transport-Security": f"max-age={age}" + "; includeSubDomains" * below,
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": security["FrameOptions"]["FrameOption"],
                "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
                "Content-Security-Policy": security["ContentSecurityPolicy"][
                    "ContentSecurityPolicy"
                ],
            }.items()
        )


# --- the pages -----------------------------------------------------------------------------------

LOADS = {
    "src",
    "srcset",
    "poster",
    "background",
    "data",
    "formaction",
    "action",
    "ping",
    "manifest",
}
HASHED = {"style": "style-src", "script": "script-src"}


class Page(HTMLParser):
    """A page's policy, its inline code, and what it would load, send to, or point at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.policies: list[str] = []
        self.inline: list[tuple[str, str]] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.forbidden: list[str] = []
        self._within = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and given.get("http-equiv", "").lower() == "content-security-policy":
            assert not self.inline, "a policy holds for what follows it"
            self.policies.append(given["content"])
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.loads.append(given["content"].partition("url=")[2])
        names = given.keys() | {tag}
        self.forbidden += [name for name in names if name.startswith("on") or name == "style"]
        self.forbidden += [tag] * (tag in ("base", "iframe", "object", "embed"))
        self.loads += [value for name, value in given.items() if name in LOADS]
        if "href" in given:
            (self.links if tag == "a" else self.loads).append(given["href"])
        if tag in HASHED:
            self._within = tag
            self.forbidden.remove("style") if tag == "style" else None

    def handle_data(self, data: str) -> None:
        if self._within:
            self.inline.append((self._within, data))

    def handle_endtag(self, tag: str) -> None:
        self._within = "" if tag == self._within else self._within


def directives(policy: str) -> dict[str, list[str]]:
    """The first of a name counts: https://www.w3.org/TR/CSP3/#parse-serialized-policy"""
    found: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *values = part.split()
        found.setdefault(name.lower(), values)
    return found


def assert_closed(text: str) -> None:
    """Nothing may load but what is listed by its hash, or comes from here; nothing leads away."""
    page = Page(text)
    [policy] = map(directives, page.policies)
    assert policy["default-src"] == ["'none'"]
    assert policy.keys() <= {
        "default-src", "style-src", "script-src", "connect-src", "img-src", "form-action",
        "base-uri",
    }  # fmt: skip
    for tag, name in HASHED.items():
        hashes = [csp_hash(code) for kind, code in page.inline if kind == tag]
        assert sorted(policy.get(name, [])) == sorted(hashes), name
    for name in ("connect-src", "img-src", "form-action"):
        assert policy.get(name, ["'self'"]) == ["'self'"], name
    assert policy.get("base-uri", ["'none'"]) == ["'none'"]
    assert page.forbidden == []
    for code in [code for kind, code in page.inline if kind == "style"]:
        assert not re.search(r"url\(|@import", code)
    for address in page.loads:
        assert re.match(r"/(?![/\\])", address), address


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = built(tmp_path_factory.mktemp("site"))
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.html")
    }


def test_every_page_of_the_site_is_closed_by_its_own_policy(pages: dict[str, str]) -> None:
    assert len(pages) >= 14
    for name, text in pages.items():
        assert_closed(text)
        policy = directives(Page(text).policies[0])
        assert (policy["form-action"], policy["base-uri"]) == (["'self'"], ["'none'"]), name


# An address that a field shows as its example is no origin that anything is asked of.
EXAMPLES = {"www.example.org"}


def test_no_page_of_the_site_names_a_third_party(pages: dict[str, str]) -> None:
    """Links that staff write into a notice are the only ones that lead away; here are none."""
    ours = {"localhost:8000", *EXAMPLES}  # where `make site` is looked at
    for name, text in pages.items():
        assert {urlsplit(found).netloc for found in named(text)} <= ours, name


def named(text: str) -> Iterator[str]:
    yield from re.findall(r"(?:https?:|wss?:|ftp:)?//[\w.:-]+", re.sub(r"</?script>", " ", text))


def test_every_page_of_the_api_is_closed_by_its_own_policy(
    cloud: Cloud, door: Callable[..., Door]
) -> None:
    shown = [*web_pages(door("WebFunction")), *trace_pages(door("TraceFunction"))]
    assert {answer.status for answer in shown} == {200, 201, 202, 404, 422}
    for answer in shown:
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert_closed(answer.text)


def web_pages(web: Door) -> Iterator[Any]:
    def post(path: str = "/api/tickets", cookies: Any = (), **changes: str) -> Any:
        body = form(fields(**changes))
        return ask(web, "POST", path, body=body, wants="html", cookies=cookies)

    yield post()
    yield post(email="")
    yield post(form="domain", action="new")
    link = ask(web, "POST", "/api/tickets", body=form(fields(message="x"))).json["link"]
    path, _, key = link.removeprefix(PUBLIC_URL).partition("?key=")
    crumb = [f"__Host-ticket-{path.rpartition('/')[2]}={key}"]
    yield ask(web, "GET", path, cookies=crumb, wants="html")
    yield post(path, crumb, message="")
    yield ask(web, "GET", path, wants="html")
    yield ask(web, "GET", "/api/nothing", wants="html")


def trace_pages(trace: Door) -> Iterator[Any]:
    for target in ("www.example.com", "127.0.0.1"):
        body = form({"target": target})
        yield ask(trace, "POST", "/api/traces", body=body, wants="html")
    made = ask(trace, "POST", "/api/traces", body={"target": "example.org"}).json["id"]
    yield ask(trace, "GET", f"/api/traces/{made}", wants="html")
    yield ask(trace, "GET", "/api/traces/0", wants="html")


def test_the_page_of_last_resort_is_closed_too(cloud: Cloud, door: Callable[..., Door]) -> None:
    web = door("WebFunction")
    cloud.dynamodb.delete_table(TableName="TicketsTable")
    answer = ask(web, "POST", "/api/tickets", body=form(fields()), wants="html")
    assert answer.status == 500
    assert_closed(answer.text)
