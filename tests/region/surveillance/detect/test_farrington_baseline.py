"""Which weeks are a week's history: years of 53 weeks, seasons, the latest weeks left out."""

from __future__ import annotations

import numpy as np

from region.surveillance.detect.farrington.baseline import baseline, same_weeks

MONDAYS = np.datetime64("2014-12-29") + 7 * np.arange(400)


def place(day: str) -> int:
    return int(np.flatnonzero(np.datetime64(day) == MONDAYS)[0])


def test_the_same_week_is_the_nearest_monday_to_the_same_date() -> None:
    found = same_weeks(place("2021-03-01"), MONDAYS, 52, 5)
    assert MONDAYS[found].astype(str).tolist() == [
        "2020-03-02",
        "2019-03-04",
        "2018-02-26",
        "2017-02-27",
        "2016-02-29",
    ]


def test_a_leap_day_becomes_the_first_of_march() -> None:
    days = np.datetime64("2019-01-01") + np.arange(500)
    at = int(np.flatnonzero(days == np.datetime64("2020-02-29"))[0])
    assert days[same_weeks(at, days, 365, 1)].astype(str).tolist() == ["2019-03-01"]


def test_years_before_the_series_are_not_made_up() -> None:
    assert same_weeks(110, None, 52, 5) == [58, 6]
    assert baseline(110, None, 52, 3, 3, 1, 3) is None
    assert baseline(place("2019-03-04"), MONDAYS, 52, 5, 3, 10, 26) is None
    assert baseline(3 * 52 + 2, None, 52, 3, 3, 1, 3) is None
    assert baseline(3 * 52 + 3, None, 52, 3, 3, 1, 3) is not None


def test_windows_alone_are_seven_weeks_a_year() -> None:
    found = baseline(300, None, 52, 3, 3, 1, 3)
    assert found is not None
    assert found.rows.tolist() == [back + d for back in (-156, -104, -52) for d in range(-3, 4)]
    assert not found.season.any()


def test_a_year_is_one_season_of_seven_weeks_and_nine_of_five() -> None:
    found = baseline(300, None, 52, 5, 3, 10, 26)
    assert found is not None
    assert found.rows[0] == -263 and found.rows[-1] == -27 and len(found.rows) == 237
    year = found.season[:52].tolist()
    assert year == [0] * 7 + [season for season in range(1, 10) for _ in range(5)]
    assert found.seasons == 10 and -1 <= found.time.min() < found.time.max() <= 1 < found.now


def test_the_week_over_of_a_long_year_falls_to_the_first_season() -> None:
    at = place("2021-03-01")
    found = baseline(at, MONDAYS, 52, 5, 3, 10, 26)
    assert found is not None
    lengths = [
        int((found.season[(MONDAYS[at + found.rows] > low) & (MONDAYS[at + found.rows] < high)] == 1).sum())
        for low, high in zip(
            MONDAYS[same_weeks(at, MONDAYS, 52, 5)][1:],
            MONDAYS[same_weeks(at, MONDAYS, 52, 5)][:-1],
            strict=True,
        )
    ]
    weeks = np.diff(same_weeks(at, MONDAYS, 52, 5)[::-1])[::-1].tolist()
    assert weeks == [52, 53, 52, 52]
    assert lengths == [5, 6, 5, 5]


def test_less_than_the_window_left_out_brings_recent_weeks_in() -> None:
    found = baseline(300, None, 52, 3, 3, 1, 1)
    assert found is not None
    assert found.rows[-2:].tolist() == [-3, -2]
