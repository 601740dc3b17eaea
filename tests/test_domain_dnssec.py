import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk.refused import Refused
from tests.domain_forms import ordered, refused
from ticket_intake.domain.dnssec import parse
from ticket_intake.domain.names import Name

DOMAIN = Name("bücher.example", "xn--bcher-kva.example")
D2, D4 = "ab" * 32, "CD" * 48


@pytest.mark.parametrize(("typed", "mode"), [("", "none"), ("none", "none"), ("sign", "sign")])
def test_signing_is_a_choice(typed: str, mode: str) -> None:
    assert ordered(dnssec=typed).details["dnssec"] == {"mode": mode, "ds": []}


@pytest.mark.parametrize("mode", ["own", ""])
def test_records_become_details(mode: str) -> None:
    found = ordered(dnssec=mode, ds=f"12345 13 2 {D2}")
    [record] = found.details["dnssec"]["ds"]
    assert record == {
        "key_tag": 12345, "algorithm": 13, "digest_type": 2, "digest": D2.upper(),
    }  # fmt: skip
    assert f"DS: 12345 13 2 {D2.upper()}" in found.message


@pytest.mark.parametrize("algorithm", [8, 13, 14, 15, 16])
@pytest.mark.parametrize(("kind", "digest"), [(2, D2), (4, D4)])
def test_every_safe_kind_is_taken(algorithm: int, kind: int, digest: str) -> None:
    [found] = parse(f"65535 {algorithm} {kind} {digest}", DOMAIN)
    assert (found.key_tag, found.algorithm, found.digest_type) == (65535, algorithm, kind)


@pytest.mark.parametrize(
    "line",
    [
        f"1 13 2 {D2}",
        f" 1\t13 2 {D2[:32]} {D2[32:]} ",
        f"1 13 2 ( {D2} ) ; key of May",
        f"bücher.example. 3600 IN DS 1 13 2 {D2}",
        f"XN--bcher-kva.example. IN 3600 DS 1 13 2 {D2}",
        f"xn--bcher-kva.example ds 1 13 2 {D2}",
        f"@ IN DS 1 13 2 {D2}",
        f"IN DS 1 13 2 {D2}",
        f"DS 1 13 2 {D2}",
    ],
)
def test_lines_are_read_as_tools_write_them(line: str) -> None:
    assert [str(one) for one in parse(line, DOMAIN)] == [f"1 13 2 {D2.upper()}"]


def test_the_same_record_counts_once() -> None:
    assert len(parse(f"1 13 2 {D2}\n1 13 2 {D2.upper()}\n2 13 2 {D2}", DOMAIN)) == 2


@pytest.mark.parametrize(
    ("ds", "sentence"),
    [
        (f"65536 13 2 {D2}", "Line 1: The first number, the key tag"),
        (f"1 13 2 {D2}\n1 5 2 {D2}", "Line 2: SHA-1 is no longer safe"),
        (f"1 7 2 {D2}", "SHA-1 is no longer safe"),
        ("1 13 1 " + "ab" * 20, "SHA-1 is no longer safe"),
        (f"1 1 2 {D2}", "the algorithm, is 8, 13, 14, 15 or 16"),
        (f"1 12 2 {D2}", "the algorithm, is 8, 13, 14, 15 or 16"),
        (f"1 17 2 {D2}", "the algorithm, is 8, 13, 14, 15 or 16"),
        (f"1 13 3 {D2}", "the digest type, is 2 or 4"),
        (f"1 13 2 {D2}ab", "64 digits and letters from A to F; this one has 66"),
        (f"1 13 2 {D4}", "this one has 96"),
        (f"1 13 4 {D2}", "96 digits and letters from A to F; this one has 64"),
        (f"1 13 2 {D2[:-1]}g", "64 digits and letters"),
        ("1 13 2", "64 digits and letters from A to F; this one has 0"),
        (f"-1 13 2 {D2}", "Write the four parts"),
        (f"\u0661 13 2 {D2}", "Write the four parts"),
        ("hello", "Write the four parts"),
        (f"a b DS 1 13 2 {D2}", "Write the four parts"),
        (f"example.com. IN DS 1 13 2 {D2}", "enter those of bücher.example"),
        (f"1 13 2 {D2} {' ' * 1000}x", "too long for a DS record"),
        ("\n".join([f"1 13 2 {D2}"] * 9), "These are 9 DS records"),
    ],
    ids=lambda text: ascii(text)[:40],
)
def test_each_wrong_record_has_its_sentence(ds: str, sentence: str) -> None:
    found = refused(dnssec="own", ds=ds)
    assert list(found) == ["ds"]
    assert sentence in found["ds"]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"dnssec": "own"}, "ds", "Enter the DS records"),
        ({"dnssec": "sign", "ds": f"1 13 2 {D2}"}, "dnssec", "choose that you sign"),
        ({"dnssec": "none", "ds": f"1 13 2 {D2}"}, "dnssec", "choose that you sign"),
        ({"dnssec": "perhaps"}, "dnssec", "Choose one of the answers"),
    ],
)
def test_choice_and_records_must_agree(changes: dict[str, str], field: str, sentence: str) -> None:
    found = refused(**changes)
    assert list(found) == [field]
    assert sentence in found[field]


@given(st.text(max_size=300) | st.text("0123456789abDS .@;()\n", max_size=200))
def test_any_text_is_a_list_or_refused(text: str) -> None:
    try:
        found = parse(text, DOMAIN)
    except Refused as refusal:
        assert len(str(refusal)) < 1_000
        return
    assert all(parse(str(one), DOMAIN) == (one,) for one in found)
