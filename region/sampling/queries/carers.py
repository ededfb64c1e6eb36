"""Who looks after people where they live: the clinic that serves an area, and the office that helps it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from region.places.models import Place, Site
from region.places.queries.tree import current, today
from region.sampling.states import PACK
from region.spine.work import Work


@dataclass(frozen=True)
class Carers:
    """The sites that answer for one home; None where there is none."""

    clinic: int | None
    office: int | None


def carers(w: Work, homes: Collection[int]) -> dict[int, Carers]:
    """Clinic and office for each of these areas (ids): the ones that serve the smallest area around it.

    A site serves the areas of its catchment, or where it has none the area that it stands in.
    """
    rows = w.session.execute(select(Place.id, Place.path).where(Place.id.in_(homes)))
    paths = {row.id: row.path for row in rows}
    chains = {home: [int(step) for step in path.strip("/").split("/")] for home, path in paths.items()}
    clinics: Sequence[str] = w.rules.value(PACK, "recall.clinics")
    offices: Sequence[str] = w.rules.value(PACK, "recall.offices")
    wanted = select(Place.id, Place.parent_id, Site.type, Site.catchment).join(Site).order_by(Place.code)
    around = {area for chain in chains.values() for area in chain}
    wanted = wanted.where(Place.parent_id.in_(around), Site.type.in_([*clinics, *offices]), current(today(w)))
    sites = w.session.execute(wanted).all()
    return {
        home: Carers(_nearest(sites, chain, clinics), _nearest(sites, chain, offices))
        for home, chain in chains.items()
    }


def _nearest(sites: Sequence[Any], chain: Sequence[int], types: Sequence[str]) -> int | None:
    """Of the sites of these types the one that serves the smallest area of the chain; earlier types go first."""
    depth = {area: n for n, area in enumerate(chain)}
    ranked = [
        (
            max((depth[area] for area in served if area in depth), default=-1),
            -types.index(site.type),
            -n,
            site.id,
        )
        for n, site in enumerate(sites)
        if site.type in types and site.parent_id in depth
        for served in [site.catchment or [site.parent_id]]
    ]
    best = max(ranked, default=None)
    return best[3] if best is not None and best[0] >= 0 else None
