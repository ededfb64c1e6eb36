"""The areas by which the duty desk speaks of sites: a town's name says more than forty names of clinics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select

from region.places.levels import rank
from region.places.models import Area, Place
from region.places.queries.tree import current, today
from region.spine.work import Work

SPOKEN = rank("subdistrict")
"""Sites are grouped by the finest area that is no finer than a sub-district."""


@dataclass(frozen=True)
class AreaName:
    """One area: its place's id and path, how coarse it is, and its name in both languages."""

    id: int
    path: str
    level: str
    zh: str
    en: str
    parent: int | None = None


@dataclass(frozen=True)
class Group:
    """Some sites of one area; `area` is None for sites above every area that the actor knows."""

    area: AreaName | None
    count: int


@dataclass(frozen=True)
class Areas:
    """The areas an actor may see, by id; finer levels than asked for are left out."""

    by_id: dict[int, AreaName] = field(default_factory=dict)

    def spoken(self, path: str) -> AreaName | None:
        """The area that people would name for a place with this path."""
        above = [self.by_id[int(step)] for step in path.strip("/").split("/") if int(step) in self.by_id]
        named = [area for area in above if rank(area.level) <= SPOKEN]
        return named[-1] if named else (above[-1] if above else None)

    def grouped(self, paths: Iterable[str]) -> tuple[Group, ...]:
        """How many of these places lie in each spoken area, the fullest first."""
        counts: dict[AreaName | None, int] = {}
        for path in paths:
            area = self.spoken(path)
            counts[area] = counts.get(area, 0) + 1
        return tuple(Group(area, n) for area, n in sorted(counts.items(), key=lambda one: -one[1]))


def areas(w: Work, finest: str = "subdistrict") -> Areas:
    """The areas in use within the actor's places, down to the level `finest`."""
    wanted = select(Place.id, Place.path, Area.level, Place.name_zh, Place.name_en, Place.parent_id)
    wanted = wanted.join(Area, Area.place_id == Place.id).where(current(today(w)))
    rows = w.session.execute(wanted.order_by(Place.code, Place.id))
    known = (AreaName(row.id, row.path, row.level, row.name_zh, row.name_en, row.parent_id) for row in rows)
    return Areas({area.id: area for area in known if rank(area.level) <= rank(finest)})
