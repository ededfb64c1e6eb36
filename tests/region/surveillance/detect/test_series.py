"""Tables of series are read for certain or refused with their place, and written back without silent numbers."""

from __future__ import annotations

import io

import numpy as np
import pytest

from region.spine import i18n
from region.surveillance.detect.series import (
    BadSeries,
    Control,
    Panel,
    read_panel,
    signals,
    span_of,
    write_signals,
)


def read(text: str, frequency: int | None = None) -> Panel:
    return read_panel(io.StringIO("series,date,observed\n" + text), frequency)


def test_a_missing_week_is_missing_and_a_53_week_year_is_whole() -> None:
    panel = read("a,2020-W52,1\na,2020-W53,0\na,2021-W01,3\nb,2021-W03,4\nb,2021-W02,\n")
    assert panel.labels == ("2020-W52", "2020-W53", "2021-W01", "2021-W02", "2021-W03")
    assert panel.frequency == 52 and panel.dates[0] == np.datetime64("2020-12-21")
    np.testing.assert_array_equal(panel.observed, [[1, 0, 3, np.nan, np.nan], [np.nan] * 4 + [4]])


def test_days_months_and_indices_are_told_apart() -> None:
    assert read("a,2024-02-28,1\na,2024-02-29,1\na,2024-03-01,1\n").frequency == 365
    months = read("a,2024-01-01,1\na,2024-02-01,1\na,2024-04-01,1\n")
    assert (months.frequency, months.labels[2], np.isnan(months.observed[0, 2])) == (12, "2024-03-01", True)
    assert read("a,7,1\na,9,2\n", 52).labels == ("7", "8", "9")


def test_population_and_a_byte_order_mark_are_read() -> None:
    table = "\ufeffseries,date,observed,population\na,1,2,1000\na,2,3,1001\n"
    with pytest.raises(BadSeries):  # an open text is decoded by whoever opened it; only a file is
        read_panel(io.StringIO(table), 52)
    panel = read_panel(io.StringIO(table.lstrip("\ufeff")), 52)
    assert panel.population is not None and panel.population[0, 1] == 1001


@pytest.mark.parametrize(
    ("rows", "frequency", "code", "line"),
    [
        ("a,2024-01-01,1\na,2024-01-08,-1\n", None, "series-count", 3),
        ("a,2024-01-01,1.5\n", 52, "series-count", 2),
        ("a,2024-01-01,1e300\n", 52, "series-count", 2),
        ("a,2024-01-01,nan\n", 52, "series-number", 2),
        ("a,2024-01-01,many\n", 52, "series-number", 2),
        ("a,2024-01-01,1\na,2024-01-08,1\na,2024-01-08,1\n", None, "series-twice", 4),
        ("a,2021-W53,1\n", None, "date-none", 2),
        ("a,2023-02-29,1\n", 52, "date-none", 2),
        ("a,31/12/2023,1\n", 52, "date-form", 2),
        ("a,2024-01-01,1\na,2024-W02,1\n", None, "date-form", 3),
        ("a,2024-01-01,1\na,2024-01-08,1\na,2024-01-15,1\na,2024-01-23,1\n", None, "date-off-step", 5),
        ("a,2024-01-01\n", 52, "series-cells", 2),
    ],
)
def test_what_is_not_certain_is_refused_with_its_line(
    rows: str, frequency: int | None, code: str, line: int
) -> None:
    with pytest.raises(BadSeries) as refused:
        read(rows, frequency)
    assert (refused.value.code, refused.value.facts["line"]) == (code, line)


@pytest.mark.parametrize(
    ("table", "code"),
    [
        ("series,day,observed\na,1,2\n", "series-columns"),
        ("series,date,observed\n", "series-none"),
        ("", "series-columns"),
        ("series,date,observed\na,3,1\na,4,1\n", "date-frequency"),
        ("series,date,observed\na,2024-01-01,1\n", "date-frequency"),
        ("series,date,observed\na,2024-01-01,1\na,2024-04-01,2\n", "date-step"),
    ],
)
def test_what_is_no_table_of_series_is_refused(table: str, code: str) -> None:
    with pytest.raises(BadSeries) as refused:
        read_panel(io.StringIO(table))
    assert refused.value.code == code


def test_a_wrong_date_column_is_no_calendar() -> None:
    with pytest.raises(BadSeries) as refused:
        read("a,20240101,1\na,20240108,1\n", 52) and read("a,1,1\na,20240108,1\n", 52)
    assert refused.value.code == "date-sparse"


def test_a_file_that_is_not_utf8_is_refused(tmp_path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("series,date,observed\n流感,1,2\n".encode("gb18030"))
    with pytest.raises(BadSeries, match="series-encoding"):
        read_panel(path, 52)


def test_signals_are_empty_where_there_is_no_answer() -> None:
    panel = read("a,2020-W52,1\na,2020-W53,5\na,2021-W01,3\na,2021-W03,4\n")
    found = signals(panel, (1, 5), np.array([[2.5, np.nan, 1.0, 9.0]]), expected=np.full((1, 4), 1.0))
    out = io.StringIO()
    assert write_signals(found, out) == 4
    assert out.getvalue().splitlines() == [
        "series,date,observed,expected,upperbound,probability,alarm,note",
        "a,2020-W53,5,1,2.5,,1,",
        "a,2021-W01,3,,,,,no-answer",
        "a,2021-W02,,,,,,missing",
        "a,2021-W03,4,1,9,,0,",
    ]


def test_the_judged_dates_are_those_of_the_table_or_the_next_inside() -> None:
    panel = read("a,2024-01-01,1\na,2024-01-08,1\na,2024-01-15,1\n")
    assert span_of(panel) is None
    assert span_of(panel, "2024-01-02", "") == (1, 3)
    assert span_of(panel, "2024-01-08", "2024-01-14") == (1, 2)
    for first, last, code in (("2024-01-09", "2024-01-10", "span-empty"), ("7", "", "span-date")):
        with pytest.raises(BadSeries) as refused:
            span_of(panel, first, last)
        assert refused.value.code == code


def test_a_panel_refuses_what_is_no_count() -> None:
    for wrong in (-1.0, 0.5, np.inf, 2.0**60):
        with pytest.raises(BadSeries):
            Panel(np.array([[wrong]]), np.arange(1), 52, ("a",))
    with pytest.raises(BadSeries, match="span-outside"):
        Control(span=(0, 9)).judged(read("a,1,1\n", 52))


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    import re
    from pathlib import Path

    import region.surveillance.detect as package

    text = "".join(path.read_text("utf-8") for path in Path(package.__path__[0]).rglob("*.py"))
    codes = set(re.findall(r"BadSeries\(\s*\"([a-z-]+)\"", text))
    assert len(codes) > 20
    for lang in i18n.LANGS:
        known = i18n.catalogue(lang)
        assert not {code for code in codes if f"fault:{code}" not in known}, lang
