"""Farrington's detectors over a panel: points whose histories lie alike are fitted together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from region.surveillance.detect import empty, series
from region.surveillance.detect.calendar import BadSeries
from region.surveillance.detect.farrington import threshold
from region.surveillance.detect.farrington.baseline import Baseline, baseline
from region.surveillance.detect.farrington.control import FarringtonControl
from region.surveillance.detect.farrington.model import Judge, Places, Prediction
from region.surveillance.detect.series import Array, Flags, Panel, Signals, Words

# Bytes of one array of points fitted together: in the processor's cache, and below the size from which the C
# library takes fresh pages for each array (128 kB; seven times slower).
ROOM = 120_000
Days = NDArray[np.datetime64] | None


def farrington(panel: Panel, control: FarringtonControl | None = None) -> Signals:
    """The method of Farrington, Andrews, Beale and Catchpole (1996), J. R. Statist. Soc. A 159, 547-563.

    `alpha` is two-sided. Raises BadSeries where an option belongs to the flexible method alone, or a population is
    wanted and the panel has none. What else is asked for and told: see `farrington_flexible`.
    """
    control = control or FarringtonControl()
    fits = {"noPeriods": control.noPeriods == 1, "thresholdMethod": control.thresholdMethod == "delta"}
    for name, is_fit in fits.items():
        if not is_fit:
            raise BadSeries("option-value", option=name, value=str(getattr(control, name)))
    return _judged(panel, Judge(control, original=True))


def farrington_flexible(panel: Panel, control: FarringtonControl | None = None) -> Signals:
    """The method of Noufaily, Enki, Farrington, Garthwaite, Andrews, Charlett (2013), Statist. Med. 32, 1206-1222.

    `alpha` is one-sided. An alarm is a count above `upperbound`, with `limit54` cases in the last steps (below it,
    the note few-cases). Notes where there is no answer: short-history (b years are not there), gap-in-history (too
    few weeks seen), no-fit; and empty-history where `empty` answers, because the point's season never had a case.
    `extra`: dispersion, trend (1 kept), weeks of history, score = (observed - expected) / (bound - expected).
    Raises BadSeries where a population is wanted and the panel has none.
    """
    return _judged(panel, Judge(control or FarringtonControl(), original=False))


def _judged(panel: Panel, judge: Judge) -> Signals:
    control = judge.control
    if control.by_population and panel.population is None:
        raise BadSeries("option-value", option="populationOffset", value="no population")
    days = panel.dates.astype("datetime64[D]") if panel.dated else None
    span = control.judged(panel, _first(panel, days, control))
    found = Prediction.none(len(panel.names), span[1] - span[0])
    for history, places in _alike(range(*span), panel, days, control):
        for who, at in _portions(len(panel.names), places, len(history.rows)):
            found.put((who, at - span[0]), _predicted(panel, judge, history, who, at))
    return _told(panel, judge, span, found)


def _predicted(panel: Panel, judge: Judge, history: Baseline, who: Places, at: Places) -> Prediction:
    """What the past says of some points, each a series `who` at a time `at`."""
    rows = at[:, None] + history.rows
    counts = panel.observed[who[:, None], rows]
    if not judge.control.by_population or panel.population is None:
        return judge.predict(history, counts, None, None)
    return judge.predict(history, counts, panel.population[who[:, None], rows], panel.population[who, at])


def _first(panel: Panel, days: Days, control: FarringtonControl) -> int:
    """The first point with a whole history; the length of the series if there is none."""
    most = len(panel.dates)
    places = range(min(control.b * panel.frequency, most), most)
    return next((at for at in places if _history(at, panel, days, control)), most)


def _history(at: int, panel: Panel, days: Days, control: FarringtonControl) -> Baseline | None:
    return baseline(at, days, panel.frequency, control.b, control.w, control.noPeriods, control.left_out)


def _alike(
    span: range, panel: Panel, days: Days, control: FarringtonControl
) -> Iterator[tuple[Baseline, Places]]:
    """The points of time that have a whole history, by the pattern of it."""
    patterns: dict[bytes, tuple[Baseline, list[int]]] = {}
    for at in span:
        history = _history(at, panel, days, control)
        if history is not None:
            patterns.setdefault(history.pattern, (history, []))[1].append(at)
    for history, places in patterns.values():
        yield history, np.array(places)


def _portions(size: int, places: Places, rows: int) -> Iterator[tuple[Places, Places]]:
    """All pairs of a series and a time, as many at once as there is room for their `rows`."""
    every, together = size * len(places), max(ROOM // (8 * rows), 1)
    for begin in range(0, every, together):
        pairs = np.arange(begin, min(begin + together, every))
        yield pairs // len(places), places[pairs % len(places)]


def _told(panel: Panel, judge: Judge, span: tuple[int, int], found: Prediction) -> Signals:
    """Predictions as signals: bound, probability, the rules of few and of no cases, and why there is no answer."""
    control, observed = judge.control, panel.observed[:, slice(*span)]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        mean = np.exp(found.link)
        bound, probability = _bound(judge, found, observed, mean)
    note = np.full(observed.shape, "", dtype="<U16")
    lost = ~(found.converged > 0) | ~(found.free > 0) | ~np.isfinite(bound)
    bound[lost], note[lost] = np.nan, series.NO_FIT
    note[~(found.free > 0) | ~(found.season_weeks > 0)] = series.GAP
    note[np.isnan(found.weeks)] = series.SHORT
    if not control.as_reference:
        _without_cases(judge, found, observed, (mean, bound, probability), note)
    few = ~_enough(panel, control, span)
    note[few & ~np.isnan(bound)] = series.FEW
    if control.as_reference:
        bound[few & ~np.isnan(bound)] = 0.0 if judge.original else np.nan
    return series.signals(
        panel,
        span,
        bound,
        alarm=(observed > bound) & ~few,
        expected=mean,
        probability=probability,
        note=note,
        dispersion=found.dispersion,
        trend=found.trend,
        weeks=found.weeks,
        score=_score(observed, mean, bound),
    )


def _bound(judge: Judge, found: Prediction, observed: Array, mean: Array) -> tuple[Array, Array]:
    """The bound and the probability of as many cases or more."""
    control = judge.control
    # The method of 1996 takes alpha for both sides together.
    alpha = control.alpha / 2 if judge.original else control.alpha
    if control.thresholdMethod == "delta":
        spread = threshold.normal_spread(mean, found.error * mean, found.dispersion, control.powertrans)
        bound = threshold.normal_bound(mean, spread, alpha, control.powertrans)
        return bound, threshold.normal_tail(observed, mean, spread, control.powertrans)
    if control.thresholdMethod == "muan":
        mean = threshold.upper_mean(found.link, found.error, alpha)
    bound = threshold.binomial_bound(mean, found.dispersion, alpha)
    return bound, threshold.binomial_tail(observed, mean, found.dispersion)


def _without_cases(
    judge: Judge, found: Prediction, observed: Array, told: tuple[Array, Array, Array], note: Words
) -> None:
    """Where the point's own season never had a case, no mean can be fitted: answer by the rule of `empty`."""
    mean, bound, probability = told
    none = (found.season_cases == 0) & (found.season_weeks > 0)
    weeks, alpha = found.season_weeks[none], judge.control.alpha / (2 if judge.original else 1)
    mean[none], bound[none] = empty.mean(weeks), empty.bound(weeks, alpha)
    probability[none] = empty.probability(observed[none], weeks)
    note[none] = series.EMPTY


def _enough(panel: Panel, control: FarringtonControl, span: tuple[int, int]) -> Flags:
    """Whether the last steps of each point, itself included, had the cases that `limit54` asks for.

    A missing step adds nothing; in the reference it makes the sum unknown, and so too small.
    """
    cases, steps = control.limit54
    counts = panel.observed if control.as_reference else np.nan_to_num(panel.observed)
    padded = np.pad(counts, ((0, 0), (steps - 1, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, steps, axis=1)
    return np.asarray(windows[:, slice(*span)].sum(axis=-1) >= cases)


def _score(observed: Array, mean: Array, bound: Array) -> Array:
    """How far from the expected to the bound a count is: above 1 it is beyond."""
    room = bound - mean
    return np.asarray(np.divide(observed - mean, room, out=np.full(room.shape, np.nan), where=room > 0))
