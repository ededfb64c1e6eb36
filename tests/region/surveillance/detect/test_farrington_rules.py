"""What Farrington's detectors promise of every series: order, scale, gaps, silence with a reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from region.surveillance.detect import empty, series
from region.surveillance.detect.calendar import BadSeries
from region.surveillance.detect.farrington import FarringtonControl, farrington, farrington_flexible
from region.surveillance.detect.series import Array, Panel, Signals

NOW = 319
CONTROL = FarringtonControl(
    span=(NOW, NOW + 1), noPeriods=10, pastWeeksNotIncluded=26, pThresholdTrend=1, alpha=0.01, limit54=(0, 4)
)
COUNTS = arrays(np.float64, (4, NOW + 1), elements=st.integers(0, 40).map(float))


def run(observed: Array, control: FarringtonControl = CONTROL, population: Array | None = None) -> Signals:
    size, length = observed.shape
    names = tuple(f"s{n}" for n in range(size))
    return farrington_flexible(Panel(observed, np.arange(length), 52, names, population), control)


def some(size: int = 4, mean: float = 9.0) -> Array:
    rng = np.random.default_rng(8)
    return rng.negative_binomial(mean, 0.5, (size, NOW + 1)).astype(float)


@settings(max_examples=10, deadline=None)
@given(COUNTS, st.permutations(range(4)), st.sampled_from(["delta", "nbPlugin", "muan"]))
def test_the_order_of_series_and_their_company_change_nothing(
    observed: Array, order: list[int], method: str
) -> None:
    control = replace(CONTROL, thresholdMethod=method)
    whole, turned = run(observed, control), run(observed[order], control)
    alone = np.vstack([run(observed[[n]], control).upperbound for n in range(4)])
    assert turned.upperbound == pytest.approx(whole.upperbound[order], rel=1e-7, nan_ok=True)
    assert alone == pytest.approx(whole.upperbound, rel=1e-7, nan_ok=True)
    assert (turned.note == whole.note[order]).all()
    assert (whole.alarm == (observed[:, NOW:] > whole.upperbound)).all()


@pytest.mark.parametrize("powertrans", ["2/3", "1/2", "none"])
def test_counts_in_another_unit_give_the_bound_in_that_unit(powertrans: str) -> None:
    observed = some()  # with a dispersion well above 1, where it is not held at 1
    control = replace(CONTROL, powertrans=powertrans, pThresholdTrend=0.05)
    one, ten = run(observed, control), run(10 * observed, control)
    assert (one.extra["dispersion"] > 1.3).all()
    assert ten.upperbound == pytest.approx(10 * one.upperbound, rel=1e-5)
    assert ten.probability == pytest.approx(one.probability, rel=1e-4)


def test_population_in_another_unit_changes_nothing_and_a_grown_one_explains_growth() -> None:
    observed = some()
    people = np.linspace(1e5, 3e5, observed.size).reshape(observed.shape)
    control = replace(CONTROL, populationOffset=True)
    thousands, single = run(observed, control, people / 1000), run(observed, control, people)
    assert thousands.upperbound == pytest.approx(single.upperbound, rel=1e-9)
    doubled = people.copy()
    doubled[:, NOW] *= 2
    assert run(observed, control, doubled).expected == pytest.approx(2 * single.expected, rel=1e-9)
    by_name = run(observed, replace(CONTROL, fitFun="algo.farrington.fitGLM.populationOffset"), people)
    assert by_name.upperbound == pytest.approx(single.upperbound, rel=1e-12)


def test_what_lies_outside_the_history_does_not_count() -> None:
    observed = some()
    wanted = run(observed).upperbound
    moved = observed.copy()
    moved[:, NOW - 26 : NOW] = 999  # the latest 26 weeks are left out
    moved[:, : NOW - 263] = np.nan  # and what is older than five years and three weeks
    assert run(moved).upperbound == pytest.approx(wanted, rel=1e-12)
    longer = np.hstack([np.full((4, 11), 7.0), observed])
    later = replace(CONTROL, span=(NOW + 11, NOW + 12))
    assert run(longer, later).upperbound == pytest.approx(wanted, rel=1e-12)


def test_a_past_outbreak_raises_the_bound_less_when_weeks_are_weighed() -> None:
    observed = some(1)
    observed[0, NOW - 104 : NOW - 102] = 150
    weighed, plain = run(observed), run(observed, replace(CONTROL, reweight=False))
    assert weighed.upperbound < 0.7 * plain.upperbound


def test_the_bound_rises_as_alpha_falls() -> None:
    for method in ("delta", "nbPlugin", "muan"):
        bounds = [
            run(some(), replace(CONTROL, thresholdMethod=method, alpha=a)).upperbound
            for a in (0.1, 0.01, 0.001)
        ]
        assert (np.diff(bounds, axis=0) > 0).all()


@pytest.mark.parametrize("cases", [3, 7, 12])
def test_an_empty_history_is_answered_by_its_own_rule_and_not_at_all_as_the_reference(cases: int) -> None:
    observed = np.zeros((1, NOW + 1))
    observed[0, NOW] = cases
    control = replace(CONTROL, limit54=(5, 4), thresholdMethod="nbPlugin")
    found = run(observed, control)
    weeks = 5 * 7  # of the season around the week, five years: the latest seven are left out
    assert found.upperbound[0, 0] == empty.bound(float(weeks), 0.01)
    assert found.probability[0, 0] == pytest.approx(float(empty.probability(np.array([cases]), weeks)[0]))
    assert found.alarm[0, 0] == (cases >= 5)
    assert found.note[0, 0] == (series.EMPTY if cases >= 5 else series.FEW)
    assert run(observed, replace(control, limit54=(0, 4))).alarm.all()
    reference = run(observed, replace(control, compat="surveillance"))
    assert np.isnan(reference.upperbound).all() and not reference.alarm.any()
    assert reference.note[0, 0] == series.NO_FIT


def test_few_cases_raise_no_alarm_and_say_so() -> None:
    observed = np.zeros((1, NOW + 1))
    observed[0, ::20] = 1
    observed[0, NOW - 3 :] = [0, 0, 0, 4]
    control = replace(CONTROL, limit54=(5, 4), noPeriods=1, pastWeeksNotIncluded=3)
    found = run(observed, control)
    assert found.upperbound < 4 and not found.alarm.any() and found.note[0, 0] == series.FEW
    reference = run(observed, replace(control, compat="surveillance"))
    assert np.isnan(reference.upperbound).all() and not reference.alarm.any()
    panel = Panel(observed, np.arange(NOW + 1), 52, ("s",))
    old = farrington(panel, replace(control, compat="surveillance"))
    assert old.upperbound == 0 and not old.alarm.any()
    observed[0, NOW - 1] = 1
    assert run(observed, control).alarm.all()


def test_a_missing_week_among_the_last_four_adds_no_case() -> None:
    observed = some(1)
    observed[0, NOW - 1] = np.nan
    control = replace(CONTROL, limit54=(5, 4))
    assert not np.isnan(run(observed, control).upperbound).any()
    assert np.isnan(run(observed, replace(control, compat="surveillance")).upperbound).all()


def test_silence_has_a_reason() -> None:
    observed = some(4)
    observed[1, NOW] = np.nan
    observed[2, : NOW - 5] = np.nan
    observed[3, NOW - 263 : NOW - 26] = np.where(np.arange(237) % 52 < 40, np.nan, 3)
    found = run(observed)
    assert found.note[:3, 0].tolist() == ["", series.MISSING, series.GAP]
    assert np.isnan(found.upperbound[1:3]).all() and not found.alarm[1:3].any()
    early = run(observed, replace(CONTROL, span=(200, 264)))
    assert (early.note[0, :63] == series.SHORT).all() and early.note[0, 63] == ""
    assert np.isnan(early.upperbound[0, :63]).all()


def test_without_a_span_judgement_begins_with_the_first_whole_history() -> None:
    found = run(some(), replace(CONTROL, span=None))
    assert found.alarm.shape == (4, NOW + 1 - 263)
    assert (found.note == "").all()
    none = run(some()[:, :100], replace(CONTROL, span=None))
    assert none.alarm.shape == (4, 0)


def test_huge_counts_and_impossible_fits_end() -> None:
    huge = run(1e9 + 1e4 * some(), replace(CONTROL, thresholdMethod="nbPlugin"))
    assert (huge.upperbound > 1e9).all()
    sparse = np.zeros((1, NOW + 1))
    sparse[0, NOW - 100] = 1e6
    for compat in ("paper", "surveillance"):
        for method in ("delta", "nbPlugin", "muan"):
            found = run(sparse, replace(CONTROL, thresholdMethod=method, compat=compat))
            assert np.isfinite(found.upperbound).all() or (found.note != "").all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("b", 0), ("w", -1), ("noPeriods", 0), ("pastWeeksNotIncluded", -1), ("pThresholdTrend", 2.0),
        ("weightsThreshold", 0.0), ("powertrans", "2"), ("thresholdMethod", "nb"), ("alpha", 1.0),
        ("limit54", (5,)), ("fitFun", "glm"), ("compat", "R"),
    ],
)  # fmt: skip
def test_an_option_that_means_nothing_is_named(name: str, value: object) -> None:
    with pytest.raises(BadSeries) as caught:
        replace(CONTROL, **{name: value})
    assert caught.value.code == "option-value" and caught.value.facts["option"] == name


def test_what_only_the_flexible_method_knows_is_refused_by_the_first() -> None:
    panel = Panel(some(), np.arange(NOW + 1), 52, tuple("abcd"))
    for control in (CONTROL, FarringtonControl(thresholdMethod="muan")):
        with pytest.raises(BadSeries):
            farrington(panel, control)
    with pytest.raises(BadSeries):
        farrington_flexible(panel, replace(CONTROL, populationOffset=True))
