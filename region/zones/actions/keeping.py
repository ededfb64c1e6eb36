"""What a zone keeps of itself: what lies inside it, and each grade and outline with its time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, or_, select

from region.places.models import Site
from region.spine.work import Work
from region.zones.models import Zone, ZoneGrade, ZonePlace
from region.zones.queries.ground import inside


def see_inside(w: Work, zone: Zone) -> None:
    """Count anew what lies inside: the grids with their share of ground, the sites, the people as far as known."""
    w.session.execute(delete(ZonePlace).where(ZonePlace.zone_id == zone.id))
    with w.beyond_scope("what lies in a zone is counted whole, whoever drew it"):
        found = inside(w, zone.geometry)
    w.session.add_all(
        ZonePlace(zone_id=zone.id, place_id=one.place, share=one.share, people=one.people) for one in found
    )
    known = [one.people for one in found if one.people is not None]
    zone.people = sum(known) if known else None
    zone.sites = _sites(w, [one.place for one in found])


def _sites(w: Work, places: list[int]) -> int:
    wanted = select(Site.place_id).where(Site.place_id.in_(places))
    with w.beyond_scope("how many sites lie in a zone"):
        return len(w.session.scalars(wanted).all())


def write_grade(
    w: Work, zone: Zone, grade: str, effective: datetime, reason: str, review: int | None = None
) -> ZoneGrade:
    """From this moment the zone has this grade and its outline; what was to come after it will not."""
    later = or_(ZoneGrade.until.is_(None), ZoneGrade.until > effective)
    for row in w.session.scalars(select(ZoneGrade).where(ZoneGrade.zone_id == zone.id, later)):
        row.until = max(
            row.effective_at, effective
        )  # one that had not begun never holds: from and until are one
    return w.add(
        ZoneGrade(
            zone_id=zone.id,
            grade=grade,
            geometry=zone.geometry,
            effective_at=effective,
            decided_by=w.actor.name,
            decided_at=w.now,
            review_id=review,
            reason=reason,
            pack_digest=w.rules.pack(zone.pack).digest,
        )
    )


def planned(w: Work, zone: Zone) -> ZoneGrade | None:
    """The grade that was decided and does not hold yet, if any."""
    wanted = select(ZoneGrade).where(ZoneGrade.zone_id == zone.id, ZoneGrade.effective_at > w.now)
    return w.session.scalars(wanted.where(ZoneGrade.until.is_(None))).first()
