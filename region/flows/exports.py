"""The rows of lists of people that leave: each area's own rows as text, without what identifies anybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from region.accounts.queries import people_named
from region.care.models import Membership
from region.people.questions import ExportRows, ListRow, StaffNames
from region.places.models import Place
from region.quarantine.models import Stay
from region.spine.flow import answers
from region.spine.scope import below, path_of
from region.spine.work import Work
from region.tracing.models import Case, Contact

MODELS: Mapping[str, Any] = {
    "cases": Case,
    "contacts": Contact,
    "stays": Stay,
    "key_people": Membership,
}
"""Which rows make a list, by the codes of the pack."""


@answers(ExportRows)
def rows_of(w: Work, asked: ExportRows) -> list[ListRow]:
    """In the order of their numbers; key people are those who are in a group now, whatever the incident."""
    kind = MODELS[asked.what]
    wanted: Select[Any] = select(kind).join(Place, Place.id == kind.place_id)
    wanted = wanted.where(below(Place.path, path_of(w.session, asked.place) or "-")).order_by(kind.id)
    if kind is Membership:
        wanted = wanted.where(Membership.until.is_(None))
    elif asked.incident is not None:
        wanted = wanted.where(kind.incident_id == asked.incident)
    return [
        ListRow(row.person_id, {name: _text(w, getattr(row, name)) for name in asked.fields})
        for row in w.session.scalars(wanted)
    ]


def _text(w: Work, value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(w.office.clock.zone).strftime("%Y-%m-%d %H:%M")
    return "" if value is None else str(value)


@answers(StaffNames)
def staff_names(w: Work, asked: StaffNames) -> dict[str, tuple[str, str]]:
    """Whoever acts under an account is known to those who read what he did; programs have no name."""
    ids = {int(one[8:]) for one in asked.actors if one.startswith("account:") and one[8:].isdecimal()}
    return {f"account:{id}": (one.name_zh, one.name_en) for id, one in people_named(w, ids).items()}
