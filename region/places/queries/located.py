"""Where sites are: an index of their points in the process, made anew when places change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Engine, select
from sqlalchemy.orm import contains_eager

from region.places.models import Place, Site
from region.places.queries.tree import current, today, tree_counter
from region.spine.work import Work


@dataclass(frozen=True)
class Index:
    """All points of sites as they were at a change counter: ids of places beside the tree of their points."""

    counter: int
    ids: np.ndarray[tuple[int], np.dtype[np.int64]]
    tree: shapely.STRtree


_INDEXES: WeakKeyDictionary[Engine, Index] = WeakKeyDictionary()


def index(w: Work) -> Index:
    """The index of all sites, whoever asks; what it finds must go through a scoped query."""
    counter = tree_counter(w)
    held = _INDEXES.get(w.office.engine)
    if held is not None and held.counter == counter:
        return held
    with w.beyond_scope("index of the points of all sites"):
        points = select(Place.id, Place.lon, Place.lat).where(Place.kind == "site", Place.lon.is_not(None))
        rows = w.session.execute(points).all()
    shapes = shapely.points([row.lon for row in rows], [row.lat for row in rows]) if rows else []
    made = Index(counter, np.array([row.id for row in rows], dtype=np.int64), shapely.STRtree(shapes))
    _INDEXES[w.office.engine] = made
    return made


def sites_within(w: Work, polygon: BaseGeometry, *, types: Iterable[str] = ()) -> Sequence[Place]:
    """The sites in use inside a polygon (WGS-84 degrees, its border included), by code, `site` loaded."""
    held = index(w)
    hits = held.ids[held.tree.query(polygon, predicate="intersects")]
    found: list[Place] = []
    kinds = list(types)
    for at in range(0, len(hits), 500):  # databases limit how many values a statement may carry
        some = [int(one) for one in hits[at : at + 500]]
        wanted = select(Place).join(Site).options(contains_eager(Place.site))
        wanted = wanted.where(Place.id.in_(some), current(today(w)))
        found += w.session.scalars(wanted.where(Site.type.in_(kinds)) if kinds else wanted)
    return sorted(found, key=lambda place: (place.code, place.id))
