"""Counts and ages: zero, missing, suppressed and approximate stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from region.formats.numbers import read_age, read_count


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("1,234", 1234, None), ("１，２３４", 1234, None), ("1234.0", 1234, None), ("1234人", 1234, None),
        ("0", 0, None), ("", None, "missing"), ("－", None, "missing"), ("—", None, "missing"),
        ("<5", None, "suppressed"), ("*", None, "suppressed"), ("约1200", None, "approximate"),
        ("1200余", None, "approximate"), ("壹佰", None, "chinese_numeral"), ("-3", None, "negative"),
        ("1.5", None, "not_whole"), ("12,34", None, "not_a_count"), ("abc", None, "not_a_count"),
    ],
)  # fmt: skip
def test_counts(text, value, reason):
    reading = read_count(text)
    assert (reading.value, reading.reason) == (value, reason)


def test_what_is_known_of_a_count_is_kept():
    assert read_count("<5").facts == {"below": 5}
    assert read_count("30 例").facts == {"unit": "例"}


@given(st.integers(0, 10**12))
def test_counts_with_and_without_thousands_marks_are_the_same(number):
    assert read_count(f"{number:,}").value == read_count(str(number)).value == number


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("42岁", 42),
        ("42", 42),
        ("42.0", 42),
        ("2岁3月", 2.25),
        ("6月", 0.5),
        ("6个月", 0.5),
        ("0", 0),
        ("3天", 0.0082),
    ],
)
def test_ages(text, years):
    assert read_age(text).value == years


def test_ages_that_are_not_exact_or_not_ages():
    assert (read_age("90+").value, read_age("90+").facts) == (90, {"at_least": True})
    assert read_age("90岁以上").facts == {"at_least": True}
    assert [read_age(text).reason for text in ("不详", "200", "老人")] == [
        "missing",
        "impossible_age",
        "not_an_age",
    ]
