"""What may be traced: hostile targets, good ones, and the reference list of refused ranges."""

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.refused import Refused
from netdesk.target import Address, Host, Rules, check, networks, parse, refusal

HOSTILE = [
    # Nothing at all, and what is no name.
    ("", "Enter the name"),
    ("   ", "Enter the name"),
    ("http://", "no name"),
    ("file:///etc/passwd", "no name"),
    ("http://:80/", "no name"),
    ("/etc/passwd", "no name"),
    ("?", "no name"),
    ("javascript:alert(1)", "port number"),
    ("http:example.com", "port number"),
    ("www.example.com:99999999", "port number"),
    ("www.example.com:80:80", "colons"),
    ("www.example.com:http", "port number"),
    ("localhost", "inside its own network"),
    ("db.internal", "inside its own network"),
    ("printer.local.", "inside its own network"),
    ("router.home.arpa", "inside its own network"),
    ("foo.LOCALHOST", "inside its own network"),
    ("intranet", "dot in it"),
    # Options, shells, markup, line ends.
    ("-h", "hyphen"),
    ("--help", "hyphen"),
    ("-oProxyCommand=id", "hyphen"),
    ("\uff0dh", "hyphen"),
    ("-w60@www.example.com", "hyphen"),
    ("http://-w60/", "hyphen"),
    ("www.example.com -w 60", "a space"),
    ("www.example.com;id", "letters, digits"),
    ("$(id).example.com", "letters, digits"),
    ("`id`.example.com", "letters, digits"),
    ("www.example.com|id", "letters, digits"),
    ("{target}.example.com", "letters, digits"),
    ("%31.example.com", "letters, digits"),
    ("<script>.example.com", "letters, digits"),
    ("www.example.com\\@127.0.0.1", "backslash"),
    ("www.example.com\nid", "invisible"),
    ("www.example.com\n", "invisible"),
    ("\twww.example.com", "invisible"),
    ("www.example.com\r\nHost: x", "invisible"),
    ("127.0.0.1\0.example", "invisible"),
    ("www\u200b.example.com", "invisible"),
    ("\u202ewww.example.com", "invisible"),
    ("www\u00a0x.example.com", "a space"),
    ("www.exa\ud800mple.com", "invisible"),
    # Labels that no name has.
    ("a..example.com", "letters, digits"),
    (".example.com", "letters, digits"),
    ("www.example.com..", "letters, digits"),
    ("-a.example.com", "hyphen"),
    ("a-.example.com", "letters, digits"),
    ("a_b.example.com", "letters, digits"),
    ("*.example.com", "letters, digits"),
    ("a" * 64 + ".example.com", "letters, digits"),
    ("a." * 127 + "com", "253"),
    ("www.example.com/" + "x" * 4000, "too long"),
    ("\u2603.\u2602\u0338.example.com", "no name may have"),
    ("\u0660.example.com\u0660\u06f0", "no name may have"),  # two kinds of Arabic digits
    # Numbers that the C library takes for addresses.
    ("127.1", "ends in a number"),
    ("2130706433", "ends in a number"),
    ("0x7f000001", "ends in a number"),
    ("0x7f.1", "ends in a number"),
    ("127.0.0.0x1", "ends in a number"),
    ("0177.0.0.1", "ends in a number"),
    ("127.0.0.01", "ends in a number"),
    ("0", "ends in a number"),
    ("1.2.3", "ends in a number"),
    ("1.2.3.4.5", "ends in a number"),
    ("256.1.1.1", "greater than 255"),
    ("1.1.1.999", "greater than 255"),
    # Loopback in disguise.
    ("127.0.0.1", "calls itself"),
    ("127.255.255.254", "calls itself"),
    ("http://user:pw@127.0.0.1:8080/x?y#z", "calls itself"),
    ("http://www.example.com@127.0.0.1/", "calls itself"),
    ("127\u30020\u30020\u30021", "calls itself"),
    ("127\uff0e0\uff0e0\uff0e1", "calls itself"),
    ("127\uff610\uff610\uff611", "calls itself"),
    ("\u2460\u2461\u2466.\u24ea.\u24ea.\u2460", "calls itself"),
    ("\uff11\uff12\uff17.0.0.1", "calls itself"),
    ("127.0.0.1.", "calls itself"),
    ("[::1]", "calls itself"),
    ("http://[::1]:80/", "calls itself"),
    ("::ffff:127.0.0.1", "calls itself"),
    ("::ffff:7f00:1", "calls itself"),
    ("64:ff9b::7f00:1", "calls itself"),
    ("64:ff9b::127.0.0.1", "calls itself"),
    ("2002:7f00:1::1", "calls itself"),
    ("0:0:0:0:0:0:0:1", "calls itself"),
    ("::127.0.0.1", "is reserved"),
    ("::", "is reserved"),
    ("http://0.0.0.0/", "is reserved"),
    # Other ranges that lead nowhere, or where no one may go.
    ("10.1.2.3", "private"),
    ("172.16.0.1", "private"),
    ("172.31.255.255", "private"),
    ("192.168.0.1", "private"),
    ("100.64.0.1", "provider's network"),
    ("100.100.100.200", "provider's network"),
    ("169.254.169.254", "link-local"),
    ("64:ff9b::a9fe:a9fe", "link-local"),
    ("::ffff:169.254.169.254", "link-local"),
    ("2002:a9fe:a9fe::1", "link-local"),
    ("2002:a00:1::1", "private"),
    ("2002:808:808::1", "tunnel"),
    ("192.0.0.8", "is reserved"),
    ("192.0.2.1", "manuals"),
    ("192.31.196.1", "technical service"),
    ("192.52.193.1", "technical service"),
    ("192.88.99.1", "tunnel"),
    ("192.175.48.6", "technical service"),
    ("198.18.0.1", "laboratories"),
    ("198.51.100.7", "manuals"),
    ("203.0.113.9", "manuals"),
    ("224.0.0.1", "multicast"),
    ("239.255.255.250", "multicast"),
    ("240.0.0.1", "is reserved"),
    ("255.255.255.255", "is reserved"),
    ("fe80::1", "link-local"),
    ("fe80::1%eth0", "zone"),
    ("fe80::1%25eth0", "zone"),
    ("[2606:4700::1%eth0]", "zone"),
    ("fec0::1", "is reserved"),
    ("fc00::1", "private"),
    ("fd00:ec2::254", "private"),
    ("ff02::1", "multicast"),
    ("64:ff9b:1::1", "is reserved"),
    ("100::1", "is reserved"),
    ("100:0:0:1::1", "is reserved"),
    ("2001::1", "is reserved"),
    ("2001:10::1", "is reserved"),
    ("2001:20::1", "is reserved"),
    ("2001:db8::1", "manuals"),
    ("2620:4f:8000::1", "technical service"),
    ("3fff::1", "manuals"),
    ("4000::1", "is reserved"),
    ("5f00::1", "is reserved"),
    ("[127.0.0.1]", "letters, digits"),
    ("[::1", "colons"),
    ("[::1]x", "port number"),
    ("[v1.fe80::a]", "colons"),
    ("1:2:3", "colons"),
    ("12345::", "colons"),
]

