"""Totals that fall, days without a report, and a new definition that is no outbreak."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from region.surveillance.detect.reproduction import Serial
from region.surveillance.detect.revisions import daily, implausible
from region.surveillance.detect.series import BadSeries, Panel

SERIAL = Serial.gamma(5, 2)
NAN = np.nan


def test_a_total_that_falls_takes_back_the_latest_cases() -> None:
    found = daily([100, 110, 115, 112, 120])
    assert found.cases[0, 1:].tolist() == [10, 2, 0, 8] and np.isnan(found.cases[0, 0])
    assert found.taken_back[0].tolist() == [0, 0, 3, 0, 0]


def test_more_is_taken_back_than_the_last_day_had() -> None:
    found = daily([100, 110, 112, 105])
    assert found.cases[0, 1:].tolist() == [5, 0, 0] and found.taken_back[0].tolist() == [0, 5, 2, 0]


def test_a_day_without_a_report_shares_the_next_total() -> None:
    found = daily([[0, NAN, NAN, 7, 8], [0, 1, 2, 3, 4]])
    assert found.cases[0, 1:].tolist() == [2, 2, 3, 1] and found.spread[0].tolist() == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert not found.spread[1].any()


@given(st.lists(st.integers(0, 500), min_size=2, max_size=30))
@settings(max_examples=60, deadline=None)
def test_no_day_is_negative_and_the_days_add_up(totals: list[int]) -> None:
    found = daily(np.array([totals], dtype=float))
    cases = found.cases[0, 1:]
    assert (cases >= 0).all()
    beyond = min(min(totals), totals[0])  # a fall below the first total has nothing to be taken from
    assert totals[0] + cases.sum() >= totals[-1] and (
        beyond < totals[0] or totals[0] + cases.sum() == totals[-1]
    )


def epidemic(factor: float) -> Panel:
    """Forty days that grow by five per cent a day; on day 30 `factor` times as many, then as before."""
    cases = np.round(40 * 1.05 ** np.arange(40.0))
    cases[30] *= factor
    return Panel(np.round(cases)[None], np.arange(40), 365, ("a",))


def test_a_jump_nobody_can_have_infected_is_named_and_growth_is_not() -> None:
    assert np.flatnonzero(implausible(epidemic(10), SERIAL)[0]).tolist() == [30]
    assert not implausible(epidemic(1), SERIAL).any() and not implausible(epidemic(1.8), SERIAL).any()


def test_a_rise_from_nothing_is_no_batch() -> None:
    cases = np.array([[0.0] * 20 + [3, 8, 20, 45, 90, 150]])
    assert not implausible(Panel(cases, np.arange(26), 365, ("a",)), SERIAL)[0, :24].any()


def test_totals_that_are_no_counts() -> None:
    with pytest.raises(BadSeries):
        daily([1.5, 2])
