"""Day counts as one table of numbers, by areas of one level, and how late cards come in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
from sqlalchemy import func, select

from region.places.models import Area, Place
from region.spine.work import Work
from region.surveillance.detect.series import Array
from region.surveillance.models import CaseReport, DayCount
from region.surveillance.windows import DayTable

AT_ONCE = 50_000
FEWEST = 50
"""Cards from which the delay of a disease is learned; with fewer, what is known is taken as all."""
CARD = "card"


def area_of(w: Work, level: str) -> tuple[tuple[int, ...], dict[int, int]]:
    """The areas of a level, and for each place in scope the one that it lies in."""
    wanted = (
        select(Area.place_id, Place.path).join(Place, Place.id == Area.place_id).where(Area.level == level)
    )
    tops = {path: at for at, path in w.session.execute(wanted)}
    lies: dict[int, int] = {}
    for at, path in w.session.execute(select(Place.id, Place.path)):
        parts = path.split("/")[:-1]
        above = ("/".join(parts[:n]) + "/" for n in range(len(parts), 0, -1))
        top = next((tops[one] for one in above if one in tops), None)
        if top is not None:
            lies[at] = top
    return tuple(sorted(tops.values())), lies


def table(w: Work, stream: str, level: str, day: dt.date, days: int) -> DayTable:
    """What the stream counted in the `days` days that end with `day`, by area of `level`."""
    places, lies = area_of(w, level)
    at = {place: index for index, place in enumerate(places)}
    where = {place: at[top] for place, top in lies.items()}
    first = day - dt.timedelta(days=days - 1)
    span = (DayCount.stream == stream) & DayCount.day.between(first, day)
    items = tuple(w.session.scalars(select(DayCount.item).where(span).distinct().order_by(DayCount.item)))
    index = {item: number for number, item in enumerate(items)}
    counts = np.full((len(items), len(places), days), 0.0 if stream == CARD else np.nan, dtype=np.float32)
    wanted = select(DayCount.item, DayCount.place_id, DayCount.day, DayCount.count).where(span)
    begin = first.toordinal()
    for rows in w.session.execute(wanted.execution_options(yield_per=AT_ONCE)).partitions():
        known = [(index[i], where[p], d.toordinal() - begin, n) for i, p, d, n in rows if p in where]
        if known:
            which = np.array(known, dtype=np.int64).T
            places_of = (which[0], which[1], which[2])
            counts[places_of] = np.nan_to_num(counts[places_of])
            np.add.at(counts, places_of, which[3])
    start = w.session.scalar(select(func.min(DayCount.day)).where(DayCount.stream == stream))
    told = np.arange(days) >= ((start or day) - first).days
    return DayTable(stream, items, places, day, counts, told)


def centres(w: Work, places: tuple[int, ...]) -> Array:
    """Longitude and latitude of areas, (places, 2): their own point, else the middle of their outline, else NaN."""
    wanted = select(Place.id, Place.lon, Place.lat, Area.west, Area.east, Area.south, Area.north)
    rows = w.session.execute(wanted.join(Area, Area.place_id == Place.id).where(Place.id.in_(places)))
    found = {at: (lon, lat, west, east, south, north) for at, lon, lat, west, east, south, north in rows}
    return np.array([_centre(found.get(place)) for place in places], dtype=float).reshape(-1, 2)


def _centre(one: tuple[float | None, ...] | None) -> tuple[float, float]:
    lon, lat, west, east, south, north = one or (None,) * 6
    if lon is not None and lat is not None:
        return lon, lat
    if west is None or east is None or south is None or north is None:
        return np.nan, np.nan
    return (west + east) / 2, (south + north) / 2


def known_share(w: Work, items: tuple[str, ...], day: dt.date, period: int, learned: int) -> Array:
    """What share of the cases of the `period` days up to `day` is known by now, (items,), from the delays lately.

    From the cards diagnosed in the `learned` days before, that had at least as long to come in as is asked for.
    """
    now = w.office.clock.day(w.now)
    late = select(CaseReport.item, CaseReport.diagnosed_on, CaseReport.entered_at).where(
        CaseReport.diagnosed_on.between(day - dt.timedelta(days=learned), day - dt.timedelta(days=period)),
        CaseReport.state != "void",
    )
    delays: dict[str, list[int]] = {}
    for item, diagnosed, entered in w.session.execute(late):
        delays.setdefault(item, []).append((w.office.clock.day(entered) - diagnosed).days)
    return np.array([_share(delays, item, (now - day).days, period) for item in items])


def _share(delays: Mapping[str, list[int]], item: str, since: int, period: int) -> float:
    found = np.array(delays.get(item, ()))
    if len(found) < FEWEST:
        return 1.0
    return max(0.2, float(np.mean([(found <= since + ago).mean() for ago in range(period)])))
