"""An infection is counted where it lies: clear days begin anew, and what was to lower the zone falls."""

from __future__ import annotations

from datetime import date

import shapely
from sqlalchemy import or_, select

from region.places.models import Place
from region.spine.errors import Invalid
from region.spine.scope import below
from region.spine.work import Work
from region.zones.actions import clocks
from region.zones.actions.keeping import planned
from region.zones.events import InfectionCounted
from region.zones.models import Zone, ZoneGrade, ZoneInfection, ZonePlace, ZoneReview
from region.zones.states import REVIEW

LIVE = ("drawn", "standing")


def count(
    w: Work, ref: str, day: date, *, place: int | None = None, point: tuple[float, float] | None = None
) -> list[int]:
    """Count an infection (`ref`: ``case:7``) in the zones where it lives or stayed; their ids, new or known.

    By `point` (longitude, latitude, WGS-84) or by `place`: a site by its own point; an area by the zones in which it,
    or any grid of it, lies with the share that the pack names. That is cautious: whoever is known only by his
    community counts in each zone of it. Each infection counts once in a zone, whatever is said of it again.
    """
    w.need("zones.review")
    if (place is None) == (point is None):
        raise Invalid("zone-where", field="place")
    if day > w.office.clock.day(w.now):
        raise Invalid("zone-day-to-come", field="day")
    with w.beyond_scope("an infection counts in every zone it lies in"):
        ids = [zone.id for zone in (_at(w, *point) if point else _around(w, place or 0))]
    known = set(w.session.scalars(select(ZoneInfection.zone_id).where(ZoneInfection.ref == ref)))
    zones = [w.get(Zone, id) for id in ids if id not in known]
    for zone in zones:
        w.session.add(ZoneInfection(zone_id=zone.id, ref=ref, day=day, known_at=w.now))
    if zones:
        w.tell(
            InfectionCounted(
                zones=tuple(zone.id for zone in zones), ref=ref, day=day, place=zones[0].place_id
            )
        )
    for zone in zones:
        if zone.last_infection_on is None or day > zone.last_infection_on:
            zone.last_infection_on, zone.version = day, zone.version + 1
            _begin_anew(w, zone)
    return ids


def _begin_anew(w: Work, zone: Zone) -> None:
    """A standing proposal lapses, and a lowering that was signed for later does not come."""
    waiting = select(ZoneReview).where(ZoneReview.zone_id == zone.id, ZoneReview.state == REVIEW.start)
    for review in w.session.scalars(waiting).all():
        REVIEW.move(w, review, "lapse", place=review.place_id)
        clocks.tell_review(w, review, "lapse")
        clocks.start(w, review)
    row = planned(w, zone)
    if row is None or zone.state != "standing" or zone.declared_at == row.effective_at:
        return
    row.until = row.effective_at
    before = select(ZoneGrade).where(ZoneGrade.zone_id == zone.id, ZoneGrade.until == row.effective_at)
    for held in w.session.scalars(before.where(ZoneGrade.effective_at < row.effective_at)):
        held.until = None
    clocks.tell(w, zone, "keep")


def _at(w: Work, lon: float, lat: float) -> list[Zone]:
    spot = shapely.Point(lon, lat)
    zones = w.session.scalars(select(Zone).where(Zone.state.in_(LIVE)).order_by(Zone.id)).all()
    return [zone for zone in zones if shapely.intersects(zone.geometry, spot)]


def _around(w: Work, id: int) -> list[Zone]:
    place = w.get(Place, id)
    if place.kind == "site" and place.lon is not None and place.lat is not None:
        return _at(w, place.lon, place.lat)
    above = [int(step) for step in place.path.strip("/").split("/")]
    wanted = select(ZonePlace.zone_id).join(Place, Place.id == ZonePlace.place_id).where(Place.kind == "area")
    wanted = wanted.where(or_(below(Place.path, place.path), Place.id.in_(above)))
    return list(
        w.session.scalars(select(Zone).where(Zone.state.in_(LIVE), Zone.id.in_(wanted)).order_by(Zone.id))
    )
