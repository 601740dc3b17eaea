"""Who calls: the client's address, believed only from the hop that we trust."""

import hmac
import ipaddress

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from netdesk import aws
from netdesk.answers import json_answer, resolver

ORIGIN_HEADER = "x-origin-secret"  # CloudFront adds it; nobody else knows it


class NotThroughTheFront(PermissionError):
    """A public route was called past CloudFront."""


def viewer_address(event: APIGatewayProxyEventV2, secret: str, only_front: bool) -> str:
    """The client's address: as CloudFront saw it, else as the API saw it.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
    """
    given = event.headers.get(ORIGIN_HEADER, "")
    if secret and hmac.compare_digest(given.encode(), secret.encode()):
        address, _, _port = event.headers.get("cloudfront-viewer-address", "").rpartition(":")
        return address.strip("[]")
    if only_front:
        raise NotThroughTheFront
    return str(event.request_context.http.source_ip)


def client(event: APIGatewayProxyEventV2, origin_secret: str, only_front: str) -> str:
    """One client, as limits count: an IPv4 address, a /64 of IPv6.

    The two settings are those of a public door.
    """
    return prefix(_believed(event, origin_secret, only_front), 32, 64)


def network(event: APIGatewayProxyEventV2, origin_secret: str, only_front: str) -> str:
    """The site that a client belongs to, who may have all its addresses: a /24, a /48."""
    return prefix(_believed(event, origin_secret, only_front), 24, 48)


def _believed(event: APIGatewayProxyEventV2, origin_secret: str, only_front: str) -> str:
    return viewer_address(event, aws.secret(origin_secret).decode(), only_front == "true")


def prefix(address: str, bits_v4: int, bits_v6: int) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    bits = bits_v4 if ip.version == 4 else bits_v6
    return str(ipaddress.ip_network((ip, bits), strict=False))


def public_door(service: str) -> APIGatewayHttpResolver:
    """A resolver that turns away calls past the front."""
    app = resolver(service)

    def past_the_front(_: NotThroughTheFront) -> Response[str]:
        return json_answer(403, {"errors": {"": "Use the desk's own address."}})

    app.exception_handler(NotThroughTheFront)(past_the_front)
    return app
