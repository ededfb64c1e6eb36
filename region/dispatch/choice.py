"""Choosing recipients: by area, type of site, a polygon drawn on the map, or by hand; and who cannot be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon
from sqlalchemy import or_, select

from region.dispatch.schemas import Choice
from region.places.models import Place, Site
from region.spine.errors import Invalid
from region.spine.scope import below
from region.spine.work import Work


@dataclass(frozen=True)
class Reach:
    """How the chosen sites can be reached: ids of all, of those not connected yet, and of those known to be dark."""

    sites: tuple[int, ...]
    unconnected: tuple[int, ...]
    dark: tuple[int, ...]

    @property
    def reachable(self) -> int:
        """How many will get it at once."""
        return len(self.sites) - len(set(self.unconnected) | set(self.dark))


def resolve(w: Work, choice: Choice) -> Reach:
    """The chosen sites within the actor's places. Raises Invalid when the polygon is none, or nothing was chosen."""
    if not choice.by_rule and not choice.sites:
        raise Invalid("nobody-chosen", field="choice")
    rows = _by_hand(w, choice.sites) if choice.sites else []
    if choice.by_rule:
        rows = [*rows, *_by_rule(w, choice)]
    found = {row.place_id: row for row in rows}
    ids = tuple(sorted(found))
    return Reach(
        ids,
        tuple(i for i in ids if found[i].connected_at is None and found[i].webhook_url is None),
        tuple(i for i in ids if found[i].dark_since is not None),
    )


def _by_hand(w: Work, sites: Sequence[int]) -> list[Site]:
    rows = list(w.session.scalars(select(Site).where(Site.place_id.in_(sites))))
    lost = sorted(set(sites) - {row.place_id for row in rows})
    if lost:
        raise Invalid("no-such-site", field="choice.sites", sites=lost[:20])
    return rows


def _by_rule(w: Work, choice: Choice) -> list[Site]:
    wanted = select(Site, Place.lon, Place.lat).join(Site.place)
    if choice.types:
        wanted = wanted.where(Site.type.in_(choice.types))
    if choice.areas:
        paths = w.session.scalars(select(Place.path).where(Place.id.in_(choice.areas))).all()
        if len(paths) != len(set(choice.areas)):
            raise Invalid("no-such-area", field="choice.areas")
        wanted = wanted.where(or_(*(below(Place.path, path) for path in paths)))
    rows = w.session.execute(wanted).all()
    if not choice.polygon:
        return [row[0] for row in rows]
    lon = np.array([row[1] if row[1] is not None else np.nan for row in rows], dtype=float)
    lat = np.array([row[2] if row[2] is not None else np.nan for row in rows], dtype=float)
    inside = shapely.contains_xy(_polygon(choice.polygon), lon, lat)
    return [row[0] for row, hit in zip(rows, inside, strict=True) if hit]


def _polygon(corners: tuple[tuple[float, float], ...]) -> Polygon:
    drawn = Polygon(corners) if len(corners) >= 3 else Polygon()
    if drawn.is_empty or not drawn.is_valid or not drawn.area:
        raise Invalid(
            "polygon-crosses-itself" if len(corners) >= 3 else "polygon-too-small", field="choice.polygon"
        )
    return drawn
