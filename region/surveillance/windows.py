"""Counts by disease, place and day, and the series of rolling weeks or days that detectors are given."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from region.surveillance.detect.series import Array, Panel

YEAR = 365.25
"""Days a year."""


@dataclass(frozen=True)
class DayTable:
    """`counts`: cases, (items, places, days), the last day is `day`; `told`: (days,), whether the stream was told yet.

    In the stream of cards a day without a card has none; in the others it is missing: NaN.
    """

    stream: str
    items: tuple[str, ...]
    places: tuple[int, ...]
    day: dt.date
    counts: NDArray[np.float32]
    told: NDArray[np.bool_]

    @property
    def names(self) -> tuple[str, ...]:
        """One for each series, items first: the disease, a slash, the place."""
        return tuple(f"{item}/{place}" for item in self.items for place in self.places)

    def panel(self, days: int, latest: Array | None = None) -> Panel:
        """Sums of `days` days, the last of which ends on `day`; days before anything was told are missing.

        `latest`: (items,), the share of the last period's cases that is known by now; its counts are completed by it.
        """
        periods = self.counts.shape[2] // days
        kept = self.counts[:, :, self.counts.shape[2] - periods * days :]
        sums = kept.reshape(len(self.items), len(self.places), periods, days).sum(axis=3, dtype=float)
        told = self.told[len(self.told) - periods * days :].reshape(periods, days).all(axis=1)
        sums[:, :, ~told] = np.nan
        if latest is not None and periods:
            sums[:, :, -1] = np.round(sums[:, :, -1] / latest[:, None])
        first = self.day - dt.timedelta(days=periods * days - 1)
        dates = np.datetime64(first, "D") + days * np.arange(periods)
        return Panel(
            sums.reshape(-1, periods), dates, round(YEAR / days), self.names, labels=tuple(map(str, dates))
        )

    def series(self, index: int) -> tuple[str, int]:
        """The disease and place of one series of a panel."""
        return self.items[index // len(self.places)], self.places[index % len(self.places)]

    def last(self, days: int) -> DayTable:
        """The latest `days` days alone."""
        return replace(self, counts=self.counts[:, :, -days:], told=self.told[-days:])
