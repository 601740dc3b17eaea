import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.ranges import refusal
from netdesk.refused import Refused
from tests.domain_forms import ordered, refused
from ticket_intake.domain.names import Name
from ticket_intake.domain.servers import parse

DOMAIN = Name("bücher.example", "xn--bcher-kva.example")
NOT_INSIDE = f"ns1.xn--{'notbücher'.encode('punycode').decode()}.example"
OTHER = "\nns2.example.net"


def test_no_name_servers_are_ours() -> None:
    found = ordered()
    assert found.details["name_servers"] == []
    assert "Name servers: ours" in found.message


@pytest.mark.parametrize(
    ("line", "host", "addresses"),
    [
        ("NS1.example.net.", "ns1.example.net", []),
        ("ns1.bücher.example 8.8.8.8", "ns1.xn--bcher-kva.example", ["8.8.8.8"]),
        ("ns1.xn--bcher-kva.example 8.8.8.8", "ns1.xn--bcher-kva.example", ["8.8.8.8"]),
        ("Bücher.example 2620:FE::9", "xn--bcher-kva.example", ["2620:fe::9"]),
        ("a.b.bücher.example, 8.8.8.8; 2620:fe::9", "a.b.xn--bcher-kva.example",
         ["8.8.8.8", "2620:fe::9"]),
        ("ns1.bücher.example 8.8.8.8 ::ffff:8.8.8.8", "ns1.xn--bcher-kva.example", ["8.8.8.8"]),
        ("ns1.notbücher.example", NOT_INSIDE, []),
    ],
)  # fmt: skip
def test_servers_are_read_one_to_a_line(line: str, host: str, addresses: list[str]) -> None:
    found = ordered(servers=f"\n  {line}\n\n{OTHER}").details["name_servers"]
    assert found[0] == {"host": host, "addresses": addresses}
    assert found[1] == {"host": "ns2.example.net", "addresses": []}


@pytest.mark.parametrize("count", [2, 13])
def test_two_to_thirteen_are_taken(count: int) -> None:
    typed = "\r\n".join(f"ns{at}.example.net" for at in range(count))
    assert len(ordered(servers=typed).details["name_servers"]) == count


@pytest.mark.parametrize(
    ("servers", "sentence"),
    [
        ("ns1.example.net", "One name server is too few"),
        ("\n".join(f"ns{at}.example.net" for at in range(14)), "These are 14 name servers"),
        (f"ns1.bücher.example{OTHER}", "Line 1: ns1.bücher.example lies inside bücher.example"),
        (f"bücher.example{OTHER}", "Line 1: bücher.example lies inside"),
        (f"ns1.example.net 8.8.8.8{OTHER}", "Line 1: ns1.example.net does not lie inside"),
        (f"xbücher.example 8.8.8.8{OTHER}", "does not lie inside"),
        (f"NS2.example.net.{OTHER}", "Line 2: This server is in the list already"),
        (f"ns_1.example.net{OTHER}", "Line 1: An underscore"),
        (f"-ns.example.net{OTHER}", "Line 1: No part of a name begins"),
        (f"localhost{OTHER}", "Line 1: The ending is missing"),
        (f"8.8.8.8{OTHER}", "Line 1: That is a number"),
        ("ns1.example.net ns2.example.net", "Line 1: After the name come addresses alone"),
        (f"ns1.bücher.example 10.0.0.1{OTHER}", "10.0.0.1 is a private address"),
        (f"ns1.bücher.example 203.0.113.1{OTHER}", "reserved for examples"),
        (f"ns1.bücher.example 127.0.0.1{OTHER}", "by which a machine calls itself"),
        (f"ns1.bücher.example fe80::1{OTHER}", "link-local"),
        (f"ns1.bücher.example fe80::1%eth0{OTHER}", "zone"),
        (f"ns1.bücher.example ::ffff:10.0.0.1{OTHER}", "private address"),
        (f"ns1.bücher.example 2001:db8::1{OTHER}", "reserved for examples"),
        (f"ns1.bücher.example 08.8.8.8{OTHER}", "addresses alone"),
        (f"ns1.bücher.example{' 8.8.8.8' * 9}{OTHER}", "at most 8 addresses"),
        ("x" * 8_001, "too long"),
    ],
    ids=lambda text: ascii(text)[:40],
)
def test_each_wrong_server_has_its_sentence(servers: str, sentence: str) -> None:
    found = refused(servers=servers)
    assert list(found) == ["servers"]
    assert sentence in found["servers"]
    assert "site" not in found["servers"]


@given(st.text(max_size=400) | st.lists(st.text("ns1.example:8 \t")).map("\n".join))
def test_any_text_is_a_list_or_refused(text: str) -> None:
    try:
        found = parse(text, DOMAIN)
    except Refused as refusal_of_list:
        assert len(str(refusal_of_list)) < 1_000
        return
    assert len(found) in (0, *range(2, 14))
    for server in found:
        inside = f".{server.host.ascii}".endswith(f".{DOMAIN.ascii}")
        assert bool(server.addresses) == inside
        assert not any(refusal(address) for address in server.addresses)
