"""The off-network rule: what lies in the provider's own prefixes or domains fails."""

from dataclasses import replace
from typing import Any

import pytest

from netdesk.doctor.judging import mailbox_inside, own_domain, own_network, zones
from tests.doctor import ward
from tests.doctor.account import DOMAIN, subscription
from tests.doctor.ward import OURS_V4, OURS_V6, desk, found, names, only_bad, served, states

SNS = ("sns", "ListSubscriptionsByTopic")


def test_what_lies_elsewhere_passes() -> None:
    told = found(desk(), "network")
    assert [one.state for one in told] == ["good"] * 5
    assert told[0].said == f"{DOMAIN} is served by 2 name servers outside your network."
    assert told[1].said == "isp.example is served by one name server outside your network."
    assert all(one.part == "network" for one in told)


@pytest.mark.parametrize(("kind", "address"), [("A", OURS_V4), ("AAAA", OURS_V6)])
def test_a_name_server_in_our_prefix_fails_in_every_zone(kind: str, address: str) -> None:
    given = desk(records=names(ns1__dns__example={kind: [address]}))
    bad = list(ward.of("bad", found(given, "network")))
    assert [one.said.split()[0] for one in bad] == [DOMAIN, "isp.example"]
    assert f"ns1.dns.example ({address} is in your own network " in bad[0].said
    assert "found late, or not at all" in bad[0].said  # another one is elsewhere
    assert "nobody finds the desk" in bad[1].said
    assert "Route 53, serve isp.example, and take this one out" in bad[1].advice


def test_a_name_server_in_our_domain_fails_wherever_it_is() -> None:
    given = desk(records=names(isp__example={"NS": ["ns1.isp.example"]}))
    assert (
        "ns1.isp.example (a name in your own domain isp.example)" in only_bad(given, "network").said
    )


def test_the_desks_own_names_are_judged_by_their_servers() -> None:
    """A name below the desk's own is served by its zone, which is looked at."""
    servers = {"NS": [f"ns.{DOMAIN}"], "MX": [f"mx.{DOMAIN}"], "A": ["198.51.100.1"]}
    given = names(**{DOMAIN: servers, f"ns.{DOMAIN}": {"A": ["203.0.113.1"]}})
    assert states(desk(records=given), "network") == ["good"] * 5
    given[f"ns.{DOMAIN}"] = {"A": [OURS_V4]}
    assert f"ns.{DOMAIN} ({OURS_V4} is in" in only_bad(desk(records=given), "network").said


def test_the_zones_that_an_alias_leads_to_are_looked_at() -> None:
    alias = {"CNAME": ["d1.edge.example"], "NS": ["ns1.dns.example"], "MX": [ward.INBOUND]}
    given = names(**{DOMAIN: alias, "edge.example": {"NS": ["ns.isp.example"]}})
    assert only_bad(desk(records=given), "network").said.startswith("edge.example is served by ")


def test_a_name_that_no_zone_holds_fails() -> None:
    given = desk(records=names(**{DOMAIN: {"A": ["198.51.100.1"]}, "isp.example": {}}))
    assert (
        f"No name server serves {DOMAIN}"
        in only_bad(replace(given, front="http://localhost:8000"), "network").said
    )


def test_the_desk_itself_in_our_network_fails() -> None:
    given = names()
    given[DOMAIN] = given[DOMAIN] | {"A": [OURS_V4]}
    bad = only_bad(desk(records=given), "network")
    assert bad.said.startswith("The desk itself is in your own network")
    assert "d1.cloudfront.net" in bad.advice


@pytest.mark.parametrize("server", ["mx.elsewhere.example", "mail.isp.example"])
def test_a_mail_server_of_ours_fails(server: str) -> None:
    given = names(mx__elsewhere__example={"A": [OURS_V4]})
    given[DOMAIN] = given[DOMAIN] | {"MX": [ward.INBOUND, server]}
    given["elsewhere.example"] = {}  # who is reminded is another matter
    bad = only_bad(desk(records=given), "network")
    assert bad.said.startswith(f"Mail to {DOMAIN} goes to {server} (")
    assert bad.copied == (f"{DOMAIN} MX 10 {ward.INBOUND}",)


