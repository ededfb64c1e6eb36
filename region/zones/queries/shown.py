"""Zones as people see them: by their clock, one with its history and what is inside, on a map at any past hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
from sqlalchemy import select

from region.accounts.models import Account
from region.accounts.queries import people_named
from region.places.models import Area, Place, Site
from region.places.queries.tree import current, today
from region.spine.errors import Invalid
from region.spine.journal import Entry
from region.spine.work import Work
from region.zones.lowering import DAY
from region.zones.models import Zone, ZoneGrade, ZoneInfection, ZonePlace, ZoneReview
from region.zones.questions import Stopping, StopRule
from region.zones.states import REVIEW, ZONE

ENDED_SHOWN = 14 * DAY
MOST_OFFERED = 2000


@dataclass(frozen=True)
class Listed:
    """A zone in the list, with the proposal that waits, if one does."""

    row: Zone
    review: ZoneReview | None


def listed(w: Work) -> list[Listed]:
    """Zones that live: those with a proposal first, then drafts, then by how long they stand; then those that ended."""
    wanted = select(Zone).where((Zone.state.not_in(ZONE.ends)) | (Zone.since > w.now - ENDED_SHOWN))
    rows = w.session.scalars(wanted.order_by(Zone.since, Zone.id)).all()
    waiting = select(ZoneReview).where(ZoneReview.state == REVIEW.start)
    reviews = {one.zone_id: one for one in w.session.scalars(waiting)}
    found = [Listed(row, reviews.get(row.id)) for row in rows]
    return sorted(
        found, key=lambda one: (one.row.state in ZONE.ends, one.review is None, one.row.state != "drawn")
    )


def history(w: Work, zone: Zone) -> Sequence[ZoneGrade]:
    """Each grade and outline it had or will have, the newest first; what never came to hold is left out."""
    wanted = select(ZoneGrade).where(ZoneGrade.zone_id == zone.id)
    held = wanted.where(ZoneGrade.until.is_(None) | (ZoneGrade.until > ZoneGrade.effective_at))
    return w.session.scalars(held.order_by(ZoneGrade.effective_at.desc(), ZoneGrade.id.desc())).all()


def reviews(w: Work, zone: Zone) -> Sequence[ZoneReview]:
    """All proposals to lower it, the newest first."""
    wanted = select(ZoneReview).where(ZoneReview.zone_id == zone.id)
    return w.session.scalars(wanted.order_by(ZoneReview.id.desc())).all()


def infections(w: Work, zone: Zone) -> Sequence[ZoneInfection]:
    """What was counted in it, the newest day first; references only."""
    wanted = select(ZoneInfection).where(ZoneInfection.zone_id == zone.id)
    return w.session.scalars(wanted.order_by(ZoneInfection.day.desc(), ZoneInfection.ref)).all()


@dataclass(frozen=True)
class Within:
    """A place in a zone: its row there, the place, and what kind of site it is (None: an area)."""

    row: ZonePlace
    place: Place
    type: str | None


def within(w: Work, zone: Zone) -> list[Within]:
    """What lies in it and the reader may know of: grids first, then sites."""
    wanted = select(ZonePlace, Place, Site.type).join(Place, Place.id == ZonePlace.place_id)
    wanted = wanted.outerjoin(Site, Site.place_id == Place.id).where(ZonePlace.zone_id == zone.id)
    rows = w.session.execute(wanted.order_by(Place.kind, Place.code, Place.id)).all()
    return [Within(row[0], row[1], row[2]) for row in rows]


def told_of(w: Work, zone: Zone) -> Sequence[Entry]:
    """What the journal says of it, the newest first."""
    wanted = select(Entry).where(Entry.event == "zones.ZoneMoved", Entry.subject == f"zone:{zone.id}")
    return w.session.scalars(wanted.order_by(Entry.id.desc()).limit(50)).all()


def names(w: Work, actors: Iterable[str | None]) -> dict[str, Account]:
    """The accounts under whose names (``account:7``) somebody acted."""
    ids = {int(one[8:]) for one in actors if one and one.startswith("account:") and one[8:].isdecimal()}
    return {f"account:{id}": account for id, account in people_named(w, ids).items()}


def stopping(w: Work, zone: Zone) -> tuple[Place, Stopping] | None:
    """The stop rule of the region's rounds: of the smallest area around the zone that had rounds in the response."""
    chain = [int(step) for step in w.get(Place, zone.place_id).path.strip("/").split("/")]
    with w.beyond_scope("how many rounds the areas around a zone had, in numbers"):
        for id in reversed(chain):
            found = w.ask(StopRule(id, zone.incident_id))
            if found is None:
                return None
            if found.rounds:
                return w.get(Place, id), found
    return None


def hour(w: Work, text: str) -> datetime:
    """A moment as a person types it: the region's own time, unless it says another; Invalid (``zone-moment-wrong``)."""
    try:
        at = datetime.fromisoformat(text[:40])
        at = at if at.tzinfo else at.replace(tzinfo=w.office.clock.zone)
        return at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid("zone-moment-wrong", field="at") from error


def at_hour(w: Work, at: datetime, zone: int | None = None) -> gpd.GeoDataFrame | None:
    """The zones in force at a moment with the grade and outline they had then: id, grade, names; None for none.

    A draft shows nowhere but when it is asked for by its id.
    """
    wanted = select(Zone.id, Zone.name_zh, Zone.name_en, ZoneGrade.grade, ZoneGrade.geometry)
    wanted = wanted.join(ZoneGrade, ZoneGrade.zone_id == Zone.id).where(ZoneGrade.effective_at <= at)
    wanted = wanted.where(ZoneGrade.until.is_(None) | (ZoneGrade.until > at), ZoneGrade.grade != "low")
    if zone is not None:
        wanted = wanted.where(Zone.id == zone)
    rows: Sequence[Any] = w.session.execute(wanted.order_by(Zone.id)).all()
    if zone is not None and (draft := w.get(Zone, zone)).state == ZONE.start:
        rows = [draft]
    return _frame(rows)


def _frame(rows: Sequence[Any]) -> gpd.GeoDataFrame | None:
    if not rows:
        return None
    columns = ("id", "name_zh", "name_en", "grade")
    facts = [{name: getattr(row, name) for name in columns} for row in rows]
    return gpd.GeoDataFrame(facts, geometry=[row.geometry for row in rows], crs=4326)


def offered(w: Work) -> list[tuple[Place, str]]:
    """Places a zone may be made from, with level or type: grids, communities, estates, and sites with a point."""
    areas = select(Place, Area.level).join(Area, Area.place_id == Place.id)
    areas = areas.where(Area.level.in_(("estate", "grid", "community")), Area.geometry.is_not(None))
    sites = select(Place, Site.type).join(Site, Site.place_id == Place.id).where(Place.lon.is_not(None))
    found: list[tuple[Place, str]] = []
    for wanted in (areas, sites):
        rows = w.session.execute(wanted.where(current(today(w))).order_by(Place.code).limit(MOST_OFFERED))
        found += [(row[0], row[1]) for row in rows]
    return found
