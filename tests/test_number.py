from random import Random, SystemRandom

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesk import number

NUMBERS = st.integers(0, 2**32).map(lambda seed: number.draw(Random(seed)))


def many(count: int) -> list[str]:
    dice = Random(20)
    return [number.draw(dice) for _ in range(count)]


def test_a_number_has_the_form_that_people_know() -> None:
    drawn = number.draw(SystemRandom())
    assert len(drawn) == 9 and drawn[4] == "-"
    assert set(drawn) <= {*number.SYMBOLS, "-"}


def test_a_draw_is_repeated_until_the_check_symbol_can_be_spoken() -> None:
    class Dice(Random):
        def getrandbits(self, k: int, /) -> int:
            return values.pop(0)

    values = [32, 36, 37 + 33, 37 + 31]
    assert number.draw(Dice()) == "0000-024Z"
    assert values == []


def test_every_symbol_occurs_everywhere_but_none_is_preferred() -> None:
    columns = zip(*(drawn.replace("-", "") for drawn in many(6000)), strict=True)
    for column in columns:
        counts = [column.count(symbol) for symbol in number.SYMBOLS]
        assert min(counts) > 110 and max(counts) < 280  # 187 on average


def test_every_wrong_symbol_is_caught() -> None:
    for drawn in many(60):
        for place in [0, 1, 2, 3, 5, 6, 7, 8]:
            for symbol in set(number.SYMBOLS) - {drawn[place]}:
                assert number.read(drawn[:place] + symbol + drawn[place + 1 :]) is None


def test_every_swap_of_neighbours_is_caught() -> None:
    for drawn in many(800):
        symbols = drawn.replace("-", "")
        for place in range(7):
            left, right = symbols[place], symbols[place + 1]
            if left != right:
                swapped = symbols[:place] + right + left + symbols[place + 2 :]
                assert number.read(swapped) is None


@pytest.mark.parametrize(
    "typed",
    [
        "K7Q2-9WXA",
        "k7q2-9wxa",
        "k7q29wxa",
        "K7Q2 9WXA",
        "k 7 q 2, 9 w x a".replace(",", ""),
        "  K-7-Q-2-9-W-X-A\n",
        "#K7Q2-9WXA",
        "# K7Q2-9WXA",
        "T-K7Q2-9WXA",
        "t-k7q29wxa",
        "#T-K7Q2-9WXA",
        "K7Q2\u20139WXA",
        "K7Q2\u20119WXA",
        "K7Q2\u00a09WXA",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert number.read(typed) == "K7Q2-9WXA"


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    looks = {"0": "Oo", "1": "IiLl"}
    drawn = next(n for n in many(5000) if "0" in n and "1" in n)
    for digit, letters in looks.items():
        for letter in letters:
            assert number.read(drawn.replace(digit, letter)) == drawn


def test_a_number_that_begins_with_t_keeps_its_t() -> None:
    drawn = next(n for n in many(5000) if n.startswith("T"))
    assert number.read(f"T-{drawn[1:]}") == drawn
    assert number.read(f"T-{drawn}") == drawn
    assert number.read(f"T{drawn}") is None


@pytest.mark.parametrize(
    "text", ["", "#", "T-", "K7Q2", "K7Q2-9WX", "K7Q2-9WXAA", "U7Q2-9WXA", "K7Q2-9WX*", "¹7Q2-9WXA"]
)
def test_what_is_no_number_reads_as_none(text: str) -> None:
    assert number.read(text) is None


@pytest.mark.parametrize(
    ("subject", "found"),
    [
        ("Re: [#K7Q2-9WXA] No dial tone", ("K7Q2-9WXA",)),
        ("(K7Q2-9WXA)", ("K7Q2-9WXA",)),
        ("my ticket k7q2-9wxa, again", ("K7Q2-9WXA",)),
        ("#k7q29wxa", ("K7Q2-9WXA",)),
        ("T-K7Q2-9WXA", ("K7Q2-9WXA",)),
        ("K7Q2-9WXA and #K7Q2-9WXA", ("K7Q2-9WXA",)),
        ("[#K7Q2-9WXA] [#GH6B-CFNX]", ("K7Q2-9WXA", "GH6B-CFNX")),
        ("[#K7Q2-9WXB] wrong check symbol", ()),
        ("k7q29wxa without a dash is a word", ()),
        ("order 12-K7Q2-9WXA-3", ()),
        ("", ()),
    ],
)
def test_numbers_are_found_in_subjects(subject: str, found: tuple[str, ...]) -> None:
    assert number.find(subject) == found


def test_a_number_is_spelled_symbol_by_symbol() -> None:
    assert number.spell("K7Q2-9WXA") == "K 7 Q 2, 9 W X A"


@given(NUMBERS)
def test_what_is_drawn_is_read_and_found_again(drawn: str) -> None:
    assert number.read(drawn) == drawn
    assert number.read(number.spell(drawn).replace(",", "")) == drawn
    assert number.find(f"Fwd: Re: [#{drawn}] help") == (drawn,)


@given(st.text())
def test_reading_never_raises_and_gives_only_canonical_numbers(text: str) -> None:
    result = number.read(text)
    assert result is None or number.read(result) == result
    assert all(number.read(found) == found for found in number.find(text))


@given(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=8, max_size=8))
def test_one_number_in_37_passes_at_most_by_its_check_symbol(symbols: str) -> None:
    value = 0
    for symbol in symbols[:7]:
        value = value * 32 + number.SYMBOLS.index(symbol)
    good = number.SYMBOLS.index(symbols[7]) == value % 37
    assert (number.read(symbols) is not None) is good
