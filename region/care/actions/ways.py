"""Protected ways to regular treatment: dialysis on weekdays, a delivery on its day; where, and how one gets there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from region.care.actions import siting, tasks
from region.care.events import CareArranged
from region.care.models import CareRoute, CareTask
from region.care.queries.due import ROUTE
from region.care.states import PACK
from region.spine.errors import Invalid
from region.spine.work import Work


@dataclass(frozen=True)
class Way:
    """A way to treatment: its kind, where, on which weekdays (1 Monday to 7) at what hour, or on which one day."""

    kind: str
    site: int
    weekdays: Sequence[int] = ()
    hour: int | None = None
    due_on: dt.date | None = None
    transport: str = "own"
    note: str = ""
    fallback: int | None = None


def set_way(w: Work, person: int, place: int, way: Way) -> CareRoute:
    """Protect a way, or change the one of its kind; the same again changes nothing.

    Invalid (``no-such-route``, ``no-such-transport``, ``route-days-wrong``, ``fallback-is-the-same``).
    """
    siting.need_for(w, "care.assign", person, place)
    _sound(w, way)
    wanted = select(CareRoute).where(CareRoute.person_id == person, CareRoute.kind == way.kind)
    row = w.session.scalars(wanted).first()
    clinic = siting.serving(w, [place])[place]
    verb = "set" if row is None or row.ended_on is not None else "change"
    if row is None:
        row = CareRoute(realm=w.realm, person_id=person, kind=way.kind)
    row.place_id, row.site_id, row.weekdays = place, way.site, sorted(set(way.weekdays))
    row.hour, row.due_on, row.transport, row.note = way.hour, way.due_on, way.transport, way.note
    row.fallback_id, row.clinic_id = way.fallback, clinic
    row.ended_on = None
    if row.id is not None and not w.session.is_modified(row):
        return row
    w.add(row)
    w.tell(CareArranged(what="route", row=row.id, verb=verb, place=place))
    return row


def _sound(w: Work, way: Way) -> None:
    if way.kind not in w.rules.value(PACK, "route_kinds"):
        raise Invalid("no-such-route", field="kind")
    if way.transport not in w.rules.value(PACK, "transports"):
        raise Invalid("no-such-transport", field="transport")
    if way.fallback == way.site:
        raise Invalid("fallback-is-the-same", field="fallback")
    days = bool(way.weekdays) or way.due_on is not None
    hours = way.hour is None or 0 <= way.hour <= 23
    if not days or not hours or not all(1 <= day <= 7 for day in way.weekdays):
        raise Invalid("route-days-wrong", field="weekdays")


def check(w: Work, row: CareRoute) -> None:
    """Somebody asked both places and the driver today: the way stands. Once a day is enough."""
    siting.need_for(w, "care.do", row.person_id, row.place_id)
    day = w.office.clock.day
    if row.ended_on is not None or (row.checked_at is not None and day(row.checked_at) == day(w.now)):
        return
    row.checked_at, row.checked_by = w.now, w.actor.name
    w.tell(CareArranged(what="route", row=row.id, verb="check", place=row.place_id))


def end(w: Work, row: CareRoute) -> None:
    """A way is not needed any more; its transports that still wait are cancelled. Ended already it stays so."""
    siting.need_for(w, "care.assign", row.person_id, row.place_id)
    if row.ended_on is not None:
        return
    row.ended_on = w.office.clock.day(w.now)
    w.tell(CareArranged(what="route", row=row.id, verb="end", place=row.place_id))
    tasks.end(w, CareTask.ref == f"{ROUTE}{row.id}", "cancel", "not_needed")
