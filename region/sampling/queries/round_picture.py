"""What a round's pages choose from and draw: areas, responses, laboratories; grids and sites as features of a map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from region.incidents.models import Incident
from region.places.models import Area, Place, Site
from region.places.queries.tree import current, today
from region.sampling.models import Round, RoundArea, RoundSite
from region.spine.i18n import pick
from region.spine.work import Work

LEVELS = ("city", "borough", "district", "subdistrict", "community")
MARKS = {"proposed": "signed", "ordered": "owed", "ready": "reported", "open": "working", "closed": "done"}
MOST_AREAS = 4000
"""Above so many areas their outlines are not drawn: sites alone say enough, and browsers stay quick."""
MARGIN = 0.01


def areas_to_plan(w: Work) -> list[Place]:
    """Areas for which the actor may plan a round, the highest first."""
    paths = w.actor.paths_for(w.rules.roles_that("sampling.plan"))
    wanted = select(Place).join(Area, Area.place_id == Place.id).where(current(today(w)))
    found = w.session.scalars(wanted.where(Area.level.in_(LEVELS)).order_by(Place.path).limit(500)).all()
    return [place for place in found if any(place.path.startswith(path) for path in paths)]


def open_incidents(w: Work) -> Sequence[Incident]:
    """Responses under way, the newest first."""
    wanted = select(Incident).where(Incident.closed_at.is_(None)).order_by(Incident.opened_at.desc())
    return w.session.scalars(wanted.limit(20)).all()


def next_number(w: Work, area: int) -> int:
    """One more than the area has rounds."""
    counted = select(func.count()).select_from(Round).where(Round.place_id == area)
    return int(w.session.scalar(counted) or 0) + 1


def laboratories(w: Work) -> list[Any]:
    """Laboratories that can be put down for a round; those of others too, because aid comes from there."""
    wanted = select(Place.id, Place.code, Place.name_zh, Place.name_en).join(Site, Site.place_id == Place.id)
    wanted = wanted.where(Site.type == "laboratory", current(today(w)))
    with w.beyond_scope("aid comes from laboratories of other places"):
        return list(w.session.execute(wanted.order_by(Place.code).limit(300)))


def by_state(sites: Sequence[RoundSite]) -> dict[str, int]:
    """How many sites are in each state."""
    return dict(Counter(site.state for site in sites))


def extent(w: Work, round_: Round) -> tuple[float, float, float, float] | None:
    """West, south, east, north of a round's area, else of its sites; None where nothing has a place."""
    area = w.session.get(Area, round_.place_id)
    if area is not None and area.geometry is not None:
        west, south, east, north = area.geometry.bounds
        return west, south, east, north
    ends = [end(column) for end in (func.min, func.max) for column in (RoundSite.lon, RoundSite.lat)]
    known = w.session.execute(select(*ends).where(RoundSite.round_id == round_.id)).one()
    ends_known = [float(one) for one in known if one is not None]
    if len(ends_known) < len(known):
        return None
    west, south, east, north = ends_known
    return west - MARGIN, south - MARGIN, east + MARGIN, north + MARGIN


def area_rows(w: Work, round_: Round) -> list[dict[str, Any]]:
    """Outlines of the round's areas: `class` 1 where half of the people or more are beyond the walk, 2 some."""
    beyond = Counter[int]()
    for one in round_.plan.get("siting", {}).get("left", []):
        beyond[one["home"]] += one["people"]
    wanted = select(Place.id, Place.name_zh, Place.name_en, Area.level, Area.geometry, RoundArea.due)
    wanted = wanted.join(Area, Area.place_id == Place.id).join(RoundArea, RoundArea.place_id == Place.id)
    wanted = wanted.where(RoundArea.round_id == round_.id, Area.geometry.is_not(None)).order_by(Place.id)
    rows = w.session.execute(wanted.limit(MOST_AREAS + 1)).all()
    if len(rows) > MOST_AREAS:
        return []
    return [
        {
            "id": row.id,
            "level": row.level,
            "name_zh": row.name_zh,
            "name_en": row.name_en,
            "class": 0 if not beyond[row.id] else 1 if 2 * beyond[row.id] >= row.due else 2,
            "geometry": row.geometry,
        }
        for row in rows
    ]


def site_rows(sites: Sequence[RoundSite], lang: str) -> list[dict[str, Any]]:
    """Points of the sites: what stands there, how many people come."""
    unit = pick(lang, "人", "people")
    return [
        {
            "id": site.id,
            "type": "sampling_site",
            "state": MARKS[site.state],
            "name": f"{site.number} · {pick(lang, site.name_zh, site.name_en)} · {site.expected:,} {unit}",
            "lon": site.lon,
            "lat": site.lat,
        }
        for site in sites
    ]
