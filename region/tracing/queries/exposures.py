"""Exposure places, the route of a case by hours, and who else was at a place at that time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
from sqlalchemy import func, select

from region.spine.work import Work
from region.tracing.models import Case, Contact, ContactLink, ExposurePlace, Visit
from region.tracing.states import CONTACT

MOST = 500


@dataclass(frozen=True)
class Listed:
    """An exposure place with how many visits are known of it, and when the last one ended."""

    row: ExposurePlace
    visits: int
    last: datetime | None


@dataclass(frozen=True)
class There:
    """Who else was there: other cases whose visits overlap, and contacts exposed there that day who lack this case."""

    cases: Sequence[tuple[Visit, Case]]
    contacts: Sequence[Contact]


def listed(w: Work, incident: int) -> list[Listed]:
    """Exposure places of an incident, the one visited last first; those without a time come at the end."""
    last = func.max(Visit.ended_at)
    wanted = select(ExposurePlace, func.count(Visit.id), last).outerjoin(
        Visit, Visit.exposure_place_id == ExposurePlace.id
    )
    mine = wanted.where(ExposurePlace.incident_id == incident).group_by(ExposurePlace.id)
    rows = w.session.execute(mine.order_by(last.is_(None), last.desc(), ExposurePlace.id).limit(MOST))
    return [Listed(row[0], int(row[1]), row[2]) for row in rows]


def visits_at(w: Work, exposure: int) -> Sequence[tuple[Visit, Case]]:
    """Visits of a place by cases that the actor may know of, by their beginning."""
    wanted = select(Visit, Case).join(Case, Case.id == Visit.case_id)
    rows = w.session.execute(wanted.where(Visit.exposure_place_id == exposure).order_by(Visit.started_at))
    return [(row[0], row[1]) for row in rows]


def route(w: Work, case: int) -> Sequence[tuple[Visit, ExposurePlace]]:
    """Where a case was, hour by hour, as far as the actor may know of the places."""
    wanted = select(Visit, ExposurePlace).join(ExposurePlace, ExposurePlace.id == Visit.exposure_place_id)
    rows = w.session.execute(wanted.where(Visit.case_id == case).order_by(Visit.started_at, Visit.id))
    return [(row[0], row[1]) for row in rows]


def there(w: Work, visit: Visit) -> There:
    """Who else was at the place of a visit at that time; contacts are proposed, somebody decides."""
    same = (Visit.exposure_place_id == visit.exposure_place_id, Visit.case_id != visit.case_id)
    overlap = (Visit.started_at < visit.ended_at, Visit.ended_at > visit.started_at)
    met = select(Visit, Case).join(Case, Case.id == Visit.case_id).where(*same, *overlap)
    cases = [(row[0], row[1]) for row in w.session.execute(met.order_by(Visit.started_at))]
    first, last = w.office.clock.day(visit.started_at), w.office.clock.day(visit.ended_at)
    at_place = (
        ContactLink.exposure_place_id == visit.exposure_place_id,
        ContactLink.last_on.between(first, last),
    )
    known = select(ContactLink.contact_id).where(ContactLink.case_id == visit.case_id)
    exposed = select(ContactLink.contact_id).where(*at_place)
    who = (Contact.id.in_(exposed), Contact.id.not_in(known), Contact.state.not_in(CONTACT.ends))
    return There(cases, w.session.scalars(select(Contact).where(*who).order_by(Contact.id).limit(MOST)).all())


def on_map(found: Sequence[Listed]) -> gpd.GeoDataFrame:
    """Places with a point, as the map's layer of sites wants them: watched once a visit of them is known."""
    rows: list[dict[str, Any]] = [
        {
            "id": one.row.id,
            "type": one.row.kind,
            "name_zh": one.row.name,
            "name_en": one.row.name,
            "state": "watch" if one.visits else "none",
        }
        for one in found
        if one.row.lon is not None
    ]
    points = [(one.row.lon, one.row.lat) for one in found if one.row.lon is not None]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    columns = {name: [row[name] for row in rows] for name in ("id", "type", "name_zh", "name_en", "state")}
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(xs, ys), crs="EPSG:4326")
