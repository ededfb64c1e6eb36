"""What holds for every method: order of series, calendar, future and gaps change nothing they should not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from region.surveillance.detect.methods import METHODS, detect, read_options
from region.surveillance.detect.series import EMPTY, MISSING, BadSeries, Panel, Signals
from tests.region.surveillance.detect.panels import drawn, panel

DAILY = {"switch"}
#: Farrington's regressions have their own tests beside these.
OURS = sorted(name for name in METHODS if not name.startswith("farrington"))
SPAN = (200, 240)


def base(name: str, **given: object) -> Panel:
    if name in DAILY:
        return drawn(frequency=365, start="2022-01-03", **given)  # type: ignore[arg-type]
    return drawn(start="2019-01-07", **given)  # type: ignore[arg-type]


def run(name: str, given: Panel, span: tuple[int, int] = SPAN, **options: str) -> Signals:
    usual = {"b": "3"} if name == "cdc" else {}  # five years lie before the beginning of these series
    return detect(given, name, {**usual, **options}, span)


def differing(one: Signals, other: Signals, rows: slice | list[int] = slice(None)) -> list[str]:
    """The fields in which these rows of one answer are not those of the other."""
    close = {"rtol": 1e-9, "atol": 1e-9, "equal_nan": True}
    numbers = ("observed", "expected", "upperbound", "probability", "alarm")
    found = [name for name in numbers if not alike(getattr(one, name)[rows], getattr(other, name), **close)]
    return found + ["note"] * (not np.array_equal(one.note[rows], other.note))


def alike(ours: np.ndarray, theirs: np.ndarray, **close: Any) -> bool:
    """Of one shape, and close everywhere."""
    return ours.shape == theirs.shape and np.allclose(ours, theirs, **close)


def with_gaps(given: Panel, seed: int = 3, share: float = 0.1) -> Panel:
    holes = np.random.default_rng(seed).random(given.observed.shape) < share
    return replace(given, observed=np.where(holes, np.nan, given.observed))


@pytest.mark.parametrize("name", OURS)
def test_the_order_and_the_company_of_series_change_nothing(name: str) -> None:
    whole = with_gaps(base(name))
    found = run(name, whole)
    order = [3, 0, 5, 1, 4, 2]
    turned = Panel(whole.observed[order], whole.dates, whole.frequency, tuple(whole.names[i] for i in order))
    assert differing(run(name, turned), found, np.argsort(order).tolist()) == []
    alone = Panel(whole.observed[2:3], whole.dates, whole.frequency, ("s2",))
    assert differing(found, run(name, alone), slice(2, 3)) == []


@pytest.mark.parametrize("name", OURS)
def test_the_future_changes_nothing(name: str) -> None:
    whole = base(name)
    later = whole.observed.copy()
    later[:, SPAN[1] :] = 10_000
    assert differing(run(name, whole), run(name, replace(whole, observed=later))) == []
    cut = Panel(whole.observed[:, : SPAN[1]], whole.dates[: SPAN[1]], whole.frequency, whole.names)
    assert differing(run(name, whole), run(name, cut)) == []


@pytest.mark.parametrize("name", OURS)
def test_the_names_of_the_periods_change_nothing(name: str) -> None:
    """The same series 28 years earlier: the calendar repeats itself to the day of the week."""
    dated = base(name)
    assert (
        differing(
            run(name, dated), run(name, replace(dated, dates=dated.dates - np.timedelta64(1461 * 7, "D")))
        )
        == []
    )


@pytest.mark.parametrize("name", OURS)
def test_a_missing_point_has_no_answer_and_is_not_a_zero(name: str) -> None:
    whole = base(name)
    holed, zero = whole.observed.copy(), whole.observed.copy()
    holed[1, 210], zero[1, 210] = np.nan, 0.0
    found = run(name, replace(whole, observed=holed))
    assert found.note[1, 10] == MISSING and not found.alarm[1, 10]
    for values in (found.expected, found.upperbound, found.probability):
        assert np.isnan(values[1, 10])
    others = [0, 2, 3, 4, 5]
    np.testing.assert_array_equal(found.upperbound[others], run(name, whole).upperbound[others])
    np.testing.assert_allclose(found.upperbound[1, :10], run(name, whole).upperbound[1, :10], rtol=1e-12)


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("compat", ["paper", "surveillance"])
def test_odd_series_give_an_answer_or_say_why_not(name: str, compat: str) -> None:
    periods, first = 260, 30
    odd = np.zeros((6, periods))
    odd[1] = 5.0  # one value
    odd[2] = np.nan  # never reported
    odd[3] = np.random.default_rng(1).poisson(2e9, periods)  # huge
    odd[4, 200] = 1e9  # one outlier among zeros
    odd[5, : periods // 2] = np.nan  # begins late
    known = base(name)
    given = replace(known, observed=odd)
    found = run(name, given, (first, periods), compat=compat)
    told = found.answered | (found.note != "")
    assert told.all()
    assert not found.alarm[~found.answered].any()
    assert (found.note[2] == MISSING).all()
    assert not np.isinf(found.upperbound).any()
    probability = found.probability[~np.isnan(found.probability)]
    assert ((probability >= 0) & (probability <= 1)).all()


@pytest.mark.parametrize("name", sorted(set(OURS) - {"fixed", "rki", "cidars"}))
def test_one_case_after_long_silence_is_judged_by_the_rule_for_empty_histories(name: str) -> None:
    """fixed counts have no history; the RKI's limit (3.285) and the percentile (0) of zeros are the methods' own."""
    zeros = np.zeros((2, 260))
    zeros[0, 230], zeros[1, 230] = 1, 40
    found = run(name, replace(base(name, series=2), observed=zeros))
    at = 30
    assert found.answered[:, at].all() and found.alarm[1, at]
    assert not np.isinf(found.expected).any()
    if name in ("ears-c1", "ears-c2", "shewhart", "cdc"):
        assert not found.alarm[0, at] and found.note[0, at] == EMPTY


def test_every_method_can_be_found_by_its_name() -> None:
    for name, method in METHODS.items():
        options, function = method.parts()
        assert callable(function) and options().compat == "paper", name


def test_options_are_read_as_r_writes_them() -> None:
    glr = METHODS["glr-nb"].parts()[0]
    given = {"c.ARL": "4", "theta": "0.5", "alpha": "NULL", "ret": "cases", "trend": "TRUE", "M": "52"}
    read = read_options(glr, given)
    assert read == {"c_ARL": 4.0, "theta": 0.5, "alpha": None, "ret": "cases", "trend": True, "M": 52}
    flexible = METHODS["farrington-flexible"].parts()[0]
    assert read_options(flexible, {"limit54": "c(0, 4)", "b": "3"}) == {"limit54": (0, 4), "b": 3}
    assert read_options(METHODS["cusum"].parts()[0], {"m": "glm"}) == {"m": "glm"}


@pytest.mark.parametrize(
    ("name", "options", "code"),
    [
        ("ears-c9", {}, "method-unknown"),
        ("ears-c1", {"alhpa": "0.1"}, "option-unknown"),
        ("ears-c1", {"span": "1"}, "option-unknown"),
        ("ears-c1", {"alpha": "2"}, "option-value"),
        ("ears-c1", {"baseline": "seven"}, "option-value"),
        ("ears-c1", {"compat": "R"}, "option-value"),
        ("cusum", {"trans": "log"}, "option-value"),
        ("cusum", {"m": "mean"}, "option-value"),
        ("glr-poisson", {"change": "epi", "dir": "dec"}, "option-value"),
        ("bayes", {"alpha": "0"}, "option-value"),
        ("rki", {"b": "0"}, "option-value"),
        ("cidars", {"percentile": "100"}, "option-value"),
        ("fixed", {"count": "0"}, "option-value"),
        ("ewma", {"B": "3"}, "option-value"),
        ("switch", {}, "needs-days"),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, options: dict[str, str], code: str) -> None:
    with pytest.raises(BadSeries) as refused:
        detect(drawn(), name, options, None)
    assert refused.value.code == code


def test_methods_of_days_and_weeks_refuse_months() -> None:
    months = drawn(frequency=12)
    for name in ("cdc", "cidars", "switch"):
        with pytest.raises(BadSeries, match="needs-"):
            detect(months, name, {}, None)


def test_charts_need_a_past() -> None:
    for name in ("cusum", "glr-poisson"):
        with pytest.raises(BadSeries, match="needs-past"):
            detect(panel([[1, 2, 3]]), name, {}, (0, 3))
