"""Small panels for the tests of the detectors, drawn from a seed."""

from __future__ import annotations

import numpy as np

from region.surveillance.detect.series import Panel


def panel(rows: list[list[float]], frequency: int = 52) -> Panel:
    """These counts as series s0, s1 … on plain indices."""
    counts = np.array(rows, dtype=float)
    return Panel(counts, np.arange(counts.shape[1]), frequency, tuple(f"s{i}" for i in range(len(counts))))


def drawn(
    series: int = 6,
    periods: int = 260,
    frequency: int = 52,
    mean: float = 4.0,
    seed: int = 7,
    start: str = "",
) -> Panel:
    """Poisson counts with a yearly wave; from the day `start` in days or weeks, else on plain indices."""
    random = np.random.default_rng(seed)
    wave = 1 + 0.5 * np.sin(2 * np.pi * np.arange(periods) / frequency)
    counts = random.poisson(mean * wave, (series, periods)).astype(float)
    dates: np.ndarray = np.arange(periods)
    if start:
        dates = np.datetime64(start, "D") + np.arange(periods) * (7 if frequency == 52 else 1)
    return Panel(counts, dates, frequency, tuple(f"s{i}" for i in range(series)))
