"""CloudFront's table of behaviours, walked for every address of the site and of the API."""

import re
from pathlib import Path

import pytest

from infra.local import distribution
from infra.template import TEMPLATE
from tests.cloudfront import (
    CONFIG,
    Json,
    address,
    addresses,
    behaviour_of,
    behaviours,
    built,
    routes,
)

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
SERVED = {"GET", "HEAD"}  # when a behaviour names no methods
# What programs and other sites' pages read, by its key.
FOR_PROGRAMS = re.compile(
    r"api/v2/.+\.json|status/(components/.+/)?feed\.\w+|.+\.ics|.+/badge\.svg"
)
LINKS = re.compile(r"""\b(?:href|src|action|data-\w+|content)=["'](?:\d+;\s*url=)?(/[^"'#?]*)""")
TWIN = distribution.read(TEMPLATE.read_text(encoding="utf-8"))
PUBLIC = [(method, path) for method, path, staff in routes() if not staff]
STAFF = [path for _, path, staff in routes() if staff]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("site"))


def test_every_object_of_the_site_is_served_from_the_bucket_and_cached(folder: Path) -> None:
    found = addresses(folder)
    assert len(found) > 40
    for url, key in found.items():
        served = behaviour_of(url)
        assert served["TargetOriginId"] == "site", url
        assert served["CachePolicyId"] == CACHING_OPTIMIZED, url
        assert methods(served) == SERVED, url
        assert "OriginRequestPolicyId" not in served, url  # the bucket needs no word of the viewer
        public = bool(FOR_PROGRAMS.fullmatch(key))
        policy = {"Ref": "PublicHeaders" if public else "ResponseHeaders"}
        assert served["ResponseHeadersPolicyId"] == policy, url


def test_an_address_that_is_no_key_meets_the_function_that_makes_it_one(folder: Path) -> None:
    finds = {"EventType": "viewer-request", "FunctionARN": {"Fn::GetAtt": ["IndexDocuments", "FunctionARN"]}}  # fmt: skip # noqa: E501
    for url, key in addresses(folder).items():
        if url != f"/{key}":
            assert behaviour_of(url).get("FunctionAssociations") == [finds], url
            assert behaviour_of(url.rstrip("/")).get("FunctionAssociations") == [finds], url


@pytest.mark.parametrize(("method", "path"), PUBLIC)
def test_every_public_route_reaches_the_api_uncached(method: str, path: str) -> None:
    served = behaviour_of(address(path))
    assert served["TargetOriginId"] == "api"
    assert served["CachePolicyId"] == CACHING_DISABLED
    assert served["OriginRequestPolicyId"] == {"Ref": "ApiRequests"}
    assert served["ResponseHeadersPolicyId"] == {"Ref": "ResponseHeaders"}
    assert method in methods(served)
    assert "FunctionAssociations" not in served


TO_STAFF = ("{}", "/{}", "{}/", "{}?x=/api/tickets", "/status{}", "/{}.json", "{}#/api/tickets")


@pytest.mark.parametrize("path", STAFF)
def test_no_route_of_the_staff_is_reached_through_the_front(path: str) -> None:
    for shape in TO_STAFF:
        for written in (address(path), address(path).replace("/staff", "/STAFF")):
            url = shape.format(written).partition("?")[0]
            assert behaviour_of(url)["TargetOriginId"] == "site", url


def test_every_behaviour_asks_for_tls_and_leads_to_an_origin_that_there_is() -> None:
    origins = {origin["Id"]: origin for origin in CONFIG["Origins"]}
    assert {b["TargetOriginId"] for b in behaviours()} == origins.keys()
    assert {b["ViewerProtocolPolicy"] for b in behaviours()} == {"redirect-to-https"}
    api = origins["api"]["CustomOriginConfig"]
    assert (api["OriginProtocolPolicy"], api["OriginSSLProtocols"]) == ("https-only", ["TLSv1.2"])
    assert origins["site"]["OriginAccessControlId"] == {"Fn::GetAtt": ["SiteAccess", "Id"]}
    assert origins["site"]["S3OriginConfig"] == {"OriginAccessIdentity": ""}


def test_every_link_of_every_page_leads_somewhere(folder: Path) -> None:
    found = addresses(folder)
    asked = {path for method, path in PUBLIC}
    seen = set()
    for page in folder.rglob("*.html"):
        for link in LINKS.findall(page.read_text(encoding="utf-8")):
            seen.add(link)
            assert link in found or link in asked, f"{page.name} names {link}"
    assert seen >= {"/status/", "/problem/", "/api/tickets", "/api/traces", "/api/form"}


def methods(behaviour: Json) -> set[str]:
    return set(behaviour.get("AllowedMethods", SERVED))


# --- the local twin ------------------------------------------------------------------------------


def test_the_local_front_reads_the_same_table(folder: Path) -> None:
    everything = [*addresses(folder), *(address(path) for _, path, _ in routes()), "/nothing/x"]
    for url in [*everything, *(url.upper() for url in everything)]:
        here, there = TWIN.behaviour(url), behaviour_of(url)
        assert (here.pattern, here.origin) == (there["PathPattern"], there["TargetOriginId"]), url
        assert here.compresses == there.get("Compress", False), url
    pages = {e["ErrorCode"] for e in CONFIG["CustomErrorResponses"] if "ResponsePagePath" in e}
    assert set(TWIN.errors) == pages
    assert CONFIG["DefaultRootObject"] == TWIN.root
