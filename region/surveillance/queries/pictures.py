"""What the pictures of an alert need: weeks with their threshold, cases by onset with the nowcast, R."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import select

from region.places.models import Place
from region.spine.scope import below
from region.spine.work import Work
from region.surveillance.detect import methods, nowcast
from region.surveillance.detect.reproduction import Serial, estimate
from region.surveillance.detect.series import Array, Panel, Signals
from region.surveillance.models import CaseReport
from region.surveillance.queries.alerts import days
from region.surveillance.queries.nights import PACK
from region.surveillance.windows import DayTable

SHOWN_WEEKS = 52
SHOWN_DAYS = 60
LONGEST = 14
"""Days after onset by which a case is taken to be reported."""
FEWEST = 20
"""Cases in the days shown below which there is no nowcast and no R."""
FEWEST_OF_R = 5
"""Cases in a week below which its R would be the prior, and is not drawn."""


def table(w: Work, item: str, place: int, last: dt.date, years: float) -> DayTable:
    """The cards of one disease in one area, as the night would see them."""
    counts = np.array(days(w, item, place, last, int(years * 365.25)), dtype=np.float32)
    told = np.cumsum(counts) > 0
    return DayTable("card", (item,), (place,), last, counts[None, None, :], told)


def judged(given: DayTable, method: str, options: dict[str, str], periods: int, length: int = 7) -> Signals:
    """What a method says of each of the last `periods` periods. Raises BadSeries as `methods.detect` does."""
    panel = given.panel(length)
    last = len(panel.dates)
    return methods.detect(panel, method, options, (max(last - periods, 0), last))


def weekly(w: Work, item: str, place: int, last: dt.date) -> dict[str, Any]:
    """The last 52 rolling weeks: cases, expected, threshold; by the detector with years of history if it answers."""
    rules = w.rules.pack(PACK).values_under("detector")
    for name in ("weekly_flexible", "weekly_recent"):
        row = rules[name].value
        given = table(w, item, place, last, row["years"])
        options = {key: str(value) for key, value in row["options"].items()}
        said = judged(given, row["method"], options, SHOWN_WEEKS)
        if said.answered[0, -1]:
            break
    return {
        "method": row["method"],
        "days": [(last - dt.timedelta(days=7 * n)).isoformat() for n in range(said.observed.shape[1])][::-1],
        "observed": listed(said.observed[0]),
        "expected": listed(said.expected[0]),
        "upper": listed(said.upperbound[0]),
        "alarm": [bool(one) for one in said.alarm[0]],
    }


def listed(values: Array) -> list[float | None]:
    """Numbers for a page, rounded to hundredths; none where there is no answer."""
    return [None if np.isnan(one) else round(float(one), 2) for one in values]


def line_list(w: Work, item: str, place: int, last: dt.date) -> Sequence[CaseReport]:
    """The cards of the last 60 days, the latest first, at most 200."""
    path = w.get(Place, place).path
    wanted = select(CaseReport).where(
        CaseReport.item == item,
        CaseReport.diagnosed_on.between(
            last - dt.timedelta(days=SHOWN_DAYS), last + dt.timedelta(days=SHOWN_DAYS)
        ),
        CaseReport.place_id.in_(select(Place.id).where(below(Place.path, path))),
        CaseReport.state != "void",
    )
    return w.session.scalars(wanted.order_by(CaseReport.diagnosed_at.desc(), CaseReport.id).limit(200)).all()


def by_onset(w: Work, cards: Sequence[CaseReport]) -> dict[str, Any] | None:
    """Cases by day of onset over 60 days, completed for late reports, and R of the completed ones; None below 20."""
    day = w.office.clock.day
    now = day(w.now)
    known = [(one.onset_on, day(one.entered_at)) for one in cards if one.onset_on]
    known = [(onset, told) for onset, told in known if told >= onset and (now - onset).days < SHOWN_DAYS]
    if len(known) < FEWEST:
        return None
    onsets, reports = (np.array([one[at].toordinal() for one in known]) for at in (0, 1))
    first = now.toordinal() - SHOWN_DAYS + 1
    seen = nowcast.triangle(onsets, reports, first=first, now=now.toordinal(), longest=LONGEST)
    found = nowcast.complete(seen)
    middle = np.where(np.isnan(found.mean[0]), found.seen[0], found.mean[0])
    how = w.rules.value(PACK, "definition.serial")
    dates = np.datetime64(now, "D") - np.arange(SHOWN_DAYS)[::-1]
    r = estimate(
        Panel(np.round(middle)[None, :], dates, 365, ("all",)),
        Serial.gamma(float(how["mean"]), float(how["sd"]), 30),
    )
    empty = [None] * (SHOWN_DAYS - r.mean.shape[1])
    sure = np.where(r.cases[0] >= FEWEST_OF_R, 1.0, np.nan)
    return {
        "days": [str(one) for one in dates],
        "seen": listed(found.seen[0]),
        "completed": listed(found.mean[0]),
        "low": listed(found.quantiles[0, :, 0]),
        "high": listed(found.quantiles[0, :, -1]),
        "r": [*empty, *listed(r.mean[0] * sure)],
        "r_low": [*empty, *listed(r.quantiles[0, :, 0] * sure)],
        "r_high": [*empty, *listed(r.quantiles[0, :, -1] * sure)],
    }


def rows_of(w: Work) -> dict[str, Any]:
    """The detectors of the pack by their names."""
    return {name: one.value for name, one in w.rules.pack(PACK).values_under("detector").items()}
