"""The moving percentile and fixed counts of the national alert: the known vector, calendars and missing windows."""

from __future__ import annotations

import numpy as np
import pytest

from region.surveillance.detect.cidars import FIXED, Cidars, Fixed, cidars, fixed, percentile
from region.surveillance.detect.series import GAP, SHORT, Panel
from tests.region.surveillance.detect.panels import panel

HISTORY = [2, 3, 1, 4, 2, 3, 5, 2, 3, 4, 1, 2, 3, 2, 6]


def year(current: float, start: str = "", history: list[float] | None = None) -> Panel:
    """Three years whose same five weeks are HISTORY, oldest first, and one week with `current` cases."""
    values = HISTORY if history is None else history
    row = np.zeros(159)
    for i in range(3):
        at = 158 - 52 * (3 - i)
        row[at - 2 : at + 3] = values[5 * i : 5 * i + 5]
    row[158] = current
    return panel([row.tolist()])


def test_at_19_percentile_of_fifteen_windows() -> None:
    ranked = np.sort(np.array(HISTORY, dtype=float))
    for percent, nearest, linear in ((50, 3, 3.0), (80, 4, 4.0), (90, 5, 4.6)):
        assert percentile(ranked, percent, "nearest-rank") == nearest
        assert percentile(ranked, percent, "linear") == pytest.approx(linear)

    def raised(percent: float, method: str, comparison: str = ">") -> bool:
        control = Cidars(percentile=percent, percentile_method=method, comparison=comparison, span=(158, 159))
        return bool(cidars(year(5), control).alarm[0, 0])

    assert raised(80, "nearest-rank") and not raised(90, "nearest-rank") and raised(90, "linear")
    assert raised(90, "nearest-rank", ">=")


def test_what_is_told_of_the_vector() -> None:
    found = cidars(year(5), Cidars(span=(158, 159)))
    assert (found.expected[0, 0], found.upperbound[0, 0]) == (3, 4)
    assert found.probability[0, 0] == pytest.approx(2 / 15)


def test_a_missing_window_leaves_the_fixed_count_and_says_so() -> None:
    lost = [*HISTORY[:7], np.nan, *HISTORY[8:]]
    silent = cidars(year(5, history=lost), Cidars(span=(158, 159)))
    assert not silent.answered[0, 0] and silent.note[0, 0] == GAP
    for current, alarm in ((5, True), (4, False)):
        found = cidars(year(current, history=lost), Cidars(span=(158, 159), fixed=5))
        assert found.note[0, 0] == FIXED and found.alarm[0, 0] == alarm and found.upperbound[0, 0] == 4
    early = cidars(year(5), Cidars(span=(157, 158)))
    assert early.note[0, 0] == SHORT


def test_weeks_of_past_years_are_those_of_the_same_days() -> None:
    """2020 has 53 weeks: the week of 4 January 2021 is compared with that of 6 January 2020, not 30 December."""
    dates = np.datetime64("2016-01-04") + 7 * np.arange(300)
    row = np.zeros(300)
    row[np.flatnonzero(dates == np.datetime64("2020-01-06"))[0]] = 9
    at = int(np.flatnonzero(dates == np.datetime64("2021-01-04"))[0])
    only = Cidars(years=1, half=0, span=(at, at + 1))
    found = cidars(Panel(row[None], dates, 52, ("a",)), only)
    assert found.upperbound[0, 0] == 9


def test_days_are_taken_seven_at_once_also_on_29_february() -> None:
    dates = np.datetime64("2019-01-01") + np.arange(1900)
    row = np.arange(1900.0)
    at = int(np.flatnonzero(dates == np.datetime64("2024-02-29"))[0])
    found = cidars(Panel(row[None], dates, 365, ("a",)), Cidars(years=1, half=0, span=(at, at + 1)))
    assert found.extra["current"][0, 0] == row[at - 6 : at + 1].sum()
    past = int(np.flatnonzero(dates == np.datetime64("2023-02-28"))[0])
    assert found.upperbound[0, 0] == row[past - 6 : past + 1].sum()


def test_a_fixed_count_alarms_when_it_is_reached() -> None:
    given = panel([[0, 1, 0, 2, np.nan, 3]])
    one = fixed(given, Fixed())
    assert one.alarm[0].tolist() == [False, True, False, True, False, True]
    three = fixed(given, Fixed(count=3, window=3))
    assert three.alarm[0].tolist() == [False, False, False, True, False, True]
    assert three.note[0].tolist() == [SHORT, SHORT, "", "", "missing", GAP]
    assert three.extra["current"][0, 5] == 5
