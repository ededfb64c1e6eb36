"""People come into key groups and leave them, by thousands; leaving the last group closes what was still to do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select, update

from region.care import groups
from region.care.actions import siting, tasks
from region.care.events import MembersListed
from region.care.models import CareTask, Membership
from region.care.queries.due import active, of_groups
from region.care.states import PACK
from region.people.models import Person
from region.spine import bulk
from region.spine.errors import Invalid, Missing
from region.spine.work import Work

AT_ONCE = 5000
EVIDENCE = 40


@dataclass(frozen=True)
class Join:
    """Somebody belongs to a group: from which source and on what evidence (``list:7``), from a day until before one."""

    person: int
    place: int
    group: str
    source: str
    evidence: str
    since: dt.date | None = None
    until: dt.date | None = None
    work_place: int | None = None


def join(w: Work, given: Sequence[Join]) -> int:
    """Put people into groups; who is in one already stays as he is. How many came in.

    Invalid (``no-such-group``, ``no-such-source``, ``no-evidence``, ``days-wrong``), Missing for people of others.
    """
    _sound(w, given)
    for place in sorted({one.place for one in given}):
        w.need("care.list", place)
    _known(w, {one.person for one in given})
    fresh = list(_fresh(w, given))
    sites = siting.serving(w, {one.place for one in fresh})
    for page in _pages(fresh):
        w.session.execute(insert(Membership), [_row(w, one, sites[one.place]) for one in page])
    for (place, group), number in sorted(Counter((one.place, one.group) for one in fresh).items()):
        w.tell(MembersListed(group=group, joined=number, left=0, place=place))
    return len(fresh)


def _sound(w: Work, given: Sequence[Join]) -> None:
    known, sources = groups.named(w, "group"), w.rules.value(PACK, "sources")
    for one in given:
        if one.group not in known:
            raise Invalid("no-such-group", field="group", group=one.group)
        if one.source not in sources:
            raise Invalid("no-such-source", field="source", source=one.source)
        if not one.evidence.strip() or len(one.evidence) > EVIDENCE:
            raise Invalid("no-evidence", field="evidence")
        if one.since and one.until and one.until <= one.since:
            raise Invalid("days-wrong", field="until")


def _known(w: Work, people: Collection[int]) -> None:
    for page in _pages(sorted(people)):
        found = set(w.session.scalars(select(Person.id).where(bulk.among(w.session, Person.id, page))))
        for person in page:
            if person not in found:
                raise Missing("no-such", what="person", id=person)


def _fresh(w: Work, given: Sequence[Join]) -> Iterator[Join]:
    """Those who are not in the group yet, each person and group once."""
    seen: set[tuple[int, str]] = set()
    today = w.office.clock.day(w.now)
    with w.beyond_scope("a person is in a group once, whoever lists him"):
        for page in _pages([one.person for one in given]):
            wanted = select(Membership.person_id, Membership.group)
            wanted = wanted.where(bulk.among(w.session, Membership.person_id, page))
            held = or_(Membership.until.is_(None), Membership.until > today)
            seen.update((person, group) for person, group in w.session.execute(wanted.where(held)))
    for one in given:
        if (one.person, one.group) not in seen:
            seen.add((one.person, one.group))
            yield one


def _row(w: Work, one: Join, site: int) -> dict[str, Any]:
    return {
        "realm": w.realm,
        "person_id": one.person,
        "place_id": one.place,
        "site_id": site,
        "group": one.group,
        "work_place_id": one.work_place,
        "since": one.since or w.office.clock.day(w.now),
        "until": one.until,
        "source": one.source,
        "evidence": one.evidence.strip(),
    }


def leave(w: Work, people: Sequence[int], group: str) -> int:
    """People leave a group today; how many did. Who is in no group any more has nothing to do left."""
    today = w.office.clock.day(w.now)
    found: list[Any] = []
    for page in _pages(sorted(set(people))):
        wanted = select(Membership.id, Membership.place_id, Membership.person_id)
        held = or_(Membership.until.is_(None), Membership.until > today)
        those = bulk.among(w.session, Membership.person_id, page)
        found += w.session.execute(wanted.where(those, held, Membership.group == group)).all()
    for place in sorted({row.place_id for row in found}):
        w.need("care.list", place)
    for rows in _pages(found):
        ids = bulk.among(w.session, Membership.id, [row.id for row in rows])
        w.session.execute(update(Membership).where(ids).values(until=today))
    for place, number in sorted(Counter(row.place_id for row in found).items()):
        w.tell(MembersListed(group=group, joined=0, left=number, place=place))
    close_left(w, {row.person_id for row in found})
    return len(found)


def close_left(w: Work, people: Collection[int]) -> int:
    """Cancel what is still to do for those of these people who are in no group any more; how many tasks."""
    today, closed = w.office.clock.day(w.now), 0
    with w.beyond_scope(
        "whether somebody is in another group, whoever lists him; his tasks wherever they wait"
    ):
        for page in _pages(sorted(people)):
            wanted = select(Membership.person_id).where(active(today))
            kept = set(w.session.scalars(wanted.where(bulk.among(w.session, Membership.person_id, page))))
            gone = [person for person in page if person not in kept]
            those = bulk.among(w.session, CareTask.person_id, gone)
            closed += tasks.end(w, those & of_groups(), "cancel", "left_groups")
    return closed


def _pages(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[first : first + AT_ONCE] for first in range(0, len(rows), AT_ONCE))
