"""The simulation study by which outbreak detectors are compared: Noufaily et al. (2013), Statist. Med. 32, 1206-1222.

42 kinds of weekly series over 12 years, with and without outbreaks. False positive rate: the share of the last 49
weeks with an alarm, no outbreak anywhere. Probability of detection: the share of series in which a week that has
cases of the one outbreak of the last 49 weeks raises an alarm, past outbreaks present.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WEEKS, BASE, CURRENT = (
    624,
    312,
    575,
)  # positions: the past with outbreaks begins at BASE, the judged at CURRENT
PAST_OUTBREAKS, PAST_SIZES = 4, (2, 3, 5, 10)
SIZES = 10  # the current outbreak: k = 1..10, in turn over the series of a scenario
#: level, yearly growth a week, cosine and sine of the season, dispersion; each with and without trend, and with 0, 1
#: and 2 waves a year.
BLOCKS = (
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
)
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Study:
    """Simulated counts (series, week): `quiet` without any outbreak, `struck` with past and current ones;
    `outbreak` the cases of the current one, `size` its k and `scenario` 0..41, by series."""

    quiet: Array
    struck: Array
    outbreak: Array
    size: NDArray[np.int64]
    scenario: NDArray[np.int64]


def means() -> tuple[Array, Array]:
    """The expected counts of the 42 scenarios (42, week), and their dispersions (42)."""
    week = np.arange(1, WEEKS + 1)
    rows, dispersions = [], []
    for level, growth, cosine, sine, dispersion in BLOCKS:
        for trend in (0, 1):
            for waves in (0, 1, 2):
                angle = [2 * np.pi * j * week / 52 for j in range(1, waves + 1)]
                season = sum((cosine * np.cos(a) + sine * np.sin(a) for a in angle), np.zeros(WEEKS))
                rows.append(np.exp(level + trend * growth * week + season))
                dispersions.append(dispersion)
    return np.array(rows), np.array(dispersions)


def study(each: int, seed: int) -> Study:
    """`each` series of every scenario."""
    rng = np.random.default_rng(seed)
    scenario = np.repeat(np.arange(6 * len(BLOCKS)), each)
    mean, dispersion = (values[scenario] for values in means())
    quiet = np.empty(mean.shape)
    for row, (mu, phi) in enumerate(zip(mean, dispersion, strict=True)):
        quiet[row] = rng.poisson(mu) if phi == 1 else rng.negative_binomial(mu / (phi - 1), 1 / phi)
    spread = np.sqrt(dispersion[:, None] * mean)
    struck, outbreak = quiet.copy(), np.zeros(quiet.shape)
    size = 1 + np.arange(len(scenario)) % SIZES
    for row in range(len(scenario)):
        for k in rng.choice(PAST_SIZES, PAST_OUTBREAKS):
            struck[row, :CURRENT] += _cases(rng, spread[row], int(k), BASE, CURRENT)[:CURRENT]
        outbreak[row] = _cases(rng, spread[row], int(size[row]), CURRENT, WEEKS)
    return Study(quiet, struck + outbreak, outbreak, size, scenario)


def _cases(rng: np.random.Generator, spread: Array, k: int, first: int, end: int) -> Array:
    """One outbreak, begun in a week from `first` to before `end`: Poisson(k x spread) cases, log-normal delays.

    Drawn again if it has no case at all: what nobody falls ill of cannot be detected.
    """
    while True:
        begun = int(rng.integers(first, end))
        weeks = begun + np.floor(rng.lognormal(0, 0.5, rng.poisson(k * spread[begun]))).astype(int)
        if (weeks < WEEKS).any():
            return np.bincount(weeks[weeks < WEEKS], minlength=WEEKS).astype(float)


def false_positives(alarm: NDArray[np.bool_], scenario: NDArray[np.int64]) -> Array:
    """The share of judged weeks with an alarm, by scenario (42), from alarms (series, judged week)."""
    return np.array([alarm[scenario == s].mean() for s in range(6 * len(BLOCKS))])


def detections(alarm: NDArray[np.bool_], told: Study) -> Array:
    """The share of outbreaks detected, by scenario and k: (42, SIZES)."""
    found = (alarm & (told.outbreak[:, CURRENT:] > 0)).any(axis=1)
    shape = (6 * len(BLOCKS), SIZES)
    hits, tries = np.zeros(shape), np.zeros(shape)
    np.add.at(hits, (told.scenario, told.size - 1), found)
    np.add.at(tries, (told.scenario, told.size - 1), 1)
    return hits / tries
