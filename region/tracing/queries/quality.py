"""Twelve work-lists of what is wrong or missing in the records of tracing, each leading to the record to mend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from region.spine.work import Work
from region.tracing.models import Case, Contact, ContactLink, ExposurePlace, Infection, TraceLetter, Visit
from region.tracing.queries import listing
from region.tracing.states import CONTACT, LETTER

Rules = Callable[[datetime], list[ColumnElement[bool]]]
TARGET = 5.0
"""Fewer items than this per 1,000 records (K42)."""


@dataclass(frozen=True)
class WorkList:
    """One kind of fault: of which rows, since when each stands (its age), and which rows have it at a moment."""

    kind: type[Any]
    since: Any
    rules: Rules
    page: str
    """The endpoint of the record's own page."""


@dataclass(frozen=True)
class Counted:
    """How many rows stand on a list, and since when the oldest of them; None for an empty list."""

    code: str
    items: int
    oldest: datetime | None


@dataclass(frozen=True)
class Quality:
    """All lists, and the records (cases, contacts) that they are measured by."""

    lists: list[Counted]
    records: int

    @property
    def per_thousand(self) -> float | None:
        """Open items per 1,000 records (K42); None without records."""
        return 1000 * sum(one.items for one in self.lists) / self.records if self.records else None


def _of_case(since: Any, *rules: ColumnElement[bool]) -> WorkList:
    return WorkList(Case, since, lambda _: [Case.state != "void", *rules], "cases.show")


def _of_contact(since: Any, rules: Rules) -> WorkList:
    lives = Contact.state.not_in(CONTACT.ends)
    return WorkList(Contact, since, lambda at: [lives, *rules(at)], "contacts.show")


def _has(kind: Any, *rules: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(kind).where(*rules).exists()


def _exposed_by_a_case() -> ColumnElement[bool]:
    """He was a contact of a known case before he became one himself."""
    mine = (Contact.person_id == Case.person_id, Contact.incident_id == Case.incident_id)
    linked = ContactLink.case_id.is_not(None) & (ContactLink.case_id != Case.id)
    joined = select(ContactLink.id).join(Contact, Contact.id == ContactLink.contact_id)
    return joined.where(*mine, linked).correlate(Case).exists()


def _twice() -> ColumnElement[bool]:
    """Another open row is of the same person, or he is a case already and was not converted."""
    other = aliased(Contact)
    same = (other.person_id == Contact.person_id, other.incident_id == Contact.incident_id)
    again = select(other.id).where(*same, other.id != Contact.id, other.state.not_in(CONTACT.ends)).exists()
    ill = (Case.person_id == Contact.person_id, Case.incident_id == Contact.incident_id, Case.state != "void")
    return or_(again, _has(Case, *ill))


def _late(at: datetime) -> list[ColumnElement[bool]]:
    core = and_(Case.core_at.is_(None), Case.core_due_at < at)
    report = and_(Case.report_at.is_(None), Case.report_due_at < at)
    return [Case.state.in_(("assigned", "core_known")), or_(core, report)]


def _waits_too_long(at: datetime) -> list[ColumnElement[bool]]:
    return [Contact.state == "landed", Contact.control == "awaiting", Contact.transfer_due_at < at]


LISTS: dict[str, WorkList] = {
    "case_without_onset": _of_case(Case.recorded_at, Case.kind == "confirmed", Case.onset_on.is_(None)),
    "onset_after_positive": _of_case(Case.recorded_at, Case.onset_on > Case.day),
    "case_without_source": _of_case(
        Case.recorded_at, ~_has(Infection, Infection.case_id == Case.id), _exposed_by_a_case()
    ),
    "case_without_contacts": _of_case(
        Case.core_at, Case.core_at.is_not(None), ~_has(ContactLink, ContactLink.case_id == Case.id)
    ),
    "investigation_late": WorkList(
        Case, case((Case.core_at.is_(None), Case.core_due_at), else_=Case.report_due_at), _late, "cases.show"
    ),
    "contact_without_link": _of_contact(
        Contact.determined_at, lambda _: [~_has(ContactLink, ContactLink.contact_id == Contact.id)]
    ),
    "contact_twice": _of_contact(Contact.determined_at, lambda _: [_twice()]),
    "exposed_later": _of_contact(
        Contact.determined_at,
        lambda _: [
            _has(
                ContactLink,
                ContactLink.contact_id == Contact.id,
                ContactLink.last_on > Contact.last_exposure_on,
            )
        ],
    ),
    "control_missing": _of_contact(
        Contact.control_due_at, lambda at: [Contact.controlled_at.is_(None), Contact.control_due_at < at]
    ),
    "transfer_late": _of_contact(Contact.transfer_due_at, _waits_too_long),
    "exposure_without_time": WorkList(
        ExposurePlace,
        ExposurePlace.recorded_at,
        lambda _: [~_has(Visit, Visit.exposure_place_id == ExposurePlace.id)],
        "exposures.show",
    ),
    "letter_unanswered": WorkList(
        TraceLetter,
        TraceLetter.due_at,
        lambda at: [TraceLetter.state.not_in(LETTER.ends), TraceLetter.due_at < at],
        "letters.show",
    ),
}
"""In the order of the page. Quarantine reckoned from too early a day shows as ``exposed_later``."""


def _where(code: str, incident: int, at: datetime) -> list[ColumnElement[bool]]:
    one = LISTS[code]
    return [one.kind.incident_id == incident, *one.rules(at)]


def counted(w: Work, incident: int) -> Quality:
    """Each list's number and oldest item now, for what the actor may know of; one question a list."""
    lists = []
    for code, one in LISTS.items():
        wanted = select(func.count(), func.min(one.since)).select_from(one.kind)
        items, oldest = w.session.execute(wanted.where(*_where(code, incident, w.now))).one()
        lists.append(Counted(code, int(items), oldest))
    kinds = (
        select(func.count()).select_from(kind).where(kind.incident_id == incident) for kind in (Case, Contact)
    )
    return Quality(lists, sum(int(w.session.scalar(one) or 0) for one in kinds))


def items(w: Work, code: str, incident: int, after: str = "") -> listing.Page:
    """The rows of one list, the oldest first, fifty at once."""
    one = LISTS[code]
    return listing.by_clock(w, one.kind, one.since, _where(code, incident, w.now), after)
