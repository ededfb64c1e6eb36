"""Key people as lists show them: by group and class, page by page, and one person with all that stands for him."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from region.care import groups
from region.care.models import CareClass, CareRoute, CareTask, CareTeam, Membership
from region.care.queries.due import active
from region.care.states import PACK
from region.people.models import Person
from region.people.queries.masked import Masked, masked
from region.places.models import Place, Site
from region.spine import bulk
from region.spine.work import Work

PAGE = 50
SITES = 400
"""Sites that a list to choose from holds at most."""


@dataclass(frozen=True)
class Wanted:
    """What a list asks for: a group, a class (``none``: not classed), from the person after this number on."""

    group: str = ""
    level: str = ""
    after: int = 0


@dataclass(frozen=True)
class KeyPerson:
    """One line: the person, his groups, class, next test, and how many tasks wait (of these late)."""

    person: int
    place: int
    groups: Sequence[str]
    level: str | None
    next_test: date | None
    waiting: int
    late: int
    masked: Masked | None


def listed(w: Work, asked: Wanted) -> list[KeyPerson]:
    """A page of key people by number, one more where more follow."""
    today = w.office.clock.day(w.now)
    wanted = select(Membership.person_id).where(active(today), Membership.person_id > asked.after)
    if asked.group:
        wanted = wanted.where(Membership.group == asked.group)
    if asked.level:
        wanted = wanted.where(_of_level(asked.level))
    ids = list(w.session.scalars(wanted.distinct().order_by(Membership.person_id).limit(PAGE + 1)))
    return lines(w, ids)


def _of_level(level: str) -> ColumnElement[bool]:
    classed = select(CareClass.level).where(CareClass.person_id == Membership.person_id)
    return ~classed.exists() if level == "none" else classed.where(CareClass.level == level).exists()


def lines(w: Work, ids: Sequence[int]) -> list[KeyPerson]:
    """These people in their order, as far as the actor may know of them."""
    today, hours = w.office.clock.day(w.now), groups.test_hours(w)
    held: dict[int, list[Membership]] = defaultdict(list)
    those = select(Membership).where(bulk.among(w.session, Membership.person_id, ids), active(today))
    for one in w.session.scalars(those.order_by(Membership.id)):
        held[one.person_id].append(one)
    classed = select(CareClass.person_id, CareClass.level)
    levels = dict(w.session.execute(classed.where(bulk.among(w.session, CareClass.person_id, ids))).all())
    waiting = _waiting(w, ids)
    with w.beyond_scope("whoever looks after people knows them by their masked names, wherever they live"):
        known = masked(w, list(held))
    return [
        KeyPerson(
            id,
            held[id][0].place_id,
            [one.group for one in held[id]],
            levels.get(id),
            _next_test(w, held[id], hours),
            *waiting.get(id, (0, 0)),
            known.get(id),
        )
        for id in ids
        if id in held
    ]


def _next_test(w: Work, held: Sequence[Membership], hours: Mapping[str, int]) -> date | None:
    tested = [one for one in held if one.group in hours]
    least = groups.highest(hours, [one.group for one in tested])
    if least is None:
        return None
    last = max((one.tested_at for one in tested if one.tested_at), default=None)
    return groups.next_test(least, last, min(one.since for one in tested), w.office.clock.zone)


def _waiting(w: Work, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    wanted = select(CareTask.person_id, func.count(), func.count(CareTask.late_at)).where(
        bulk.among(w.session, CareTask.person_id, ids), CareTask.state == "due"
    )
    rows = w.session.execute(wanted.group_by(CareTask.person_id))
    return {person: (int(all_), int(late)) for person, all_, late in rows}


@dataclass(frozen=True)
class Whole:
    """All that stands for one person: his memberships, class, teams, ways to treatment, and newest tasks."""

    person: Person
    masked: Masked | None
    memberships: Sequence[Membership]
    classed: CareClass | None
    teams: Sequence[CareTeam]
    ways: Sequence[CareRoute]
    tasks: Sequence[CareTask]


def whole(w: Work, person: int) -> Whole:
    """One person, in a group or not yet; Missing for somebody who is not the actor's to know of."""
    row = known(w, person)
    mine: Any = w.session.scalars(
        select(Membership).where(Membership.person_id == person).order_by(Membership.id.desc())
    ).all()
    with w.beyond_scope("all that stands for a person whom the actor may know of, and who answers for him"):
        return _all_of(w, row, mine)


def known(w: Work, person: int) -> Person:
    """A person of the actor's places, or one of a key group whom his site looks after."""
    his = select(Membership.id).where(Membership.person_id == person)
    if w.session.scalars(his.limit(1)).first() is None:
        return w.get(Person, person)
    with w.beyond_scope("whoever looks after a person knows him, wherever he lives"):
        return w.get(Person, person)


def _all_of(w: Work, row: Person, mine: Sequence[Membership]) -> Whole:
    person = row.id
    teams = select(CareTeam).where(CareTeam.place_id == row.place_id)
    theirs = CareTeam.person_id.is_(None) | (CareTeam.person_id == person)
    tasks = select(CareTask).where(CareTask.person_id == person)
    return Whole(
        row,
        masked(w, [person]).get(person),
        mine,
        w.session.get(CareClass, (person, w.realm)),
        w.session.scalars(teams.where(theirs).order_by(CareTeam.id)).all(),
        w.session.scalars(select(CareRoute).where(CareRoute.person_id == person)).all(),
        w.session.scalars(tasks.order_by(CareTask.due_at.desc(), CareTask.id.desc()).limit(PAGE)).all(),
    )


def places_named(w: Work, ids: set[int]) -> Mapping[int, Place]:
    """Places by id: whoever may know of a person may know where he is looked after."""
    with w.beyond_scope("names of the places that look after a person in scope"):
        return {one.id: one for one in w.session.scalars(select(Place).where(Place.id.in_(ids)))}


def treatment_sites(w: Work) -> Sequence[Place]:
    """Where a way to treatment may lead: sites of the types of the pack, by name, wherever they are."""
    types = w.rules.value(PACK, "route.site_types")
    wanted = select(Place).join(Site, Site.place_id == Place.id).where(Site.type.in_(types))
    with w.beyond_scope("a person is treated where he must be, whoever looks after him"):
        return w.session.scalars(wanted.order_by(Place.name_zh, Place.id).limit(SITES)).all()
