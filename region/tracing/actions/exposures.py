"""Exposure places and who was there when; telling the same again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select

from region.formats.coordinates import to_wgs84
from region.spine.errors import Invalid
from region.spine.work import Work
from region.tracing.actions import determining
from region.tracing.actions.determining import GivenContact, Link
from region.tracing.events import ExposureKept, LinksKept
from region.tracing.models import Case, Contact, ExposurePlace, Visit
from region.tracing.queries.exposures import there
from region.tracing.states import PACK

CAPABILITY = "tracing.trace"
SYSTEMS = ("WGS84", "GCJ02", "BD09")


@dataclass(frozen=True)
class GivenExposure:
    """A place as it is told: `place` is the area it lies in; `point` (longitude, latitude) in the system `crs`."""

    incident: int
    place: int
    kind: str
    name: str
    point: tuple[float, float] | None = None
    crs: str = "WGS84"


def record(w: Work, given: GivenExposure) -> ExposurePlace:
    """Write an exposure place down; one of its kind and name in its area and incident is the same one.

    A point that is told later is kept. Invalid for an empty name, an unknown kind or system, a point beyond the earth.
    """
    w.need(CAPABILITY, given.place)
    name, point = given.name.strip(), _point(given)
    if not name:
        raise Invalid("exposure-unnamed", field="name")
    if given.kind not in w.rules.value(PACK, "exposure_kinds"):
        raise Invalid("exposure-kind-unknown", field="kind")
    row = _known(w, given, name)
    if row is not None and (point is None or point == (row.lon, row.lat)):
        return row
    if row is None:
        where = {"incident_id": given.incident, "place_id": given.place}
        row = w.add(ExposurePlace(**where, kind=given.kind, name=name, recorded_at=w.now))
    row.lon, row.lat = point or (None, None)
    row.crs_source = given.crs
    w.session.flush()
    w.tell(ExposureKept(exposure=row.id, kind=row.kind, place=row.place_id, incident=row.incident_id))
    return row


def _known(w: Work, given: GivenExposure, name: str) -> ExposurePlace | None:
    same = (ExposurePlace.incident_id == given.incident, ExposurePlace.place_id == given.place)
    wanted = select(ExposurePlace).where(*same, ExposurePlace.kind == given.kind, ExposurePlace.name == name)
    return w.session.scalars(wanted).first()


def _point(given: GivenExposure) -> tuple[float, float] | None:
    if given.crs not in SYSTEMS:
        raise Invalid("exposure-point-wrong", field="crs")
    if given.point is None:
        return None
    lon, lat = given.point
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid("exposure-point-wrong", field="lon")
    east, north = to_wgs84(np.array([lon]), np.array([lat]), given.crs)
    return round(float(east[0]), 6), round(float(north[0]), 6)


def visit(
    w: Work, case: Case, where: ExposurePlace, started: datetime, ended: datetime, seat: str = ""
) -> Visit:
    """A case was there from a moment to a moment; the same beginning again changes nothing but a later end.

    Invalid when it ends before it begins, has not come yet, or the place belongs to another incident.
    """
    w.need(CAPABILITY, case.place_id)
    if where.incident_id != case.incident_id:
        raise Invalid("source-unknown", field="exposure")
    if not started < ended <= w.now:
        raise Invalid("visit-times-wrong", field="ended")
    same = (Visit.case_id == case.id, Visit.exposure_place_id == where.id, Visit.started_at == started)
    row = w.session.scalars(select(Visit).where(*same)).first()
    if row is not None and (row.ended_at, row.seat) == (ended, seat[:20]):
        return row
    if row is None:
        row = w.add(Visit(case_id=case.id, exposure_place_id=where.id, started_at=started, ended_at=ended))
    row.ended_at, row.seat = ended, seat[:20]
    w.session.flush()
    w.tell(LinksKept(cases=(case.id,), links=1, place=case.place_id, incident=case.incident_id))
    return row


def link_proposed(w: Work, visit: Visit, contact_ids: Sequence[int]) -> list[Contact]:
    """Those whom the actor picked of the proposed ones become contacts of this visit's case, too, at this place."""
    case = w.get(Case, visit.case_id)
    day = w.office.clock.day(visit.ended_at)
    kind = w.get(ExposurePlace, visit.exposure_place_id).kind
    setting = "vehicle" if kind in w.rules.value(PACK, "vehicle_rules") else "other"
    link = Link(case=case.id, last_on=day, setting=setting, exposure_place=visit.exposure_place_id)
    chosen = [one for one in there(w, visit).contacts if one.id in set(contact_ids)]
    given = [GivenContact(one.person_id, one.place_id, one.category, day, (link,)) for one in chosen]
    return determining.determine(w, given, incident=case.incident_id)
