"""Papers that people are known by: checked by the rule of each, and refused with a reason (AT-28)."""

from __future__ import annotations

import datetime as dt

import pytest

from region.people.models import KINDS
from region.people.papers import read_paper

DAY = dt.date(2022, 8, 1)
GOOD = "11010519491231002X"


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        ("resident", " 11010519491231002x ", GOOD),
        ("resident", "110105491231002", GOOD),
        ("passport", "e12345678", "E12345678"),
        ("passport", "ＥＡ1234567", "EA1234567"),
        ("permit", "H12345678", "H12345678"),
        ("permit", "M1234567801", "M1234567801"),
        ("permit", "12345678", "12345678"),
        ("permit", "810000199001010019", "810000199001010019"),
        ("birth", "p990106001", "P990106001"),
        ("other", "军官 字第 8号", "军官字第8号"),
        ("none", "", ""),
        ("none", "whatever", ""),
    ],
)
def test_at_28_a_paper_is_brought_to_its_one_form(kind: str, text: str, number: str) -> None:
    read = read_paper(kind, text, DAY)
    assert (read.value, read.reason) == (number, None)


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("resident", "110105194912310021", "checksum"),
        ("resident", "", "missing"),
        ("resident", "E12345678", "not_an_id"),
        ("resident", "11010520231231004X", "in_future"),
        ("passport", GOOD, "resident_number"),
        ("passport", "ABCDEFGH", "not_a_passport"),
        ("passport", "E1234/567", "strange_character"),
        ("permit", GOOD, "resident_number"),
        ("permit", "810000199001010011", "checksum"),
        ("permit", "X99", "not_a_permit"),
        ("birth", GOOD, "resident_number"),
        ("birth", "1234", "not_a_certificate"),
        ("other", "", "missing"),
        ("other", "9" * 41, "too_long"),
    ],
)
def test_at_28_a_bad_paper_says_why(kind: str, text: str, reason: str) -> None:
    read = read_paper(kind, text, DAY)
    assert (read.value, read.reason) == (None, reason)


def test_an_old_number_says_that_it_was_converted() -> None:
    assert read_paper("resident", "110105491231002").facts["converted"] is True


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_takes_any_text_without_falling_over(kind: str) -> None:
    for text in ("", " ", "\x00", "🙂", "1" * 200, "１２３", "'123", "1.1e17"):
        read = read_paper(kind, text, DAY)
        assert (read.value is None) == (read.reason is not None)
