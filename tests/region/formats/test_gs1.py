"""What scanners give: known numbers pass, one wrong digit is refused with its place, nothing is guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from region.formats.codes import Scan, gs1_scan, gs1_text, gtin_check

GS = "\x1d"
YEAR = 2022
MASK = "06901234500011"  # the last digit by hand: 3 * (0+9+1+3+5+0+1) + (6+0+2+4+0+0) = 69, and 1 to the next ten


@pytest.mark.parametrize(
    "number", ["4006381333931", "036000291452", "73513537", "10614141000415", "106141412345678908", MASK]
)
def test_the_check_digits_of_known_numbers(number: str) -> None:
    assert gtin_check(number[:-1]) == number[-1]


@pytest.mark.parametrize(
    ("text", "scan"),
    [
        (f"01{MASK}17240531{'10'}L7", Scan(MASK, lot="L7", expires=date(2024, 5, 31))),
        (f"01{MASK}10L7{GS}17240531", Scan(MASK, lot="L7", expires=date(2024, 5, 31))),
        (f"01{MASK}10L7{GS}21S-1{GS}3050", Scan(MASK, lot="L7", serial="S-1", count=50)),
        (f"]d201{MASK}11220101", Scan(MASK, made=date(2022, 1, 1))),
        (f"]C1{GS}01{MASK}", Scan(MASK)),
        (f"]C110L7{GS}17240531", Scan(lot="L7", expires=date(2024, 5, 31))),
        (
            f"(01){MASK}(17)240531(10)L7(21)S(1)",
            Scan(MASK, lot="L7", expires=date(2024, 5, 31), serial="S(1)"),
        ),
        (f"( 01 ){MASK}".replace(" ", ""), Scan(MASK)),
        (f"02{MASK}37144{GS}10L7", Scan(MASK, lot="L7", count=144, inside=True)),
        (f"01{MASK}3103001250{'10'}L7", Scan(MASK, lot="L7", others=(("3103", "001250"),))),
        ("00106141412345678908", Scan(others=(("00", "106141412345678908"),))),
        (f"01{MASK}70032405311200", Scan(MASK, expires=date(2024, 5, 31), others=(("7003", "2405311200"),))),
        ("4006381333931", Scan("04006381333931")),
        ("]E04006381333931\r\n", Scan("04006381333931")),
        ("036000291452", Scan("00036000291452")),
        ("73513537", Scan("00000073513537")),
        ("]E473513537", Scan("00000073513537")),
        ("10614141000415", Scan("10614141000415")),
        ("４００６３８１３３３９３１", Scan("04006381333931")),
    ],
)
def test_what_is_certain_is_read(text: str, scan: Scan) -> None:
    reading = gs1_scan(text, YEAR)
    assert (reading.reason, reading.value) == (None, scan)
    assert reading.original == text


@pytest.mark.parametrize("mark", [GS, "\u241d", "{GS}", "<GS>", "^", "|", "~"])
def test_what_phones_and_keyboards_make_of_the_separator(mark: str) -> None:
    scan = gs1_scan(f"01{MASK}10L7{mark}17240531", YEAR).value
    assert scan == Scan(MASK, lot="L7", expires=date(2024, 5, 31))


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("240200", date(2024, 2, 29)),
        ("230200", date(2023, 2, 28)),
        ("251200", date(2025, 12, 31)),
        ("720101", date(2072, 1, 1)),
        ("730101", date(1973, 1, 1)),
    ],
)
def test_day_00_is_the_last_of_the_month_and_the_century_is_the_nearest(digits: str, day: date) -> None:
    assert gs1_scan(f"(17){digits}", YEAR).value == Scan(expires=day)


def test_the_century_turns_with_the_present() -> None:
    assert gs1_scan("(17)010101", 2098).value == Scan(expires=date(2101, 1, 1))


WRONG = MASK[:-1] + "2"


@pytest.mark.parametrize(
    ("text", "reason", "facts"),
    [
        ("", "missing", {}),
        ("4006381333932", "check_digit", {"at": 13, "expected": "1", "value": "4006381333932"}),
        (f"01{WRONG}10L7", "check_digit", {"ai": "01", "at": 16, "expected": "1"}),
        (f"]d201{WRONG}", "check_digit", {"ai": "01", "at": 19, "expected": "1"}),
        ("(00)106141412345678907", "check_digit", {"ai": "00", "at": 22, "expected": "8"}),
        (f"01{MASK}171300", "wrong_length", {"ai": "17", "at": 19, "wanted": 6, "found": 4}),
        (f"01{MASK}10", "wrong_length", {"ai": "10", "at": 19, "found": 0}),
        (f"01{MASK}10{'L' * 21}", "wrong_length", {"ai": "10", "wanted": 20, "found": 21}),
        (f"01{MASK}17241301", "impossible_date", {"ai": "17", "at": 19, "value": "241301"}),
        (f"01{MASK}17230229", "impossible_date", {"ai": "17", "value": "230229"}),
        (f"01{MASK}11220001", "impossible_date", {"ai": "11", "value": "220001"}),
        (f"01{MASK}1724O531", "not_digits", {"ai": "17", "value": "24O531"}),
        (f"01{MASK}30fifty", "not_digits", {"ai": "30", "value": "fifty"}),
        (f"01{MASK}10批号七", "bad_character", {"ai": "10", "value": "批号七"}),
        (f"01{MASK}88123", "unknown_ai", {"at": 17, "value": "8812"}),
        (f"(01){MASK}(10)A(10)B", "twice", {"ai": "10", "value": "B"}),
        ("(88)1", "unknown_ai", {"at": 1}),
        ("https://id.example.org/01/06901234500011", "web_address", {}),
        ("口罩", "not_a_code", {}),
        ("12345", "not_a_code", {}),
        ("10234", "not_a_code", {}),
        ("10L7", "not_a_code", {}),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(text: str, reason: str, facts: dict[str, object]) -> None:
    reading = gs1_scan(text, YEAR)
    assert (reading.reason, reading.value) == (reason, None)
    assert {name: reading.facts.get(name) for name in facts} == facts


def test_a_lost_separator_is_suspected_not_mended() -> None:
    swallowed = gs1_scan(f"01{MASK}10L717240531", YEAR)
    assert swallowed.value == Scan(MASK, lot="L717240531")
    assert swallowed.facts == {"lost_separator": "10"}
    assert gs1_scan(f"01{MASK}10L717249931", YEAR).facts == {}


def test_numbers_of_one_shop_are_told() -> None:
    digits = "200000000001"
    assert gs1_scan(digits + gtin_check(digits), YEAR).facts == {"in_store": True}
    assert gs1_scan("4006381333931", YEAR).facts == {}


LETTERS = st.text("ABCXYZabcxyz0189!\"%&'*+,-./:;<=>?_", min_size=1, max_size=20)
SCANS = st.builds(
    Scan,
    gtin=st.none() | st.from_regex(r"[0-9]{13}", fullmatch=True).map(lambda one: one + gtin_check(one)),
    lot=st.none() | LETTERS,
    made=st.none() | st.dates(date(1980, 1, 1), date(2070, 12, 31)),
    expires=st.none() | st.dates(date(1980, 1, 1), date(2070, 12, 31)),
    serial=st.none() | LETTERS,
    count=st.none() | st.integers(0, 99_999_999),
    others=st.just(()) | LETTERS.map(lambda text: (("240", text),)),
).filter(lambda scan: scan != Scan())


@given(SCANS, st.booleans())
def test_what_is_written_is_read_back_the_same(scan: Scan, brackets: bool) -> None:
    text = gs1_text(scan, brackets)
    reading = gs1_scan(text if brackets else f"]C1{text}", YEAR)
    assert (reading.reason, reading.value) == (None, scan)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_never_passes(first: str, place: int, off: int) -> None:
    number = first + gtin_check(first)
    wrong = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
    assert gs1_scan(wrong, YEAR).reason == "check_digit"


@given(st.text(max_size=40) | st.text(f"0123456789()]Cd{GS}", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    reading = gs1_scan(text, YEAR)
    assert (reading.value is None) == (reading.reason is not None)
