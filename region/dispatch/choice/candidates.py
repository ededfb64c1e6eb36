"""The sites that a choice may mean, read in one query with all that choosing looks at; and the areas it names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, or_, select

from region.places.models import Area, Place, Site
from region.places.queries.tree import current, today
from region.spine.errors import Invalid
from region.spine.scope import below
from region.spine.work import Work

MOST_IN_ONE = 500
"""Databases limit how many values a statement may carry."""


@dataclass(frozen=True)
class Candidate:
    """One site in use: where it lies, and whether an order reaches it."""

    id: int
    path: str
    lon: float | None
    lat: float | None
    connected: bool
    webhook: bool
    dark: bool

    @cached_property
    def above(self) -> frozenset[int]:
        """The ids of the areas that it lies in, and its own."""
        return frozenset(int(step) for step in self.path.strip("/").split("/"))


def candidates(w: Work, *terms: ColumnElement[bool]) -> list[Candidate]:
    """The sites in use within the actor's places that meet these conditions."""
    columns = (Place.id, Place.path, Place.lon, Place.lat)
    reached = (Site.connected_at.is_not(None), Site.webhook_url.is_not(None), Site.dark_since.is_not(None))
    wanted = select(*columns, *reached).join(Site, Site.place_id == Place.id)
    wanted = wanted.where(current(today(w)), *terms)
    return [Candidate(*row[:4], *map(bool, row[4:])) for row in w.session.execute(wanted)]


def by_id(w: Work, sites: Collection[int]) -> list[Candidate]:
    """The sites with these ids; those that are gone or foreign are missing."""
    ids, found = sorted(set(sites)), []
    for at in range(0, len(ids), MOST_IN_ONE):
        found += candidates(w, Place.id.in_(ids[at : at + MOST_IN_ONE]))
    return found


def in_areas(w: Work, areas: Sequence[int]) -> ColumnElement[bool]:
    """The condition of places in any of these areas; Invalid when one is not known here."""
    paths = w.session.scalars(select(Place.path).where(Place.id.in_(areas))).all()
    if len(paths) != len(set(areas)):
        raise Invalid("no-such-area", field="choice.areas")
    return or_(*(below(Place.path, path) for path in paths))


def outline(w: Work, area: int) -> BaseGeometry:
    """The outline of an area; Invalid when it is not known here or has none."""
    found = w.session.scalar(select(Area.geometry).where(Area.place_id == area))
    if found is None:
        raise Invalid("no-such-area", field="choice.around.area")
    return found


def areas_of(w: Work, level: str) -> frozenset[int]:
    """The ids of the areas of a level within the actor's places; Invalid when there are none."""
    wanted = select(Area.place_id).join(Place, Place.id == Area.place_id)
    found = frozenset(w.session.scalars(wanted.where(Area.level == level, current(today(w)))))
    if not found:
        raise Invalid("no-such-level", field="choice.conditions", level=level[:40])
    return found
