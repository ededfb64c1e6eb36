"""From whom a case may have it: several possible sources are kept, and how likely each is held to be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from region.spine import bulk
from region.spine.errors import Invalid
from region.spine.work import Work
from region.tracing.events import LinksKept
from region.tracing.graph import LIKELY
from region.tracing.models import Case, Infection
from region.tracing.states import PACK

AT_ONCE = 2000


@dataclass(frozen=True)
class Source:
    """`source` may have infected `case`: how likely, how (a setting of the pack), and on which day."""

    case: int
    source: int
    likely: str = "probable"
    setting: str = ""
    on: dt.date | None = None


def keep(w: Work, given: Sequence[Source], *, incident: int) -> int:
    """Write possible sources down; how many are new or other than before: the same again changes nothing.

    Invalid (``likely-unknown``, ``setting-unknown``, ``source-itself``, and ``source-unknown`` for what is no case of
    this incident that the actor may know of).
    """
    _check(w, given)
    places = _cases(w, {one.case for one in given} | {one.source for one in given}, incident)
    for place in sorted({places[one.case] for one in given}):
        w.need("tracing.investigate", place)
    known = _known(w, {one.case for one in given})
    rows = {(one.case, one.source): _row(w, one) for one in given}
    fresh = {key: row for key, row in rows.items() if known.get(key) != row}
    if not fresh:
        return 0
    bulk.put(w.session, Infection, list(fresh.values()), ("case_id", "source_id"))
    _tell(w, fresh, places, incident)
    return len(fresh)


def forget(w: Work, case: Case, source: int) -> None:
    """This was not his source after all."""
    w.need("tracing.investigate", case.place_id)
    wanted = select(Infection).where(Infection.case_id == case.id, Infection.source_id == source)
    row = w.session.scalars(wanted).first()
    if row is not None:
        w.session.delete(row)
        w.tell(LinksKept(cases=(case.id,), links=0, place=case.place_id, incident=case.incident_id))


def _check(w: Work, given: Sequence[Source]) -> None:
    settings = {"", *w.rules.value(PACK, "settings")}
    for one in given:
        if one.likely not in LIKELY:
            raise Invalid("likely-unknown", field="likely")
        if one.setting not in settings:
            raise Invalid("setting-unknown", field="setting")
        if one.case == one.source:
            raise Invalid("source-itself", field="source")


def _cases(w: Work, ids: Collection[int], incident: int) -> dict[int, int]:
    """Where each of these cases lives."""
    known = sorted(ids)
    found: dict[int, int] = {}
    for at in range(0, len(known), AT_ONCE):
        mine = bulk.among(w.session, Case.id, known[at : at + AT_ONCE])
        rows = w.session.execute(select(Case.id, Case.place_id).where(Case.incident_id == incident, mine))
        found |= {row.id: row.place_id for row in rows}
    if len(found) < len(known):
        raise Invalid("source-unknown", field="source")
    return found


def _known(w: Work, cases: Collection[int]) -> dict[tuple[int, int], dict[str, Any]]:
    wanted = select(Infection).where(bulk.among(w.session, Infection.case_id, sorted(cases)))
    columns = ("realm", "case_id", "source_id", "likely", "setting", "on")
    rows = w.session.scalars(wanted)
    return {(row.case_id, row.source_id): {name: getattr(row, name) for name in columns} for row in rows}


def _row(w: Work, one: Source) -> dict[str, Any]:
    said = {"case_id": one.case, "source_id": one.source, "likely": one.likely}
    return said | {"setting": one.setting, "on": one.on, "realm": w.realm}


def _tell(w: Work, fresh: Collection[tuple[int, int]], places: dict[int, int], incident: int) -> None:
    """Told place by place, so that each community learns of its own cases."""
    for place in sorted({places[case] for case, _ in fresh}):
        here = sorted({case for case, _ in fresh if places[case] == place})
        links = sum(1 for case, _ in fresh if places[case] == place)
        w.tell(LinksKept(cases=tuple(here), links=links, place=place, incident=incident))
