"""Dates: the certain forms read alike, everything else refused with its own reason."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from region.formats.dates import read_date

DAY = dt.date(2022, 3, 20)
FORMS = [
    "{:%Y-%m-%d}",
    "{:%Y/%m/%d}",
    "{:%Y.%m.%d}",
    "{:%Y年%m月%d日}",
    "{:%Y%m%d}",
    "{:%d-%b-%Y}",
    "{:%B %d, %Y}",
    "{:%Y-%m-%dT%H:%M:%S}",
]


@pytest.mark.parametrize(
    "text",
    [
        "2022-03-20",
        "2022-3-20",
        "2022.3.20",
        "2022年3月20日",
        "2022年3月20号",
        "20220320",
        "3/20/2022",
        "20/03/2022",
        "20-Mar-2022",
        "20 March 2022",
        "20-3月-2022",
        "20-三月-2022",
        "March 20th, 2022",
        "２０２２－０３－２０",
        "２０２２年３月２０日",
        "2022-3-20 00:00:00.000",
        "2022-03-20T09:30:00+08:00",
        " 2022-03-20\u3000",
    ],
)
def test_certain_forms(text):
    reading = read_date(text)
    assert (reading.value, reading.reason, reading.original) == (DAY, None, text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        ("NULL", "missing"),
        ("不详", "missing"),
        ("—", "missing"),
        ("2022-02-30", "impossible_date"),
        ("0000-00-00", "zero_date"),
        ("1900-01-00", "zero_date"),
        ("03/04/2022", "day_month_unclear"),
        ("3/4/22", "two_digit_year"),
        ("22.3.1", "two_digit_year"),
        ("3月21日", "no_year"),
        ("2022年3月", "no_day"),
        ("44640", "serial_without_system"),
        ("2022-13-01", "impossible_date"),
        ("2022-03-20 25:00", "impossible_time"),
        ("昨天", "not_a_date"),
        ("12", "not_a_date"),
        ("2022-03/20x", "not_a_date"),
        ("20-Foo-2022", "not_a_date"),
    ],
)
def test_doubtful_forms_are_refused(text, reason):
    reading = read_date(text)
    assert (reading.value, reading.reason) == (None, reason)


def test_two_digit_years_are_only_suggested():
    reading = read_date("20-Mar-22")
    assert (reading.value, reading.reason, reading.suggestion) == (None, "two_digit_year", DAY)


def test_serials_count_from_their_workbooks_own_system():
    assert read_date("44640", 1900).value == DAY
    assert read_date("43178", 1904).value == DAY
    assert read_date("44640.40625", 1900).facts["time"] == "09:45:00"
    assert read_date("306", 1900).reason == "not_a_date"


def test_equal_day_and_month_leave_no_doubt_and_the_future_does():
    assert read_date("03/03/2022").value == dt.date(2022, 3, 3)
    assert read_date("2052-03-20", latest=dt.date(2022, 4, 1)).reason == "in_future"


def test_written_time_and_offset_are_kept_as_facts():
    facts = read_date("2022-03-20 09:30:00+08:00").facts
    assert (facts["time"], facts["offset"]) == ("09:30:00", "+08:00")


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)), st.sampled_from(FORMS))
def test_every_written_date_is_read_back(day, form):
    assert read_date(form.format(dt.datetime.combine(day, dt.time(8, 5)))).value == day


@given(st.dates(dt.date(1955, 1, 1), dt.date(2110, 1, 1)), st.sampled_from([1900, 1904]))
def test_every_serial_is_read_back(day, system):
    start = dt.date(1904, 1, 1) if system == 1904 else dt.date(1899, 12, 30)
    reading = read_date(str((day - start).days), system)
    assert reading.value == day or (reading.reason == "not_a_date" and (day - start).days < 20_000)


@given(st.text(max_size=30))
def test_any_text_is_answered(text):
    reading = read_date(text)
    assert (reading.value is None) == (reading.reason is not None)
