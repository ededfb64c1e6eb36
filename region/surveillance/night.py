"""One night's look at all series, pure: tables of counts in, findings out, ranked by false discovery rate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from region.surveillance.detect import methods
from region.surveillance.detect.discovery import discovery
from region.surveillance.detect.reproduction import Serial
from region.surveillance.detect.revisions import implausible
from region.surveillance.detect.scan import Cluster, Scan, haversine, scan
from region.surveillance.detect.series import Array, Flags, Signals
from region.surveillance.found import Found
from region.surveillance.windows import DayTable


@dataclass(frozen=True)
class Judged:
    """What one detector said of the last period of each series of `table`, (series,)."""

    rule: str
    row: Mapping[str, Any]
    table: DayTable
    said: Signals

    @property
    def answered(self) -> int:
        """Series with an answer."""
        return int(self.said.answered.sum())


def judge(rule: str, row: Mapping[str, Any], table: DayTable, known: Array | None = None) -> Judged:
    """Let the method of `row` judge the last period; `known`: (items,), the share of its cases that is in by now."""
    panel = table.panel(int(row["days"]), known)
    last = len(panel.dates)
    options = {name: str(value) for name, value in row["options"].items()}
    return Judged(rule, row, table, methods.detect(panel, str(row["method"]), options, (last - 1, last)))


def findings(
    night: Sequence[Judged], batches: Mapping[tuple[str, int], bool], facts: dict[str, Any]
) -> list[Found]:
    """The alarms of all detectors, with the false discovery rate over every series that each of them answered for.

    Nothing is hidden: what has too few cases, too high a rate, or is a change of definition (`batches`, by disease and
    place) is kept and pages nobody. A method without a probability pages nobody either, unless its `page` is 1.
    """
    found: list[Found] = []
    for one in night:
        rates = discovery(one.said.probability[:, 0])
        alarms = np.flatnonzero(np.asarray(one.said.alarm[:, 0]))
        found += [_found(one, int(at), rates, batches, facts) for at in alarms]
    return found


def _found(
    one: Judged, at: int, q: Array, batches: Mapping[tuple[str, int], bool], facts: dict[str, Any]
) -> Found:
    item, place = one.table.series(at)
    batch = batches.get((item, place), False)
    observed = float(one.said.observed[at, 0])
    rate = _told(q[at])
    page = float(one.row["page"])
    likely = page >= 1 or (rate is not None and rate < page)
    return Found(
        kind="series",
        rule=one.rule,
        method=str(one.row["method"]),
        stream=one.table.stream,
        item=item,
        place=place,
        day=one.table.day,
        days=int(one.row["days"]),
        observed=observed,
        expected=_told(one.said.expected[at, 0]),
        upper=_told(one.said.upperbound[at, 0]),
        probability=_told(one.said.probability[at, 0]),
        q=rate,
        page=observed >= float(one.row["least"]) and likely and not batch,
        facts=facts | ({"batch": True} if batch else {}),
    )


def _told(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def definitions(table: DayTable, how: Mapping[str, Any]) -> dict[tuple[str, int], bool]:
    """Series whose last day those before cannot have infected: a batch or a new definition, by disease and place."""
    panel = table.panel(1)
    serial = Serial.gamma(float(how["mean"]), float(how["sd"]), 30)
    named: Flags = implausible(panel, serial, float(how["factor"]), int(how["least"]))
    return {table.series(int(at)): True for at in np.flatnonzero(named[:, -1])} if len(panel.dates) else {}


def batches(table: DayTable, named: Mapping[tuple[str, int], bool]) -> list[Found]:
    """The series of `definitions` as findings that say so."""
    return [
        Found(
            kind="definition",
            rule="definition.serial",
            method="renewal",
            stream=table.stream,
            item=item,
            place=place,
            day=table.day,
            days=1,
            observed=float(table.counts[table.items.index(item), table.places.index(place), -1]),
            page=False,
        )
        for item, place in named
    ]


def clusters(table: DayTable, how: Mapping[str, Any], where: Array) -> list[Found]:
    """Clusters in space and time that reach the last day, by disease; `where`: (places, 2), longitude and latitude.

    The permutation model (Kulldorff et al. 2005): it needs no population, and what is usual in a place or on a day of
    the whole region is no cluster.
    """
    known = np.flatnonzero(~np.isnan(where).any(axis=1))
    places, where = [table.places[at] for at in known], where[known]
    distance = haversine(where[:, 1], where[:, 0])
    wanted = Scan(
        model="permutation",
        max_days=int(how["longest"]),
        max_share=float(how["share"]),
        max_radius=float(how["kilometres"]),
        min_cases=int(how["least"]),
        replicates=int(how["replicates"]),
        stop_after=int(how["stop"]),
    )
    found: list[Found] = []
    for number, item in enumerate(table.items):
        counts = table.counts[number, known].astype(np.int64)
        if len(known) and counts[:, -wanted.max_days :].sum() >= wanted.min_cases:
            found += [
                _cluster(one, table, item, places, where)
                for one in scan(counts, distance, wanted).clusters
                if _likely(one) <= float(how["chance"])
            ]
    return found


def _likely(one: Cluster) -> float:
    return one.gumbel if np.isfinite(one.gumbel) else one.p


def _cluster(one: Cluster, table: DayTable, item: str, places: Sequence[int], where: Array) -> Found:
    first = table.day - dt.timedelta(days=table.counts.shape[2] - 1 - one.first)
    centre = one.members[0]
    return Found(
        kind="cluster",
        rule="scan.clusters",
        method="scan",
        stream=table.stream,
        item=item,
        place=places[centre],
        day=table.day,
        days=one.last - one.first + 1,
        observed=float(one.observed),
        expected=one.expected,
        probability=max(_likely(one), 1e-12),
        centre=(float(where[centre, 0]), float(where[centre, 1])),
        radius_km=one.radius,
        facts={"areas": [places[at] for at in one.members], "first": first.isoformat()},
    )
