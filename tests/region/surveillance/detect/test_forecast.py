"""Forecasts that cover what they promise, their fines, and the rate of false discoveries."""

from __future__ import annotations

import numpy as np
import pytest

from region.surveillance.detect.discovery import discovery
from region.surveillance.detect.forecast import Ahead, calibration, forecast
from region.surveillance.detect.reproduction import Serial
from region.surveillance.detect.series import BadSeries, Panel

SERIAL = Serial((0, 0.4, 0.4, 0.2))


def epidemics(r: float, many: int, days: int) -> Panel:
    """Poisson renewal from twenty cases a day, with the same R throughout."""
    random = np.random.default_rng(7)
    cases = np.full((many, days), 20.0)
    for t in range(3, days):
        cases[:, t] = random.poisson(
            r * (0.4 * cases[:, t - 1] + 0.4 * cases[:, t - 2] + 0.2 * cases[:, t - 3])
        )
    return Panel(cases, np.arange(days), 365, tuple(map(str, range(many))))


def test_a_steady_epidemic_is_forecast_within_its_intervals() -> None:
    whole = epidemics(1.1, 200, 40)
    known = Panel(whole.observed[:, :33], whole.dates[:33], 365, whole.names)
    found = forecast(known, SERIAL, how=Ahead(horizon=7, drift=0.0, size=1e6, paths=500))
    judged = calibration(found.quantiles, whole.observed[:, 33:])
    assert judged.forecasts == 1400
    for nominal, covered in judged.coverage.items():
        assert covered == pytest.approx(nominal, abs=0.06)


def test_a_forecaster_too_sure_of_himself_is_found_out() -> None:
    whole = epidemics(1.1, 100, 40)
    flat = np.repeat(whole.observed[:, 32:33, None], 7, axis=2) * np.ones((1, 7, 1))
    assert calibration(flat, whole.observed[:, 33:]).coverage[0.95] < 0.2


def test_the_fine_by_hand() -> None:
    """0.9 interval 1 .. 5, truth 8: width 4 and twenty times the 3 cases above."""
    judged = calibration([[0, 1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5, 6]], [8, np.nan])
    assert judged.forecasts == 1 and judged.score[0.9] == pytest.approx(4 + 20 * 3)


def test_no_reproduction_number_no_forecast() -> None:
    gap = np.array([[3.0, np.nan, 4, 5, 6, 7, 8, 9, 9, 9], [3.0] * 10])
    found = forecast(Panel(gap, np.arange(10), 365, ("a", "b")), SERIAL, how=Ahead(paths=50))
    assert np.isnan(found.mean[0]).all() and not np.isnan(found.mean[1]).any()


def test_false_discoveries_by_hand() -> None:
    """Of four with answers: p times four over its rank, never above the next one's."""
    found = discovery([[0.01, np.nan, 0.04], [0.03, 0.5, np.nan]])
    assert found[0, 0] == pytest.approx(0.04) and found[1, 1] == pytest.approx(0.5)
    assert found[0, 2] == found[1, 0] == pytest.approx(0.04 * 4 / 3)
    assert np.isnan(found[0, 1]) and np.isnan(discovery([np.nan])).all()
    assert (discovery([0.01, 0.04, 0.03, 0.5], dependent=True) >= discovery([0.01, 0.04, 0.03, 0.5])).all()
    with pytest.raises(BadSeries):
        discovery([1.2])
