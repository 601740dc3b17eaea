"""The function on CloudFront that finds index documents, run as CloudFront runs it."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from infra.local.front import Front
from infra.local.static import key_of
from tests.cloudfront import CODE, CONFIG, FUNCTION, Told, addresses, built, landings, run

ROOT = CONFIG["DefaultRootObject"]
HOST = "https://support.example.net"
LONG = "/" + "a" * 8_000  # an address has 8,192 bytes at most

# Of ECMAScript 5.1, and of the later ones as listed:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
STATEMENTS = {
    "break", "case", "catch", "const", "continue", "default", "do", "else", "finally", "for",
    "function", "if", "in", "instanceof", "let", "new", "return", "switch", "throw", "try",
    "typeof", "undefined", "var", "while", "true", "false", "null",
}  # fmt: skip
METHODS = {
    "charAt", "charCodeAt", "concat", "endsWith", "forEach", "includes", "indexOf", "join",
    "lastIndexOf", "map", "match", "push", "rawQueryString", "replace", "search", "slice", "split",
    "startsWith", "substring", "test", "toLowerCase", "toUpperCase", "trim",
}  # fmt: skip
BEYOND = re.compile(r"\?\.|\?\?|\.\.\.|=>|\b(class|import|export|of|yield|async|await|super)\b")

OBJECTS = {
    "/": "/status/index.html",
    "/status/": "/status/index.html",
    "/problem/domain/": "/problem/domain/index.html",
    "/status/notices/20261124-dia/": "/status/notices/20261124-dia/index.html",
    "/status/status.txt": "/status/status.txt",
    "/status/components/mail-in/feed.atom": "/status/components/mail-in/feed.atom",
    "/404.html": "/404.html",
    "/a.b/": "/a.b/index.html",
    "//": "/status/index.html",
    "//host/": "/host/index.html",
    "///host/": "/host/index.html",
    "//elsewhere.example/": "/elsewhere.example/index.html",
    "//elsewhere.example": "/elsewhere.example",
    "/.": "/.",
    "/..": "/..",
    "/status/.well-known/": "/status/.well-known/index.html",
    "/caf%C3%A9/": "/caf%C3%A9/index.html",
    "/\u6c49\u5b57/": "/\u6c49\u5b57/index.html",
    "/status/?from=mail": "/status/index.html",
    "/?": "/status/index.html",
    f"{LONG}/": f"{LONG}/index.html",
}
REDIRECTS = {
    "/status": "/status/",
    "/status/notices/20261124-dia": "/status/notices/20261124-dia/",
    "/a.b/c": "/a.b/c/",
    "//host": "/host/",
    "/api/tickets": "/api/tickets/",
    "/%2e%2e": "/%2e%2e/",
    "/%2E%2E%2Fstatus": "/%2E%2E%2Fstatus/",
    "/caf%C3%A9": "/caf%C3%A9/",
    "/%5Celsewhere%2Eexample": "/%5Celsewhere%2Eexample/",
    LONG: f"{LONG}/",
}


def test_each_address_leads_to_its_object() -> None:
    assert dict(zip(OBJECTS, run([*OBJECTS]), strict=True)) == {
        url: Told(uri) for url, uri in OBJECTS.items()
    }


def test_a_folder_without_its_slash_leads_to_the_one_with_it() -> None:
    assert dict(zip(REDIRECTS, run([*REDIRECTS]), strict=True)) == {
        url: Told("", 301, place) for url, place in REDIRECTS.items()
    }


def test_every_object_of_the_site_is_found_at_its_address(tmp_path: Path) -> None:
    found = addresses(built(tmp_path))
    told = run([*found])
    assert [one.uri for one in told] == [f"/{key}" for key in found.values()]


@pytest.mark.parametrize("query", ["a=b", "a=1&a=2&b=%26%3F", "a", "=", "%C3%A9=%F0%9F%98%80", "?"])
def test_a_redirect_keeps_the_query(query: str) -> None:
    assert run([f"/status?{query}"]) == [Told("", 301, f"/status/?{query}")]


HOSTS = ("elsewhere.example", "elsewhere", "elsewhere.example/x", "elsewhere.example/%2e%2e")
OUTWARD = ("//{}", "///{}", "/%2f{}", "/%2F%2F{}", "/%5c{}", "/.//{}", "/..//{}", "/x//{}", "/@{}")


BACKSLASHED = ("/\\{}", "/\\/{}", "/\\\\{}", "//\\{}", "/\\{}/%2e%2e", "/\\\\{}\\x")


@pytest.mark.parametrize("shape", OUTWARD)
def test_no_redirect_leads_to_another_site(shape: str) -> None:
    assert_stays(shape)


@pytest.mark.parametrize("shape", BACKSLASHED)
def test_no_redirect_leads_to_another_site_by_a_backslash(shape: str) -> None:
    assert_stays(shape)


def assert_stays(shape: str) -> None:
    locations = [told.location for told in run([shape.format(host) for host in HOSTS])]
    assert any(locations)
    for landed in landings(list(filter(None, locations)), f"{HOST}/a/b"):
        assert landed.startswith(f"{HOST}/"), landed


def place(url: str) -> str:
    """The path as the front reads it, from which Python's server takes slashes before."""
    asked = SimpleNamespace(path="/" + url.lstrip("/"))
    return str(Front.place.fget(asked))  # type: ignore[attr-defined]


PIECES = st.sampled_from(
    ["/", "//", ".", "..", "status", "a.b", "index.html", "%2e%2e", "%2F", "\\", "?", "&a=b", "%",
     "\u00e9", "\u6c49", "\U0001f600", "api", "~", "*", "+", " ", "-"]
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="#"), max_size=12)
URLS = st.lists(PIECES | TEXTS, max_size=12).map(lambda pieces: "/" + "".join(pieces))


@settings(max_examples=25, deadline=None, phases=(Phase.generate,))
@given(st.lists(URLS, min_size=20, max_size=60))
def test_function_and_local_front_find_the_same_object(urls: list[str]) -> None:
    for url, told in zip(urls, run(urls), strict=True):
        path = place(url)
        key = key_of(path, ROOT)
        assert (told.uri[1:] or None) == key, url
        if key is None:
            assert (told.status, told.location.partition("?")[0]) == (301, f"{path}/"), url
        else:
            assert told.uri.startswith("/"), url


def test_the_code_is_of_the_runtime_that_it_names() -> None:
    assert FUNCTION["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert FUNCTION["AutoPublish"] is True
    assert len(CODE.encode()) <= 10 * 1024  # the quota on the size of a function
    bare = re.sub(r"//.*|'(?:\\.|[^'\\])*'|/\^.*?/(?=[,)])", " ", CODE)
    assert not BEYOND.search(bare)
    assert set(re.findall(r"\.(\w+)\(", bare)) <= METHODS
    names = set(re.findall(r"(?<![.\w])([A-Za-z_$]\w*)\b(?!\s*:)", bare)) - STATEMENTS
    assert names - set(re.findall(r"(?:var|let|const) (\w+)", bare)) == {"handler", "event"}


@pytest.mark.parametrize(
    "line",
    ["require('fs');", "eval('1');", "new Function('return 1')();", "setTimeout(function(){}, 1);",
     "process.exit(0);", "fetch('/');", "undeclared = 1;",],
)  # fmt: skip
def test_what_cloudfront_does_not_have_fails_here_too(line: str) -> None:
    code = CODE.replace("{", f"{{ {line}", 1)
    with pytest.raises(AssertionError, match="Error"):
        run(["/"], code)
