"""From totals as they were published each day to cases a day: revisions, days without a report, batches.

A published total that falls takes back cases counted before: they leave the days they were counted on, the latest
first, so that no day has fewer than none and the days add up to what is published. A total that jumps higher than
those before could have infected is a batch or a new definition, and no outbreak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from region.surveillance.detect.reproduction import Cori, Serial, estimate, infectivity
from region.surveillance.detect.series import Array, BadSeries, Flags, Panel


@dataclass(frozen=True)
class Played:
    """What was known after the last day: `cases` a day, (series, days), whole, never negative; at first NaN.

    `taken_back`: cases that later totals took from that day. `spread`: days whose number is a share of a later total,
    because nothing was published on them. The first published total is a start, not cases of one day: it is left out.
    """

    cases: Array
    taken_back: Array
    spread: Flags


def daily(totals: ArrayLike) -> Played:
    """Cases a day from published totals, (series, days), NaN where nothing was published. Raises BadSeries."""
    given = np.atleast_2d(np.asarray(totals, dtype=float))
    told = given[~np.isnan(given)]
    if given.ndim != 2 or (told < 0).any() or (told != np.floor(told)).any():
        raise BadSeries("series-counts")
    cases = np.full(given.shape, np.nan)
    back, spread = np.zeros(given.shape), np.zeros(given.shape, dtype=bool)
    last = np.full(len(given), -1)
    for day in range(given.shape[1]):  # over days: each total corrects those before it
        told_today = ~np.isnan(given[:, day])
        new = told_today & (last >= 0)
        step = np.where(new, given[:, day] - given[np.arange(len(given)), last], 0.0)
        for s in np.flatnonzero(new):
            gap = day - last[s]
            each, rest = divmod(max(step[s], 0.0), gap)
            cases[s, last[s] + 1 : day + 1] = each + (np.arange(gap) >= gap - rest)
            spread[s, last[s] + 1 : day + 1] |= gap > 1
        for s in np.flatnonzero(step < 0):
            _take(cases[s], back[s], day, -step[s])
        last[told_today] = day
    return Played(cases, back, spread)


def _take(cases: Array, back: Array, day: int, many: float) -> None:
    """Take `many` cases from the days up to `day`, the latest first; what was in the first total stays there."""
    held = np.nan_to_num(cases[: day + 1])[::-1]
    before = np.cumsum(held) - held
    taken = np.clip(many - before, 0, held)[::-1]
    cases[: day + 1] -= taken
    back[: day + 1] += taken


def implausible(
    panel: Panel, serial: Serial, factor: float = 2.0, least: int = 50, chance: float = 1e-6
) -> Flags:
    """Days whose cases those before them cannot have infected, (series, time): a batch, or a new definition.

    A day is named when its count is above all but `chance` of what `factor` times the R of the week before would
    give (a negative binomial with size 10 around R times the infectivity, as in `forecast`), and that week had at
    least `least` cases: a rise from nothing is an outbreak. Days whose R has no answer are not named.
    """
    days = len(panel.dates)
    found = np.zeros(panel.observed.shape, dtype=bool)
    if days < 10:
        return found
    how = Cori()
    r = estimate(panel, serial, how)
    pressure = infectivity(np.nan_to_num(panel.observed), serial.over(days))
    after = r.last[:-1] + 1  # the day that each window but the last is followed by
    expected = factor * np.maximum(r.mean[:, :-1], 1.0) * pressure[:, after]
    size = 10.0
    most = stats.nbinom.isf(chance, size, size / (size + np.nan_to_num(expected)))
    enough = np.nan_to_num(r.cases[:, :-1]) >= least
    found[:, after] = enough & ~np.isnan(expected) & (np.nan_to_num(panel.observed[:, after]) > most)
    return found