GOOD = [
    ("www.example.com", "www.example.com"),
    ("  WWW.Example.COM.  ", "www.example.com"),
    ("https://user:pw@www.example.com:8443/a/b?c=d#e", "www.example.com"),
    ("http://127.0.0.1@www.example.com/", "www.example.com"),
    ("//www.example.com/x", "www.example.com"),
    ("ftp://ftp.example.org", "ftp.example.org"),
    ("www.example.com:", "www.example.com"),
    ("www.example.com/10.0.0.1", "www.example.com"),
    ("1.2.3.4.example.com", "1.2.3.4.example.com"),
    ("0x7f.example.com", "0x7f.example.com"),
    ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ("b\u00fccher.example", "xn--bcher-kva.example"),
    ("bu\u0308cher.example", "xn--bcher-kva.example"),
    ("B\u00dcCHER.example", "xn--bcher-kva.example"),
    ("stra\u00dfe.example", "xn--strae-oqa.example"),
    ("\u4f8b\u3048\u3002jp", "xn--r8jz45g.jp"),
    ("\uff57\uff57\uff57.example.com", "www.example.com"),
    ("8.8.8.8", "8.8.8.8"),
    ("http://8.8.8.8:53/", "8.8.8.8"),
    ("100.63.255.255", "100.63.255.255"),
    ("172.32.0.1", "172.32.0.1"),
    ("223.255.255.255", "223.255.255.255"),
    ("::ffff:8.8.8.8", "8.8.8.8"),
    ("64:ff9b::808:808", "64:ff9b::808:808"),
    ("2606:4700:4700::1111", "2606:4700:4700::1111"),
    ("[2606:4700:4700:0::1111]:443", "2606:4700:4700::1111"),
    ("2001:200::1", "2001:200::1"),
    ("3ffe::1", "3ffe::1"),
]

