"""Codes of tubes and boxes: ours find a wrong digit, others' are taken as printed, and what is no code says why."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from region.formats.codes.tubes import check_character, own_code, read_code

DAY = dt.date(2022, 8, 1)
OURS = own_code(DAY, "990106001001", 42)


def test_our_code_has_day_area_serial_and_check_character() -> None:
    assert OURS[:24] == "220801990106001001000042"
    assert OURS[24] == check_character(OURS[:24])
    assert own_code(DAY, "990106", 42)[6:18] == "990106000000"


def test_the_check_character_is_that_of_the_standard() -> None:
    """ISO 7064, hybrid system MOD 37,36: carried through the whole number, check character and all, 1 is left."""
    values = ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(one) for one in OURS]
    product = 36
    for value in values[:-1]:
        product = ((product + value) % 36 or 36) * 2 % 37
    assert (product + values[-1]) % 36 == 1


@pytest.mark.parametrize(
    ("area", "serial"), [("990106", 1_000_000), ("990106", -1), ("A1", 1), ("1" * 13, 1)]
)
def test_what_does_not_fit_is_no_code_of_ours(area: str, serial: int) -> None:
    with pytest.raises(ValueError, match="serial or area"):
        own_code(DAY, area, serial)


@given(place=st.integers(0, 23), digit=st.integers(1, 9), serial=st.integers(0, 999_999))
def test_every_single_wrong_digit_is_found(place: int, digit: int, serial: int) -> None:
    code = own_code(DAY, "990106001001", serial)
    wrong = code[:place] + str((int(code[place]) + digit) % 10) + code[place + 1 :]
    assert read_code(wrong).reason == "checksum"


@pytest.mark.parametrize(
    ("text", "code", "own"),
    [
        (OURS, OURS, True),
        (f" {OURS.lower()} ", OURS, True),
        ("ＡＢ－１２", "AB-12", False),
        ("a1b2", "A1B2", False),
        ("12/34.5_6-7", "12/34.5_6-7", False),
    ],
)
def test_a_code_is_brought_to_one_form(text: str, code: str, own: bool) -> None:
    read = read_code(text)
    assert (read.value, read.facts["own"]) == (code, own)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        ("   ", "missing"),
        ("A1", "too_short"),
        ("A" * 41, "too_long"),
        ("AB*12", "strange_character"),
        ("管码0001", "strange_character"),
        ("-1234", "strange_character"),
        (OURS[:24] + ("A" if OURS[24] != "A" else "B"), "checksum"),
    ],
)
def test_what_is_no_code_says_why(text: str, reason: str) -> None:
    assert (read_code(text).value, read_code(text).reason) == (None, reason)


def test_a_strange_character_is_named() -> None:
    assert read_code("AB*12").facts == {"character": "*"}
