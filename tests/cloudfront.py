"""CloudFront as AWS describes it: its function run in node, its behaviours by the template alone.

infra/local/distribution.py is the local stack's reading of the same lines; this is another one, so
that tests can hold one against the other.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from infra.sample_site import sample, write
from infra.template import TEMPLATE, parse
from tests.desk import NOW, provider

Json = dict[str, Any]
RESOURCES: Json = parse(TEMPLATE.read_text(encoding="utf-8"))["Resources"]
CONFIG: Json = RESOURCES["Distribution"]["Properties"]["DistributionConfig"]
FUNCTION: Json = RESOURCES["IndexDocuments"]["Properties"]
CODE: str = FUNCTION["FunctionCode"]
NODE = shutil.which("node")

# No require, no timers, no network: a bare context has what ECMAScript has. No eval either, and
# strict mode:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
# rawQueryString is undefined when there is no question mark:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/general-helper-methods.html
DRIVER = """
const vm = require('vm');
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const context = vm.createContext({}, {codeGeneration: {strings: false, wasm: false}});
vm.runInContext('"use strict";' + given.code + '; this.handler = handler;', context);
for (const {event, query} of given.asked) {
  event.request.rawQueryString = () => query === null ? undefined : query;
  console.log(JSON.stringify(context.handler(event)));
}
"""


@dataclass(frozen=True)
class Told:
    """What the function made of a request: the object's address, or where to go instead."""

    uri: str = ""
    status: int = 200
    location: str = ""


def run(urls: Sequence[str], code: str = CODE) -> list[Told]:
    """The function's answers to these URLs, from one process of node."""
    if NODE is None:
        pytest.skip("no node: it runs CloudFront's function")
    asked = [dict(zip(("event", "query"), event_of(url), strict=True)) for url in urls]
    done = subprocess.run(
        [NODE, "-e", DRIVER],
        input=json.dumps({"code": code, "asked": asked}),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return [told(json.loads(line)) for line in done.stdout.splitlines()]


def landings(locations: Sequence[str], page: str) -> list[str]:
    """Where a browser goes that is on this page: node reads addresses as browsers do."""
    if NODE is None:
        pytest.skip("no node: it reads addresses as browsers do")
    code = "const [all, page] = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
    code += "console.log(JSON.stringify(all.map(one => new URL(one, page).href)))"
    asked = json.dumps([list(locations), page])
    done = subprocess.run(
        [NODE, "-e", code], input=asked, capture_output=True, text=True, timeout=60
    )
    found: list[str] = json.loads(done.stdout)
    return found


def event_of(url: str) -> tuple[Json, str | None]:
    """The event that CloudFront gives for a URL, and its raw query. The address is as the viewer
    sent it: nothing in it is decoded.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
    """
    uri, mark, raw = url.partition("?")
    request = {
        "method": "GET",
        "uri": uri,
        "querystring": parsed(raw),
        "headers": {"host": {"value": "d111111abcdef8.cloudfront.net"}, "accept": {"value": "*/*"}},
        "cookies": {"theme": {"value": "dark"}},
    }
    context = {
        "distributionDomainName": "d111111abcdef8.cloudfront.net",
        "distributionId": "EDFDVBD6EXAMPLE",
        "eventType": "viewer-request",
        "requestId": "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
    }
    viewer = {"ip": "203.0.113.7"}
    event = {"version": "1.0", "context": context, "viewer": viewer, "request": request}
    return event, raw if mark else None


def parsed(raw: str) -> Json:
    """The query as the function's event has it: the last value, and all when there are many."""
    found: dict[str, list[Json]] = {}
    for pair in filter(None, raw.split("&")):
        name, _, value = pair.partition("=")
        found.setdefault(name, []).append({"value": value})
    return {
        name: values[-1] | ({"multiValue": values} if len(values) > 1 else {})
        for name, values in found.items()
    }


def told(answer: Json) -> Told:
    """A request goes on, a response has a code and headers in lower case."""
    if "statusCode" not in answer:
        assert answer.keys() >= {"method", "uri", "querystring", "headers", "cookies"}
        return Told(answer["uri"])
    assert isinstance(answer["statusCode"], int)
    headers = {name: one["value"] for name, one in answer["headers"].items()}
    assert list(headers) == ["location"]
    return Told("", answer["statusCode"], headers["location"])


# --- the behaviours ------------------------------------------------------------------------------


def behaviours() -> list[Json]:
    """In their order; the default one is the last."""
    return [*CONFIG["CacheBehaviors"], {"PathPattern": "*"} | CONFIG["DefaultCacheBehavior"]]


def behaviour_of(path: str) -> Json:
    """The first one that fits; case counts, `*` is any text and `?` one character:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
    """
    return next(b for b in behaviours() if fits(b["PathPattern"], path))


def fits(pattern: str, path: str) -> bool:
    wild = {"*": ".*", "?": "."}
    written = "".join(wild.get(letter) or re.escape(letter) for letter in pattern.lstrip("/"))
    return bool(re.fullmatch(written, path.lstrip("/"), re.DOTALL))


# --- the addresses -------------------------------------------------------------------------------


@cache
def routes() -> tuple[tuple[str, str, bool], ...]:
    """Method, path and whether it is the staff's, of every route of the API."""
    found = [r["Properties"] for r in RESOURCES.values() if r["Type"] == "AWS::ApiGatewayV2::Route"]
    return tuple(
        (*one["RouteKey"].split(), one["AuthorizationType"] == "AWS_IAM")  # type: ignore[misc]
        for one in found
    )


SAMPLES = {"number": "K7Q2-9WXA", "digest": "0" * 64, "id": "0" * 32, "proxy+": "K7Q2-9WXA/reply"}


def address(route: str) -> str:
    """An address that a route takes."""
    return re.sub(r"\{([^}]+)\}", lambda name: SAMPLES[name[1]], route)


def behind(method: str, path: str) -> str:
    """The function behind a route."""
    for resource in RESOURCES.values():
        if resource["Type"] == "AWS::ApiGatewayV2::Route":
            properties = resource["Properties"]
            if properties["RouteKey"] == f"{method} {path}":
                [name] = re.findall(r"\$\{(\w+)\}", properties["Target"]["Fn::Sub"])
                uri = RESOURCES[name]["Properties"]["IntegrationUri"]
                return str(uri["Fn::GetAtt"][0])
    raise AssertionError(f"no route takes {method} {path}")


def built(folder: Path) -> Path:
    """The site as `make site` writes it."""
    write(folder, sample(provider(), NOW), NOW)
    return folder


def addresses(folder: Path) -> dict[str, str]:
    """Where each object of a site is read, as its pages name it, and the object's key."""
    keys = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    return {f"/{key.removesuffix('index.html')}": key for key in keys} | {"/": "status/index.html"}
