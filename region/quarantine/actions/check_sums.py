"""The kept counts of a half-day at a place (K26, K27): changed with each check and handling, not counted anew."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from region.quarantine.halves import HalfDay
from region.quarantine.models import Check, CheckSum
from region.quarantine.queries.checklists import watched_since, windows
from region.quarantine.states import PACK
from region.spine import bulk
from region.spine.work import Work

KEY = ("place_id", "day", "half", "realm")
FIGURES = ("due", "done", "late", "abnormal", "handled")
At = tuple[int, dt.date, str]


def count(
    w: Work,
    fresh: Iterable[Mapping[str, Any]],
    stays: Mapping[int, Any],
    corrected: Iterable[tuple[Check, Mapping[str, Any]]],
) -> None:
    """Count checks that are new, and what corrections change.

    Done in its window or late counts for those alone who were due, that is under observation when the window opened;
    what is abnormal counts for everybody.
    """
    found: Counter[tuple[At, str]] = Counter()
    half_days = windows(w)
    for row in fresh:
        at, half = (row["place_id"], row["day"], row["half"]), HalfDay(row["day"], row["half"])
        since = watched_since(stays[row["stay_id"]])
        if since is not None and since <= half_days.opens(half):
            found[at, "done" if row["at"] <= half_days.ends(half) else "late"] += 1
        found[at, "abnormal"] += row["abnormal"]
    for standing, row in corrected:
        at = (standing.place_id, standing.day, standing.half)
        found[at, "abnormal"] += row["abnormal"] - standing.abnormal
        if standing.abnormal and not row["abnormal"]:
            found[at, "handled"] -= handled_in_time(w, standing)
    put(w, found)


def handled_in_time(w: Work, check: Check) -> bool:
    """Whether somebody acted on an abnormal check within the limit of the pack (K27)."""
    return check.handled_at is not None and check.handled_at - check.at <= w.rules.duration(
        PACK, "check.handled"
    )


def put(w: Work, changes: Mapping[tuple[At, str], int]) -> None:
    """Add these changes to the kept counts, in one order, so that two works at once never wait for each other."""
    rows = [
        {
            **dict(zip(KEY, (*at, w.realm), strict=True)),
            **{figure: changes.get((at, figure), 0) for figure in FIGURES},
        }
        for at in sorted({at for (at, _), change in changes.items() if change})
    ]
    bulk.put(w.session, CheckSum, rows, KEY, **dict.fromkeys(FIGURES, bulk.added))
