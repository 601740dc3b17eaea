"""Which answers of the API CloudFront replaces by a page, which it keeps, and which pass."""

import ast
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from infra.local import distribution
from infra.template import ROOT, TEMPLATE
from netdesk.answers import json_answer
from netdesk.viewer import ORIGIN_HEADER
from tests.cloudfront import CONFIG, RESOURCES, Json, address, behind, built, routes
from tests.desk import SECRETS, Door, ask, common, fields, form

TWIN = distribution.read(TEMPLATE.read_text(encoding="utf-8"))
PUBLIC = [(method, path) for method, path, staff in routes() if not staff]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("site"))


PAGES: dict[int, Json] = {one["ErrorCode"]: one for one in CONFIG["CustomErrorResponses"]}
SHOWN = {code: one for code, one in PAGES.items() if "ResponsePagePath" in one}
OURS = (400, 404, 405, 409, 413, 422, 429, 500)  # ours, and the HTTP API's own


def test_only_what_no_door_answers_has_a_page_in_its_place(folder: Path) -> None:
    assert {403, 502, 504} <= SHOWN.keys() <= {403, 502, 503, 504}
    assert not set(OURS) & SHOWN.keys()
    assert not set(OURS) & TWIN.errors.keys()
    for one in SHOWN.values():
        assert (folder / one["ResponsePagePath"].lstrip("/")).is_file()


def test_no_answer_of_the_api_is_kept_for_the_next_viewer() -> None:
    """CloudFront keeps 5xx for ten seconds unless told otherwise, whatever Cache-Control says, and
    under the path alone; 404 it keeps not when the answer says no-store, as all of ours do.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/custom-error-pages-expiration.html
    """
    assert json_answer(404, {}).headers["Cache-Control"] == "no-store"
    kept = {code: PAGES[code].get("ErrorCachingMinTTL") for code in SHOWN if code >= 500}
    assert set(kept.values()) == {0}


def test_a_fault_of_the_api_is_not_kept_for_the_next_viewer() -> None:
    assert PAGES[500] == {"ErrorCode": 500, "ErrorCachingMinTTL": 0}


def statuses() -> dict[int, set[str]]:
    """The codes that our HTTP code names, and where: `HTTPStatus.X`, and numbers as an answer's
    first argument."""
    found: dict[int, set[str]] = {}
    for path in [p for top in ("netdesk", "functions") for p in (ROOT / top).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for code in codes(node):
                found.setdefault(code, set()).add(path.relative_to(ROOT).as_posix())
    return found


def codes(node: ast.AST) -> Iterator[int]:
    match node:
        case ast.Attribute(ast.Name("HTTPStatus"), name):
            yield HTTPStatus[name].value
        case ast.Call(ast.Name(called), arguments) if re.search("answer|sentence|Response", called):
            yield from (
                one.value
                for one in arguments
                if isinstance(one, ast.Constant) and isinstance(one.value, int)
            )


def test_no_door_answers_what_has_a_page_but_past_the_front() -> None:
    named = statuses()
    assert named.keys() >= {200, 201, 202, 404, 422, 429, 500}
    assert {code: named[code] for code in SHOWN.keys() & named} == {403: {"netdesk/viewer.py"}}


@pytest.mark.parametrize(("method", "path"), PUBLIC)
def test_through_the_front_no_public_door_answers_what_has_a_page(
    door: Callable[..., Door], method: str, path: str
) -> None:
    public = door(behind(method, path), ONLY_FRONT="true")
    through = {ORIGIN_HEADER: SECRETS["OriginSecret"], "cloudfront-viewer-address": "192.0.2.1:9"}
    bodies: list[Any] = [None]
    if method == "POST":
        bodies += [form(fields()), ("text/plain", b"x"), ("application/json", b"{")]
    for body in bodies:
        for wants in ("json", "html"):
            given = {"body": body, "wants": wants, "headers": through}
            answer = ask(public, method, address(path), **given)
            assert answer.status not in SHOWN, body
            assert answer.status != 500, body


def test_a_function_ends_before_the_api_and_the_front_stop_waiting() -> None:
    """Both wait 30 seconds; an answer of ours says more than their silence.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
    """
    for method, path, _ in routes():
        own = RESOURCES[behind(method, path)]["Properties"]
        assert (common() | own)["Timeout"] < 30, path
    [api] = [origin for origin in CONFIG["Origins"] if origin["Id"] == "api"]
    assert api["CustomOriginConfig"].get("OriginReadTimeout", 30) >= 30
