"""CloudFront's distribution as the template describes it: the local front obeys the same lines."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from infra.template import parse

Json = dict[str, Any]


@dataclass(frozen=True)
class Behaviour:
    """What is done with the paths that fit a pattern."""

    pattern: str  # `*` any characters, `?` one: as fnmatch reads it
    origin: str  # site or api
    compresses: bool
    headers: dict[str, str]


@dataclass(frozen=True)
class Distribution:
    behaviours: tuple[Behaviour, ...]  # the first that fits decides, and the last one always fits
    root: str  # the object of `/`
    errors: dict[int, tuple[int, str]]  # by the origin's code: the viewer's, and the page's key

    def behaviour(self, path: str) -> Behaviour:
        return next(b for b in self.behaviours if fnmatchcase(path, b.pattern))


def read(template: str) -> Distribution:
    resources: Json = parse(template)["Resources"]
    config: Json = resources["Distribution"]["Properties"]["DistributionConfig"]
    default = {"PathPattern": "*"} | config["DefaultCacheBehavior"]
    return Distribution(
        behaviours=tuple(_behaviour(b, resources) for b in [*config["CacheBehaviors"], default]),
        root=config["DefaultRootObject"],
        errors={
            e["ErrorCode"]: (e["ResponseCode"], e["ResponsePagePath"].lstrip("/"))
            for e in config["CustomErrorResponses"]
            if "ResponsePagePath" in e
        },
    )


def _behaviour(written: Json, resources: Json) -> Behaviour:
    policy = resources[written["ResponseHeadersPolicyId"]["Ref"]]["Properties"]
    return Behaviour(
        pattern=written["PathPattern"],
        origin=written["TargetOriginId"],
        compresses=written.get("Compress", False),
        headers=_headers(policy["ResponseHeadersPolicyConfig"]),
    )


def _headers(policy: Json) -> dict[str, str]:
    """What CloudFront adds. The header of CORS it adds where a request has an Origin; here every
    answer shows it: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
    """
    security = policy["SecurityHeadersConfig"]
    transport = security["StrictTransportSecurity"]
    headers = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": f"max-age={transport['AccessControlMaxAgeSec']}"
        "; includeSubDomains",
        "Content-Security-Policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
    }
    if "CorsConfig" in policy:
        [origin] = policy["CorsConfig"]["AccessControlAllowOrigins"]["Items"]
        headers["Access-Control-Allow-Origin"] = origin
    return headers
