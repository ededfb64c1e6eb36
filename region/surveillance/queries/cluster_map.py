"""Where it is: districts as outlines, the alerts of a day in them, and clusters with their radius; a plain drawing."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from region.places.models import Area, Place
from region.spine.work import Work
from region.surveillance.models import Alert, Signal

WIDTH = 960.0
KM_A_DEGREE = 111.2
SPAN = dt.timedelta(days=13)
"""A day's map shows what was found in the fourteen days that end with it."""


@dataclass(frozen=True)
class Drawn:
    """Paths of outlines; alerts as (alert, x, y); clusters as (signal, x, y, radius); all in units of the picture."""

    height: float
    outlines: list[str]
    alerts: list[tuple[Alert, float, float]]
    clusters: list[tuple[Signal, float, float, float]]


@dataclass(frozen=True)
class Frame:
    """Degrees to units of the picture, true to scale at its middle latitude."""

    west: float
    north: float
    scale: float
    squeeze: float

    @classmethod
    def around(cls, bounds: Sequence[float]) -> Frame:
        """West, south, east, north, as wide as the picture."""
        west, south, east, north = bounds
        squeeze = math.cos(math.radians((south + north) / 2))
        return cls(west, north, WIDTH / max((east - west) * squeeze, 1e-6), squeeze)

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a place is in the picture."""
        return round((lon - self.west) * self.squeeze * self.scale, 1), round(
            (self.north - lat) * self.scale, 1
        )


def drawn(w: Work, day: dt.date) -> Drawn | None:
    """The map of a day; None where no area has an outline."""
    rows = w.session.execute(
        select(Area.geometry).where(Area.level == "district", Area.geometry.is_not(None))
    )
    shapes = [one for (one,) in rows if one is not None]
    if not shapes:
        return None
    bounds = [float(one) for one in shapely.total_bounds(np.array(shapes))]
    frame = Frame.around(bounds)
    height = (bounds[3] - bounds[1]) * frame.scale
    return Drawn(
        round(height, 1),
        [_path(frame, one) for one in shapes],
        _alerts(w, day, frame),
        _clusters(w, day, frame),
    )


def _path(frame: Frame, shape: BaseGeometry) -> str:
    simple = shapely.simplify(shape, 1 / frame.scale)
    rings = [ring.coords for part in shapely.get_parts(simple) for ring in (part.exterior, *part.interiors)]
    drawn = []
    for ring in rings:
        points = [frame.point(*one[:2]) for one in ring]
        drawn.append("M" + "L".join(f"{x} {y}" for x, y in points) + "Z")
    return "".join(drawn)


def _alerts(w: Work, day: dt.date, frame: Frame) -> list[tuple[Alert, float, float]]:
    wanted = (
        select(Alert, Place.lon, Place.lat)
        .join(Place, Place.id == Alert.place_id)
        .where(Alert.first_day <= day, Alert.last_day >= day - SPAN, Alert.state != "dismissed")
        .where(Place.lon.is_not(None), Place.lat.is_not(None))
        .order_by(Alert.score)
    )
    rows = w.session.execute(wanted)
    return [(row, *frame.point(lon, lat)) for row, lon, lat in rows if lon is not None and lat is not None]


def _clusters(w: Work, day: dt.date, frame: Frame) -> list[tuple[Signal, float, float, float]]:
    wanted = select(Signal).where(Signal.kind == "cluster", Signal.day.between(day - SPAN, day))
    latest: dict[tuple[str, int], Signal] = {}
    for one in w.session.scalars(wanted.order_by(Signal.day, Signal.id)):
        latest[one.item, one.place_id] = one
    return [
        (
            one,
            *frame.point(one.longitude, one.latitude),
            round(max((one.radius_km or 0) / KM_A_DEGREE * frame.scale, 18.0), 1),
        )
        for one in latest.values()
        if one.longitude is not None and one.latitude is not None
    ]
