"""A zone is declared, regraded or lifted: those inside it are told what they are to do, in numbers."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from region.dispatch.actions.ruled import drafted, give
from region.dispatch.actions.writing import Part
from region.dispatch.models import Directive
from region.dispatch.wording import PACK as DIRECTIVES
from region.places.models import Place
from region.sampling.queries.carers import carers
from region.spine.flow import when
from region.spine.work import Work
from region.zones.actions import declaring
from region.zones.events import ZoneMoved
from region.zones.models import Zone, ZonePlace

TEMPLATES = {"declare": "zone_declared", "regrade": "zone_regraded", "lift": "zone_lifted"}


@when(ZoneMoved, only=lambda told: told.verb in TEMPLATES)
def order_those_inside(w: Work, e: ZoneMoved) -> None:
    """One order to the sites inside, and to the clinics and offices that look after the people of its grids."""
    zone = w.get(Zone, e.zone)
    effective = e.effective or w.now
    token = str(uuid5(NAMESPACE_URL, f"zone/{w.realm}/{zone.id}/{e.verb}/{e.grade}/{effective.isoformat()}"))
    standing = w.session.scalar(select(Directive.id).where(Directive.form_token == token))
    parts = _parts(w, zone)
    if standing is not None or not parts:
        return
    draft = drafted(token, zone.incident_id, TEMPLATES[e.verb], _given(w, zone, e, effective))
    order = give(w, draft, zone.place_id, parts)
    declaring.told_by(w, zone, f"directive:{order.id}")


def _given(w: Work, zone: Zone, e: ZoneMoved, effective: datetime) -> dict[str, object]:
    """What the template says: where, number, grade, from when, how much lies inside; never the zone's own name."""
    place = w.get(Place, zone.place_id)
    given: dict[str, object] = {
        "place": {"zh": place.name_zh, "en": place.name_en},
        "zone": zone.code,
        "from_time": effective.astimezone(w.office.clock.zone),
    }
    if e.verb != "lift":
        grade = w.rules.value(DIRECTIVES, "zone.grades")[e.grade]
        given |= {"grade": dict(grade), "people": zone.people or 0, "sites": zone.sites}
    return given


def _parts(w: Work, zone: Zone) -> list[Part]:
    wanted = select(Place.id, Place.kind).join(ZonePlace, ZonePlace.place_id == Place.id)
    rows = w.session.execute(wanted.where(ZonePlace.zone_id == zone.id)).all()
    sites = {row.id for row in rows if row.kind == "site"}
    homes = [row.id for row in rows if row.kind == "area"]
    for one in carers(w, homes).values():
        sites |= {site for site in (one.clinic, one.office) if site is not None}
    return [Part(site) for site in sorted(sites)]
