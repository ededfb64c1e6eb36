"""Determining contacts, many at once: who is new begins, who is known keeps his links and is raised where due."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from region.incidents.models import Incident
from region.spine import bulk
from region.spine.errors import Invalid
from region.spine.work import Work
from region.tracing.actions import clocks, contacts
from region.tracing.events import ContactsDetermined, LinksKept
from region.tracing.models import Case, Contact, ContactLink
from region.tracing.models.contacts import CATEGORIES, FROM
from region.tracing.queries.schedules import goes_to_site
from region.tracing.states import CONTACT, PACK

AT_ONCE = 5000
"""So many ids in one question."""


@dataclass(frozen=True)
class Link:
    """What made somebody a contact: a `case`, or another contact (`via`); when, and how (a setting of the pack)."""

    case: int | None = None
    via: int | None = None
    first_on: date | None = None
    last_on: date | None = None
    setting: str = "other"
    exposure_place: int | None = None
    note: str = ""


@dataclass(frozen=True)
class GivenContact:
    """One person as an investigator, a list or another district names him; `place` answers for him."""

    person: int
    place: int
    category: str
    last_exposure: date
    links: Sequence[Link] = ()
    came_from: str = "us"
    determined_at: datetime | None = None


def determine(w: Work, given: Sequence[GivenContact], *, incident: int) -> list[Contact]:
    """Make persons contacts of an incident; the same list twice changes nothing. Gives one for each person in scope.

    Who waits or is under control already keeps his row: new links are added, and a stricter category or a later
    exposure reclassifies him. Who was let go begins a new episode when he was exposed again after that, or when he
    comes back from others. Invalid for codes that there are not, and sources that the actor may not know of.
    """
    for place in sorted({one.place for one in given}):
        w.need("tracing.trace", place)
    _check(w, given, incident)
    once = {one.person: one for one in reversed(given)}
    known = _newest(w, incident, list(once))
    fresh = [one for one in once.values() if _begins(w, one, known.get(one.person))]
    _add(w, fresh, {person: row.episode for person, row in known.items()}, incident)
    found = {row.person_id: row for row in _rows(w, incident, list(once))}
    _link(w, given, found)
    _announce(w, [found[one.person] for one in fresh if one.person in found], incident)
    begun = {id(one) for one in fresh}
    _raise(w, [one for one in given if id(one) not in begun], found)
    return [found[one.person] for one in reversed(list(once.values())) if one.person in found]


def _check(w: Work, given: Sequence[GivenContact], incident: int) -> None:
    today = w.office.clock.day(w.now)
    settings = set(w.rules.value(PACK, "settings"))
    for one in given:
        if one.category not in CATEGORIES:
            raise Invalid("category-unknown", field="category")
        if one.came_from not in FROM:
            raise Invalid("origin-unknown", field="came_from")
        if one.last_exposure > today:
            raise Invalid("moment-in-future", field="last_exposure")
        clocks.moment(w, one.determined_at)
        if not {link.setting for link in one.links} <= settings:
            raise Invalid("setting-unknown", field="setting")
    _check_sources(w, Case, incident, {link.case for one in given for link in one.links} - {None})
    _check_sources(w, Contact, incident, {link.via for one in given for link in one.links} - {None})


def _check_sources(w: Work, kind: Any, incident: int, ids: set[Any]) -> None:
    found: set[int] = set()
    for page in _pages(sorted(ids)):
        wanted = select(kind.id).where(kind.incident_id == incident, bulk.among(w.session, kind.id, page))
        found.update(w.session.scalars(wanted))
    if ids - found:
        raise Invalid("source-unknown", field="links")


def _pages(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE))


def _newest(w: Work, incident: int, persons: Sequence[int]) -> dict[int, Any]:
    """The newest episode of each, as plain columns, whoever answers for him."""
    columns = (Contact.person_id, Contact.episode, Contact.state, Contact.ended_at)
    found: dict[int, Any] = {}
    with w.beyond_scope("a person is a contact of an incident once, wherever he is"):
        for page in _pages(sorted(persons)):
            mine = (Contact.incident_id == incident, bulk.among(w.session, Contact.person_id, page))
            rows = w.session.execute(select(*columns).where(*mine).order_by(Contact.episode))
            found.update({row.person_id: row for row in rows})
    return found


def _rows(w: Work, incident: int, persons: Sequence[int]) -> list[Contact]:
    """Their newest episodes that the actor may know of, later ones last."""
    found: list[Contact] = []
    for page in _pages(sorted(persons)):
        mine = (Contact.incident_id == incident, bulk.among(w.session, Contact.person_id, page))
        found += w.session.scalars(select(Contact).where(*mine).order_by(Contact.episode, Contact.id))
    return found


def _begins(w: Work, one: GivenContact, known: Any) -> bool:
    if known is None:
        return True
    if known.state not in CONTACT.ends:
        return False
    if known.state == "pushed" and one.came_from == "to_us":
        return True
    return bool(one.last_exposure > w.office.clock.day(known.ended_at))


def _add(w: Work, fresh: Sequence[GivenContact], episodes: dict[int, int], incident: int) -> None:
    control = clocks.limit(w, incident, "clock.contact_control")
    transfer = clocks.limit(w, incident, "clock.contact_transfer")
    away = {category: goes_to_site(w, incident, category) for category in {one.category for one in fresh}}
    rows = []
    for one in sorted(fresh, key=lambda one: one.person):
        at = one.determined_at or w.now
        due = {
            "transfer_due_at": at + transfer if away[one.category] else None,
            "control_due_at": at + control,
        }
        whose = {"incident_id": incident, "person_id": one.person, "place_id": one.place, "realm": w.realm}
        what = {"category": one.category, "came_from": one.came_from, "last_exposure_on": one.last_exposure}
        when = {"determined_at": at, "determined_by": w.actor.name, "state": CONTACT.start, "since": at}
        rows.append(
            {"episode": episodes.get(one.person, 0) + 1, "version": 1} | whose | what | when | due,
        )
    for page in _pages(rows):
        bulk.add_telling(w.session, Contact, page, Contact.id)


def _announce(w: Work, fresh: Sequence[Contact], incident: int) -> None:
    """Tell of those who are new, one event for each category, and start their clocks."""
    if not fresh:
        return
    with w.beyond_scope("where the incident lies"):
        where = w.session.scalar(select(Incident.place_id).where(Incident.id == incident))
    for category in sorted({one.category for one in fresh}):
        these = [one for one in fresh if one.category == category]
        places = {one.place_id for one in these}
        place = places.pop() if len(places) == 1 else where
        ids = tuple(one.id for one in these)
        w.tell(ContactsDetermined(contacts=ids, category=category, place=place, incident=incident))
    clocks.start_contacts(w, fresh)


def _link(w: Work, given: Sequence[GivenContact], found: dict[int, Contact]) -> None:
    """Keep each link once for contact and source."""
    links = [(found[one.person].id, link, one) for one in given if one.person in found for link in one.links]
    there: set[tuple[Any, ...]] = set()
    for page in _pages(sorted({id for id, _, _ in links})):
        of = select(ContactLink.contact_id, ContactLink.case_id, ContactLink.via_id)
        there.update(
            map(tuple, w.session.execute(of.where(bulk.among(w.session, ContactLink.contact_id, page))))
        )
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for id, link, one in links:
        key = (id, link.case, link.via)
        if key not in there:
            rows.setdefault(key, _link_row(w, id, link, one.last_exposure))
    for rows_page in _pages(list(rows.values())):
        bulk.add_missing(w.session, ContactLink, rows_page)
    if rows:
        cases = tuple(sorted({case for _, case, _ in rows if case is not None}))
        row = next(iter(found.values()))
        w.tell(LinksKept(cases=cases, links=len(rows), place=row.place_id, incident=row.incident_id))


def _link_row(w: Work, contact: int, link: Link, last: date) -> dict[str, Any]:
    return {
        "realm": w.realm,
        "contact_id": contact,
        "case_id": link.case,
        "via_id": link.via,
        "first_on": link.first_on,
        "last_on": link.last_on or last,
        "setting": link.setting,
        "exposure_place_id": link.exposure_place,
        "note": link.note,
    }


def _raise(w: Work, again: Sequence[GivenContact], found: dict[int, Contact]) -> None:
    """Who is named again under a stricter category, or with a later exposure, is reclassified; never the other way."""
    for one in again:
        row = found.get(one.person)
        if row is None or row.state in CONTACT.ends:
            continue
        stricter = CATEGORIES.index(one.category) < CATEGORIES.index(row.category)
        category = one.category if stricter else row.category
        last = max(one.last_exposure, row.last_exposure_on)
        if (category, last) != (row.category, row.last_exposure_on):
            contacts.reclassify(w, row, category, last)
