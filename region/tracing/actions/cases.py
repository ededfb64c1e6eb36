"""What happens to a case: it is opened, assigned, investigated, reported and closed, or turns out to be none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from region.spine.errors import Invalid
from region.spine.work import Work
from region.tracing.actions import clocks
from region.tracing.events import CaseChanged, CaseMoved, CaseOpened
from region.tracing.models import Case
from region.tracing.models.cases import FOUND_BY, KINDS
from region.tracing.states import CASE

PLAIN = re.compile(r"[\w.:/+\-]{0,80}", re.ASCII)
"""What a core fact may hold: a code, a number or a date; texts about persons do not belong here."""


def open_case(
    w: Work,
    *,
    person: int,
    incident: int,
    place: int,
    kind: str,
    found_by: str,
    community: bool,
    day: date,
    found_at: datetime,
    sampled_at: datetime | None = None,
    diagnosed_at: datetime | None = None,
    onset_on: date | None = None,
    ref: str | None = None,
) -> Case:
    """Make a person a case of an incident, once: who is one already stays as he is, whoever may know of it.

    `place` is where he lives, `day` the region's day of his first confirming positive. The clocks of the card (from
    `diagnosed_at`, when it is known) and of the transfer (from `found_at`) begin. Invalid for codes that there are not,
    and for a day or moment that has not come yet.
    """
    w.need("tracing.open", place)
    with w.beyond_scope("a person is one case of one incident, wherever he lives"):
        wanted = select(Case.id).where(Case.incident_id == incident, Case.person_id == person)
        known = w.session.scalars(wanted).first()
    if known is not None:
        return w.get(Case, known)
    _check(w, kind=kind, found_by=found_by, day=day, onset_on=onset_on)
    case = Case(person_id=person, incident_id=incident, place_id=place, kind=kind, found_by=found_by, ref=ref)
    case.code, case.community, case.day, case.first_day = _code(w, incident), community, day, day
    case.found_at, case.sampled_at = clocks.moment(w, found_at), sampled_at
    case.diagnosed_at, case.onset_on, case.recorded_at = diagnosed_at, onset_on, w.now
    case.facts, case.state, case.since = {}, CASE.start, w.now
    return _opened(w, w.add(case))


def _opened(w: Work, case: Case) -> Case:
    told = CaseOpened(
        case=case.id,
        person=case.person_id,
        kind=case.kind,
        day=case.day,
        community=case.community,
        found=case.found_at,
        place=case.place_id,
        incident=case.incident_id,
    )
    w.tell(told, happened_at=case.found_at)
    clocks.start_case(w, case)
    clocks.start_card(w, case)
    clocks.start_care(w, case)
    w.session.flush()
    return case


def _check(w: Work, *, kind: str, found_by: str, day: date, onset_on: date | None = None) -> None:
    if kind not in KINDS:
        raise Invalid("case-kind-unknown", field="kind")
    if found_by not in FOUND_BY:
        raise Invalid("found-by-unknown", field="found_by")
    today = w.office.clock.day(w.now)
    if day > today or (onset_on is not None and onset_on > today):
        raise Invalid("moment-in-future", field="day")


def _code(w: Work, incident: int) -> str:
    """The next number of the incident; two works at once cross, and the second begins anew."""
    with w.beyond_scope("numbers are given once in an incident"):
        known = w.session.scalar(select(func.count()).select_from(Case).where(Case.incident_id == incident))
    return f"C{incident}-{(known or 0) + 1:04d}"


def assign(w: Work, case: Case, to: str, *, at: datetime | None = None) -> None:
    """Give a case to an investigator (his login): the clocks of core facts and report begin.

    Giving it on to another before the core facts are known does not stop those clocks.
    """
    if not to.strip():
        raise Invalid("nobody-named", field="to")
    if case.state in ("assigned", "core_known"):
        w.need("tracing.assign", case.place_id)
        if case.assigned_to != to:
            case.assigned_to, case.version = to, case.version + 1
            _changed(w, case, "assigned_to")
        return
    began = clocks.moment(w, at)
    _move(w, case, "assign")
    case.assigned_to, case.assigned_at = to.strip()[:80], began
    case.core_due_at = began + clocks.limit(w, case.incident_id, "clock.investigation_core")
    case.report_due_at = began + clocks.limit(w, case.incident_id, "clock.investigation_report")
    _moved(w, case, "assign", began)


def save_core(w: Work, case: Case, facts: Mapping[str, Any], *, at: datetime | None = None) -> None:
    """Save core facts (codes, numbers, dates); the first time stops their clock, later ones add to them."""
    kept = {name: _plain(name, value) for name, value in facts.items() if value not in (None, "")}
    if case.state in ("core_known", "reported"):
        w.need("tracing.investigate", case.place_id)
        if {**case.facts, **kept} != case.facts:
            case.facts, case.version = {**case.facts, **kept}, case.version + 1
            _changed(w, case, "facts")
        return
    known = clocks.moment(w, at)
    _move(w, case, "save_core")
    case.facts, case.core_at = {**case.facts, **kept}, known
    _moved(w, case, "save_core", known)


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple) and all(
        isinstance(one, str) and PLAIN.fullmatch(one) for one in value
    ):
        return list(value)
    if isinstance(value, bool | int | float) or (isinstance(value, str) and PLAIN.fullmatch(value)):
        return value
    raise Invalid("fact-not-plain", field=name)


def report(w: Work, case: Case, *, at: datetime | None = None) -> None:
    """The report of the investigation is written."""
    known = clocks.moment(w, at)
    _move(w, case, "report")
    case.report_at = known
    _moved(w, case, "report", known)


def close(w: Work, case: Case) -> None:
    """Nothing is left to find out."""
    _move(w, case, "close")
    _moved(w, case, "close", w.now)


def void(w: Work, case: Case) -> None:
    """It was no case: it counts nowhere any more, and the day that it was counted on is marked as revised."""
    _move(w, case, "void")
    case.revised_at = w.now
    _moved(w, case, "void", w.now)


def send_card(w: Work, case: Case, *, at: datetime | None = None) -> None:
    """The report card was submitted; the first time holds."""
    w.need("tracing.investigate", case.place_id)
    if case.card_at is None:
        case.card_at, case.card_late_at, case.version = clocks.moment(w, at), None, case.version + 1
        _changed(w, case, "card", case.card_at)


def arrive_in_care(w: Work, case: Case, where: int | None, *, at: datetime | None = None) -> None:
    """He arrived in the hospital or shelter `where`; the first time holds (K08)."""
    w.need("tracing.trace", case.place_id)
    if case.care_at is None:
        case.care_at, case.care_late_at = clocks.moment(w, at), None
        case.care_place_id, case.version = where, case.version + 1
        _changed(w, case, "care", case.care_at)


def correct(
    w: Work,
    case: Case,
    *,
    kind: str | None = None,
    day: date | None = None,
    community: bool | None = None,
    found_by: str | None = None,
    onset_on: date | None = None,
    diagnosed_at: datetime | None = None,
) -> None:
    """Put facts right; another day or another finding revises the days that they count on."""
    w.need("tracing.investigate", case.place_id)
    given = {"kind": kind, "day": day, "community": community, "found_by": found_by, "onset_on": onset_on}
    given["diagnosed_at"] = diagnosed_at
    other = {name: it for name, it in given.items() if it is not None and it != getattr(case, name)}
    if not other:
        return
    _check(
        w,
        kind=kind or case.kind,
        found_by=found_by or case.found_by,
        day=day or case.day,
        onset_on=onset_on,
    )
    if other.keys() & {"day", "community"} or "suspected" in (
        other.get("kind"),
        "kind" in other and case.kind,
    ):
        case.revised_at = w.now  # who is only suspected counts on no day
    for name, value in other.items():
        setattr(case, name, value)
    if "diagnosed_at" in other:
        clocks.start_card(w, case)
    case.version += 1
    for name in sorted(other):
        _changed(w, case, name)


def _move(w: Work, case: Case, verb: str) -> None:
    CASE.move(w, case, verb, place=case.place_id)


def _moved(w: Work, case: Case, verb: str, at: datetime) -> None:
    told = CaseMoved(case=case.id, verb=verb, place=case.place_id, incident=case.incident_id)
    w.tell(told, happened_at=at)
    clocks.start_case(w, case)


def _changed(w: Work, case: Case, what: str, at: datetime | None = None) -> None:
    told = CaseChanged(case=case.id, what=what, place=case.place_id, incident=case.incident_id)
    w.tell(told, happened_at=at)
