"""The loop of the replicates, compiled: the highest ratio of each, over all circles and windows."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numba import njit
from scipy.special import xlogy

from region.surveillance.detect.scan.zones import Zones
from region.surveillance.detect.series import Array, Ints

CELLS = 4_000_000  # windows x circles whose expected cases are held at once


@dataclass(frozen=True)
class Due:
    """What each circle expects in each window: `expected` cases (areas, days), `spans` (first, end), `cases` in all."""

    expected: Array
    zones: Zones
    spans: list[tuple[int, int]]
    cases: int

    @cached_property
    def parts(self) -> int:
        """How many windows are looked at together."""
        return max(1, CELLS // len(self.zones.members))

    @cached_property
    def first(self) -> tuple[Array, Array]:
        """The logarithms of the first windows, kept, since a prospective scan has no others."""
        return self._logs(0)

    def logs(self, at: int) -> tuple[Array, Array]:
        """Of the cases expected inside and outside, each (circles, windows), from window `at` on."""
        return self._logs(at) if at else self.first

    def _logs(self, at: int) -> tuple[Array, Array]:
        part = self.spans[at : at + self.parts]
        due = np.stack([self.zones.total(self.expected[:, a:b].sum(axis=1)) for a, b in part], axis=1)
        return np.log(np.maximum(due, 1e-300)), np.log(np.maximum(self.cases - due, 1e-300))


def highest(batch: Ints, begin: int, due: Due, least: int) -> Array:
    """The maximum of each of a batch, (batch,), from counts (batch, areas, days from `begin`); `least` cases count.

    Only a circle whose last area has a case can be the maximum: without that area it would expect less. The ratio
    is c log c/e for what is inside, and never more than that: the rest is looked up only where this would do.
    """
    c = np.arange(due.cases + 1.0)
    tables = (np.log(np.maximum(c, 1.0)), xlogy(due.cases - c, due.cases - c))
    begins = np.append(np.unique(due.zones.first), len(due.zones.members))
    best = np.zeros(len(batch))
    for at in range(0, len(due.spans), due.parts):
        part = due.spans[at : at + due.parts]
        seen = np.stack([batch[:, :, a - begin : b - begin].sum(axis=2) for a, b in part], axis=2)
        walk = partial(
            _walk, members=due.zones.members, begins=begins, logs=due.logs(at), tables=tables, least=least
        )
        with ThreadPoolExecutor() as pool:  # the loop lets go of the interpreter
            found = list(pool.map(walk, np.array_split(seen, min(os.cpu_count() or 1, len(seen)))))
        best = np.maximum(best, np.concatenate(found))
    return best


@njit(nogil=True, cache=True)
def _walk(
    seen: Ints,
    members: Ints,
    begins: Ints,
    logs: tuple[Array, Array],
    tables: tuple[Array, Array],
    least: int,
) -> Array:
    replicates, areas, windows = seen.shape
    inside, outside = logs
    logarithm, table = tables
    cases = len(table) - 1
    best = np.zeros(replicates)
    some = np.zeros(areas, dtype=np.bool_)
    running = np.zeros(windows, dtype=np.int64)
    for r in range(replicates):
        for area in range(areas):
            some[area] = seen[r, area].any()
        top = 0.0
        for centre in range(len(begins) - 1):
            running[:] = 0
            for at in range(begins[centre], begins[centre + 1]):
                area = members[at]
                if not some[area]:
                    continue
                for w in range(windows):
                    new = seen[r, area, w]
                    if new == 0:
                        continue
                    running[w] += new
                    c = running[w]
                    gain = c * (logarithm[c] - inside[at, w])
                    if c >= least and gain > top:
                        top = max(top, gain + table[c] - (cases - c) * outside[at, w])
        best[r] = top
    return best
