from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from hypothesis import given
from hypothesis import strategies as st

from netdesk.viewer import NotThroughTheFront, prefix, viewer_address
from tests.desk import http_event

SECRET = "the front's secret"


def event(**headers: str) -> APIGatewayProxyEventV2:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return APIGatewayProxyEventV2(http_event("GET", "/", headers=given, source="198.51.100.7"))


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("203.0.113.5:46532", "203.0.113.5"),
        ("2001:db8::5:46532", "2001:db8::5"),
        ("[2001:db8::5]:46532", "2001:db8::5"),
    ],
)
def test_with_the_secret_the_fronts_word_is_believed(told: str, address: str) -> None:
    given = event(x_origin_secret=SECRET, cloudfront_viewer_address=told)
    for only_front in (True, False):
        assert viewer_address(given, SECRET, only_front) == address


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "\u00fc"])
def test_without_the_secret_the_front_is_believed_nothing(secret: str) -> None:
    given = event(x_origin_secret=secret, cloudfront_viewer_address="203.0.113.5:1")
    assert viewer_address(given, SECRET, only_front=False) == "198.51.100.7"
    with pytest.raises(NotThroughTheFront):
        viewer_address(given, SECRET, only_front=True)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.5", "203.0.113.5/32"),
        ("203.0.113.6", "203.0.113.6/32"),
        ("2001:db8:1:2::5", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:3::5", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_a_network_counts_as_one_client(address: str, network: str) -> None:
    assert prefix(address, 32, 64) == network


@given(st.ip_addresses() | st.text(max_size=40))
def test_any_address_has_a_network_that_is_its_own(address: Any) -> None:
    network = prefix(str(address), 32, 64)
    assert network == "unknown" or prefix(network.partition("/")[0], 32, 64) == network
