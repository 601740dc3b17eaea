"""What CloudFront tells the API of a viewer: all that a door reads, and nothing that opens one."""

import ast
from collections.abc import Iterator

from infra.template import ROOT
from netdesk.viewer import ORIGIN_HEADER
from tests.cloudfront import CONFIG, RESOURCES, Json

REQUESTS: Json = RESOURCES["ApiRequests"]["Properties"]["OriginRequestPolicyConfig"]


def forwarded() -> set[str]:
    """A policy that lists headers may name CloudFront's own, too. AllViewerExceptHostHeader, and
    any other that says allExcept, has the viewer's alone: no CloudFront-Viewer-Address.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyHeadersConfig.html
    """
    assert REQUESTS["HeadersConfig"]["HeaderBehavior"] == "whitelist"
    listed = {name.lower() for name in REQUESTS["HeadersConfig"]["Headers"]}
    [origin] = [one for one in CONFIG["Origins"] if one["Id"] == "api"]
    added = {one["HeaderName"].lower() for one in origin["OriginCustomHeaders"]}
    cookies = {"cookie"} if REQUESTS["CookiesConfig"] == {"CookieBehavior": "all"} else set()
    return listed | added | cookies


def read_by_doors() -> Iterator[str]:
    """Each header that a line of ours asks an HTTP event for: `event.headers.get("accept", "")`."""
    places = [path for top in ("netdesk", "functions") for path in (ROOT / top).rglob("*.py")]
    for path in places:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {t.id: n.value for n in tree.body if isinstance(n, ast.Assign)
                 for t in n.targets if isinstance(t, ast.Name)}  # fmt: skip
        for node in ast.walk(tree):
            if (asked := asked_for(node)) is not None:
                given = names.get(asked.id, asked) if isinstance(asked, ast.Name) else asked
                assert isinstance(given, ast.Constant), f"{path} computes a header's name"
                yield str(given.value)


def asked_for(node: ast.AST) -> ast.expr | None:
    """The name in `event.headers.get(name)` or `event.headers[name]`."""
    match node:
        case ast.Call(ast.Attribute(ast.Attribute(of, "headers"), "get"), [name, *_]):
            return name if of_event(of) else None
        case ast.Subscript(ast.Attribute(of, "headers"), name):
            return name if of_event(of) else None
    return None


def of_event(node: ast.expr) -> bool:
    return ast.unparse(node).endswith("event")


def test_every_header_that_a_door_reads_is_forwarded() -> None:
    read = set(read_by_doors())
    assert read >= {"accept", "content-type", "cookie", "idempotency-key", ORIGIN_HEADER}
    assert read <= forwarded()


def test_the_policy_forwards_what_makes_an_address_and_never_the_host() -> None:
    """A foreign Host the API does not know: it would answer 403. 10 headers are the quota."""
    assert "cloudfront-viewer-address" in forwarded()
    assert "host" not in forwarded()
    assert len(REQUESTS["HeadersConfig"]["Headers"]) <= 10
    assert REQUESTS["QueryStringsConfig"] == {"QueryStringBehavior": "all"}  # ?key= and ?after=


def test_who_gets_to_the_api_by_another_spelling_of_a_path_has_no_identity_there() -> None:
    """A path is normalised to find its behaviour, and sent on as it was written: what decides is
    that no signature gets through.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
    """
    assert not {"authorization", "x-amz-date", "x-amz-security-token"} & forwarded()