# The rules once more, written down apart from the code.
RANGES = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24
198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
2001::/23 2001:db8::/32 2002::/16 3fff::/20 2620:4f:8000::/48
"""
REFUSED = [ip_network(network) for network in RANGES.split()]


def refused(ip: IPv4Address | IPv6Address) -> bool:
    if ip.version == 6 and ip in ip_network("64:ff9b::/96"):
        return refused(IPv4Address(int(ip) % 2**32))
    if ip.version == 6 and ip.ipv4_mapped:
        return refused(ip.ipv4_mapped)
    outside = ip.version == 6 and ip not in ip_network("2000::/3")
    return outside or any(ip in network for network in REFUSED)


@pytest.mark.parametrize(("text", "says"), HOSTILE, ids=[ascii(text)[:40] for text, _ in HOSTILE])
def test_a_hostile_target_is_refused_with_a_sentence(text, says):
    with pytest.raises(Refused) as refusal:
        check(text)
    sentence = str(refusal.value)
    assert says in sentence
    assert sentence.endswith(".")
    assert "Enter the " in sentence  # it also says what to do
    assert sentence.isprintable() and sentence.isascii()


@pytest.mark.parametrize(("text", "found"), GOOD, ids=[ascii(text)[:40] for text, _ in GOOD])
def test_a_good_target_is_read(text, found):
    assert str(check(text)) == found


def test_a_name_is_a_host_and_a_literal_an_address():
    assert parse("www.example.com") == Host("www.example.com")
    assert parse("10.0.0.1") == Address(IPv4Address("10.0.0.1"))


def test_the_sentence_of_a_private_address():
    assert refusal("10.1.2.3") == (
        "10.1.2.3 is a private address: it can only be reached from inside its own network. "
        "Enter the public name or address of the site."
    )


@pytest.mark.parametrize("text", ["", "www.example.com", "127.1", "8.8.8.8 ", "fe80::1%eth0"])
def test_what_a_queue_holds_is_judged_like_anything_else(text):
    assert refusal(text)


def test_the_operator_can_except_ranges():
    rules = Rules(allow=networks("198.18.0.0/15, 2001:db8::/32"))
    assert check("198.18.5.2", rules) == Address(IPv4Address("198.18.5.2"))
    assert refusal("2001:db8::1", rules) is None
    assert refusal("::ffff:198.18.5.2", rules) is None
    assert refusal("64:ff9b::198.18.5.2", rules) is None
    assert refusal("2002:c612:502::1", rules)  # 6to4 is refused, whatever it carries
    assert refusal("10.0.0.1", rules)
    assert refusal("2001:db8::1%eth0", rules)


@pytest.mark.parametrize("text", ["8.8.8.8", "::ffff:8.8.8.8", "64:ff9b::808:808", "2606:4700::1"])
def test_the_operator_can_refuse_his_own_machines(text):
    rules = Rules(allow=networks("8.8.8.0/24"), refuse=networks("8.8.8.8/32, 2606:4700::/32"))
    assert "belongs to the machines that this desk runs on" in refusal(text, rules)
    assert refusal("8.8.8.9", rules) is None


@pytest.mark.parametrize("text", ["198.18.0.0/99", "198.18.0.1/15", "lab", "198.18.0.0/15;::/0"])
def test_a_malformed_exception_is_refused(text):
    with pytest.raises(Refused, match="list of networks"):
        networks(text)


def test_no_exception_is_no_network():
    assert networks("") == networks(" , ") == ()


ADDRESSES = st.one_of(
    st.ip_addresses(),
    *(st.ip_addresses(network=network) for network in REFUSED),
    *(
        st.ip_addresses(network=network)
        for network in ("64:ff9b::/96", "::ffff:0:0/96", "::/96", "2000::/3", "fc00::/6")
    ),
    st.sampled_from(
        [
            type(network[0])(edge)
            for network in REFUSED
            for edge in (
                int(network[0]) - 1,
                int(network[0]),
                int(network[-1]),
                int(network[-1]) + 1,
            )
            if 0 <= edge < 2**network.max_prefixlen
        ]
    ),
)


@given(ADDRESSES)
def test_the_judgement_is_the_reference_list(ip):
    assert bool(refusal(ip)) == refused(ip)
    assert bool(refusal(str(ip))) == refused(ip)


@given(ADDRESSES, st.sampled_from(["{}", "http://[{}]:80/", "[{}]", "x@{}", " {} ", "//{}/"]))
def test_no_spelling_lets_a_refused_address_pass(ip, spelling):
    try:
        found = check(spelling.format(ip))
    except Refused:
        return
    assert isinstance(found, Address)
    assert not refused(found.ip)


CHARACTERS = "0179.:/@%[]-xX#?\\ \u3002\uff0e\u2460\uff11\u00fc\u00ad\u200d\0"
WORDS = "127 0x7f 0177 http:// com .com example ::ffff: 64:ff9b:: 2002: 169.254. xn--"
PIECES = st.sampled_from([*CHARACTERS, *WORDS.split()])


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
def test_any_text_is_read_or_refused(text):
    try:
        found = check(text)
    except Refused as refusal:
        assert str(refusal).endswith(".")
        return
    if isinstance(found, Address):
        assert not refused(found.ip)
        return
    assert re.fullmatch(
        r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+", found.name
    )
    with pytest.raises(OSError):  # the C library must not read a number into it
        socket.inet_aton(found.name)
    with pytest.raises(ValueError):
        ip_address(found.name)
    assert parse(found.name) == found
