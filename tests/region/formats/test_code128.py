"""Code 128: the published check examples, the table's own rules, and bars that read back as what was written."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from region.formats.codes.code128 import PATTERNS, check_symbol, svg, symbols, widths
from region.formats.codes.tubes import own_code

MODULES_OF_ONE = 11


def read(bars: list[int]) -> str:
    """Read bars back by what they show alone: symbols of eleven modules, sets B and C, the check, the stop."""
    table = {tuple(widths_of(value)): value for value in range(107)}
    values = [table[tuple(bars[n : n + 6])] for n in range(0, len(bars) - 7, 6)]
    assert table[tuple(bars[-7:])] == 106
    *data, check = values
    assert check == check_symbol(data)
    text, in_c = "", data[0] == 105
    for value in data[1:]:
        if value == (100 if in_c else 99):
            in_c = not in_c
        else:
            text += f"{value:02}" if in_c else chr(value + 32)
    return text


def widths_of(value: int) -> list[int]:
    return [int(width) for width in PATTERNS[value]]


def test_the_check_symbols_are_those_of_published_examples() -> None:
    # "PJJ123C" in set A: 54; "HI345678" in sets B and C: 68.
    assert check_symbol([103, 48, 42, 42, 17, 18, 19, 35]) == 54
    assert symbols("HI345678") == [104, 40, 41, 99, 34, 56, 78, 68, 106]


def test_every_pattern_is_its_own_and_has_eleven_modules_with_an_even_number_black() -> None:
    patterns = [widths_of(value) for value in range(106)]
    assert len({tuple(one) for one in patterns}) == 106
    assert {sum(one) for one in patterns} == {MODULES_OF_ONE} and sum(widths_of(106)) == 13
    assert {sum(one[0::2]) % 2 for one in patterns} == {0}


def test_a_code_of_ours_is_pairs_of_digits_and_one_letter() -> None:
    code = own_code(dt.date(2022, 8, 1), "990106001001", 17)
    values = symbols(code)
    assert values[0] == 105 and values[13] == (100 if code[24].isalpha() else values[13])
    assert sum(widths(code)) <= 189  # 57 mm of a label give each module more than 0.25 mm
    assert read(widths(code)) == code


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_what_is_written_reads_back(text: str) -> None:
    assert read(widths(text)) == text


@pytest.mark.parametrize("text", ["", "采样", "a\tb"])
def test_what_it_cannot_write_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="printable"):
        symbols(text)


def test_the_picture_has_quiet_zones_and_says_its_text() -> None:
    drawn = svg('A"<1')
    assert 'aria-label="A&quot;&lt;1"' in drawn
    bars = Counter(re.findall(r"M(\d+) 0h(\d+)", drawn))
    wide = int(re.search(r'viewBox="0 0 (\d+)', drawn).group(1))  # type: ignore[union-attr]
    starts = [int(at) for at, _ in bars]
    assert min(starts) == 10 and max(int(at) + int(width) for at, width in bars) == wide - 10
