"""What stands when a file is planned: every place by code, and the outlines to judge new ones by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from region.places.models import Alias, Area, Place, Site
from region.places.queries.tree import current, today
from region.spine.work import Work

MOSTLY = 0.5


@dataclass(frozen=True)
class Standing:
    """One place as it stands; `mine` when the actor may load below and change it."""

    id: int
    code: str
    kind: str
    level: str
    path: str
    parent: int | None
    mine: bool
    geometry: BaseGeometry | None
    values: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Ground:
    """All places in use, and finders among them."""

    places: Sequence[Standing]

    @cached_property
    def by_id(self) -> dict[int, Standing]:
        """Places by id."""
        return {place.id: place for place in self.places}

    @cached_property
    def areas(self) -> list[Standing]:
        """The areas that have an outline."""
        return [place for place in self.places if place.geometry is not None]

    @cached_property
    def _codes(self) -> dict[tuple[str, str], list[Standing]]:
        found: dict[tuple[str, str], list[Standing]] = {}
        for place in self.places:
            found.setdefault((place.kind, place.code), []).append(place)
        return found

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree([place.geometry for place in self.areas if place.geometry is not None])

    def area(self, code: str, level: str = "") -> Standing | None:
        """The area with this code, of this level if given; None when there is none, or more than one."""
        found = [one for one in self._codes.get(("area", code), []) if level in ("", one.level)]
        return found[0] if len(found) == 1 else None

    def site(self, code: str) -> Standing | None:
        """The site with this code."""
        found = self._codes.get(("site", code), [])
        return found[0] if found else None

    def roots(self) -> list[Standing]:
        """The tops of the tree."""
        return [place for place in self.places if place.parent is None]

    def at_level(self, level: str) -> list[Standing]:
        """The areas of a level that have an outline."""
        return [place for place in self.areas if place.level == level]

    def holding(self, shape: BaseGeometry, *, not_level: str = "", level: str = "") -> Standing | None:
        """The smallest area that holds at least half of a shape (or a point); None when none does."""
        best: tuple[float, Standing] | None = None
        for at in self._tree.query(shape, predicate="intersects"):
            area = self.areas[at]
            if area.geometry is None or (level and area.level != level) or area.level == not_level:
                continue
            if shape.area and area.geometry.intersection(shape).area < MOSTLY * shape.area:
                continue
            if best is None or area.geometry.area < best[0]:
                best = (area.geometry.area, area)
        return None if best is None else best[1]

    @cached_property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of all outlines, or None."""
        if not self.areas:
            return None
        west, south, east, north = shapely.total_bounds(np.array([a.geometry for a in self.areas]))
        return float(west), float(south), float(east), float(north)


def ground(w: Work) -> Ground:
    """Everything in use today. Looks beyond the actor's places, so that no code is given twice."""
    paths = w.actor.paths_for(w.rules.roles_that("places.load"))
    with w.beyond_scope("codes and outlines that a new place must not collide with"):
        aliases: dict[int, dict[str, str]] = {}
        for alias in w.session.scalars(select(Alias)):
            aliases.setdefault(alias.place_id, {})[alias.system] = alias.code
        wanted = select(Place, Area, Site).outerjoin(Area, Area.place_id == Place.id)
        wanted = wanted.outerjoin(Site, Site.place_id == Place.id).where(current(today(w)))
        rows = w.session.execute(wanted.order_by(Place.id)).all()
    return Ground([_standing(*row, aliases.get(row[0].id, {}), paths) for row in rows])


def _standing(
    place: Place, area: Area | None, site: Site | None, aliases: dict[str, str], paths: tuple[str, ...]
) -> Standing:
    values: dict[str, Any] = {
        "name_zh": place.name_zh,
        "name_en": place.name_en,
        "valid_from": None if place.valid_from is None else place.valid_from.isoformat(),
        "lang": place.facts.get("lang"),
        "aliases": aliases,
    }
    if area is not None:
        values |= {name: getattr(area, name) for name in ("population", "population_year", "households")}
    if site is not None:
        values |= {"lon": place.lon, "lat": place.lat}
        own = ("type", "crs_source", "phone", "duty_phone", "capacity", "catchment")
        values |= {name: getattr(site, name) for name in own}
    return Standing(
        id=place.id,
        code=place.code,
        kind=place.kind,
        level="" if area is None else area.level,
        path=place.path,
        parent=place.parent_id,
        mine=any(place.path.startswith(path) for path in paths),
        geometry=None if area is None else area.geometry,
        values=values,
    )