@pytest.mark.parametrize("address", ["tech@isp.example", "tech@mail.isp.example", "a@ISP.example"])
def test_staff_and_alarms_in_our_domain_fail(address: str) -> None:
    staff = desk(provider=served(staff_mail=address))
    bad = only_bad(staff, "network")
    assert bad.said.startswith(f"Staff are reminded at {address}, and it is in your own domain")
    assert "staff_mail in site/provider.toml" in bad.advice
    alarmed = desk({SNS: {"Subscriptions": [subscription(address)]}})
    assert only_bad(alarmed, "network").said.startswith(
        f"Alarms go to {address}, and it is in your"
    )


def test_a_mailbox_at_another_domain_that_we_serve_fails() -> None:
    for table in ({"A": [OURS_V6]}, {"MX": ["mail.isp.example"]}):
        given = desk(
            records=names(elsewhere__example=table),
            provider=served(staff_mail="a@elsewhere.example"),
        )
        told = [one.said for one in ward.of("bad", found(given, "network"))]
        assert len(told) == 2 and all("its mail goes to" in one for one in told)


def test_senders_fail_when_none_is_elsewhere() -> None:
    ours, theirs = "staff@isp.example", "staff@elsewhere.example"
    assert states(desk(provider=served(staff_senders=(ours, theirs))), "network") == ["good"] * 5
    bad = only_bad(desk(provider=served(staff_senders=(ours,))), "network")
    assert ours in bad.said and "staff_senders" in bad.advice


def test_other_subscriptions_than_mail_are_no_mailboxes() -> None:
    told = {"Subscriptions": [subscription("+18185550100", protocol="sms")]}
    assert states(desk({SNS: told}), "network") == ["good"] * 4


def test_without_prefixes_addresses_can_not_be_judged_but_names_can() -> None:
    given = desk(provider=served(prefixes=(), staff_mail="tech@isp.example"))
    told = found(given, "network")
    assert told[0].state == "skipped" and "prefixes = [" in told[0].advice
    assert [one.said.split()[0] for one in ward.of("bad", told)] == ["Staff"]


def test_without_dns_mailboxes_are_judged_by_name() -> None:
    assert states(desk(records=None, local=True), "network") == ["skipped", "good", "good"]


def test_a_zone_that_is_not_answered_for_hides_no_other_fault() -> None:
    given = names(**{"isp.example": None})
    told = found(desk(records=given, provider=served(staff_mail="t@isp.example")), "network")
    bad = [one.said for one in ward.of("bad", told)]
    assert bad[0].startswith("It could not be checked: name servers say nothing of isp.example")
    assert bad[1].startswith("Staff are reminded at t@isp.example")


@pytest.mark.parametrize(
    ("name", "domain"),
    [("isp.example", "isp.example"), ("a.b.ISP.example.", "isp.example"), ("myisp.example", "")],
)
def test_a_domain_holds_itself_and_what_is_below(name: str, domain: str) -> None:
    assert own_domain(desk(), name) == domain


@pytest.mark.parametrize(
    ("address", "network"),
    [(OURS_V4, "192.0.2.0/24"), (OURS_V6, "2001:db8:1::/48"), ("192.0.3.1", ""), ("nonsense", "")],
)
def test_a_prefix_holds_its_addresses(address: str, network: str) -> None:
    assert own_network(desk(), address) == network


def test_zones_are_all_but_the_top_level() -> None:
    assert zones("support.isp.example.") == ["support.isp.example", "isp.example"]
    assert zones("example") == []


def test_a_null_mx_is_no_server() -> None:
    given: Any = names(elsewhere__example={"MX": [""]})
    assert mailbox_inside(desk(records=given), "a@elsewhere.example") == ""
