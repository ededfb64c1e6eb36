"""What is arranged for key people: teams and who answers for whom, and the ways to treatment with their last check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select

from region.accounts.models import Account
from region.care.models import CareRoute, CareTeam, Membership
from region.care.queries.due import active
from region.care.states import PACK
from region.people.queries.masked import Masked, masked
from region.spine.work import Work

PAGE = 50


@dataclass(frozen=True)
class Teams:
    """A page of teams, the names of their accounts, how many key people each answers for, and who has no team."""

    teams: Sequence[CareTeam]
    names: Mapping[str, tuple[str, str]]
    people: Mapping[int, int]
    after: int | None


def teams(w: Work, after: int = 0) -> Teams:
    """Teams by number. A team of a place answers for the key people living there, one of a person for him."""
    wanted = select(CareTeam).where(CareTeam.id > after).order_by(CareTeam.id)
    rows = w.session.scalars(wanted.limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    counted = _key_people(w, {one.place_id for one in shown})
    return Teams(
        shown,
        names(w, shown),
        {one.id: 1 if one.person_id else counted.get(one.place_id, 0) for one in shown},
        shown[-1].id if len(rows) > PAGE else None,
    )


def _key_people(w: Work, places: set[int]) -> dict[int, int]:
    wanted = select(Membership.place_id, func.count(Membership.person_id.distinct()))
    wanted = wanted.where(Membership.place_id.in_(places), active(w.office.clock.day(w.now)))
    return dict(w.session.execute(wanted.group_by(Membership.place_id)).all())


def names(w: Work, rows: Sequence[CareTeam]) -> dict[str, tuple[str, str]]:
    """The names of the accounts in these teams, Chinese and English, by login."""
    logins = {one["login"] for row in rows for one in row.members}
    with w.beyond_scope("whoever knows a team knows its people, also the police officer of another office"):
        wanted = select(Account.login, Account.name_zh, Account.name_en).where(Account.login.in_(logins))
        return {login: (zh, en) for login, zh, en in w.session.execute(wanted)}


def without_team(w: Work) -> list[tuple[int, int]]:
    """Places with key people and no team, most people first: (place, people); the first fifty."""
    teamed = select(CareTeam.place_id).where(CareTeam.person_id.is_(None))
    people = func.count(Membership.person_id.distinct())
    wanted = select(Membership.place_id, people).where(
        active(w.office.clock.day(w.now)), Membership.place_id.not_in(teamed)
    )
    rows = w.session.execute(
        wanted.group_by(Membership.place_id).order_by(people.desc(), Membership.place_id).limit(PAGE)
    )
    return [(place, int(number)) for place, number in rows]


@dataclass(frozen=True)
class Ways:
    """A page of ways to treatment with the masked people; `stale` are those whose check is too long ago, or missing."""

    ways: Sequence[CareRoute]
    people: Mapping[int, Masked]
    stale: frozenset[int]
    after: int | None


def ways(w: Work, kind: str = "", *, unchecked: bool = False, after: int = 0) -> Ways:
    """Ways that stand, by number: of a kind, or only those that somebody must check."""
    today = w.office.clock.day(w.now)
    wanted = select(CareRoute).where(CareRoute.id > after, CareRoute.ended_on.is_(None))
    if kind:
        wanted = wanted.where(CareRoute.kind == kind)
    if unchecked:
        wanted = wanted.where(or_(CareRoute.checked_at.is_(None), CareRoute.checked_at < _fresh_since(w)))
    past = or_(CareRoute.due_on.is_(None), CareRoute.due_on >= today)
    rows = w.session.scalars(wanted.where(past).order_by(CareRoute.id).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    with w.beyond_scope("whoever knows of a way to treatment knows the masked name of whom it is for"):
        people = masked(w, [one.person_id for one in shown])
    return Ways(
        shown,
        people,
        stale(w, shown),
        shown[-1].id if len(rows) > PAGE else None,
    )


def stale(w: Work, rows: Sequence[CareRoute]) -> frozenset[int]:
    """Of these, whose last check no longer holds by the pack."""
    since = _fresh_since(w)
    return frozenset(one.id for one in rows if one.checked_at is None or one.checked_at < since)


def _fresh_since(w: Work) -> datetime:
    return w.now - w.rules.duration(PACK, "route.check")


def next_day(way: CareRoute, today: date) -> date | None:
    """The next day of treatment, today included; None when there is none any more."""
    if way.due_on is not None:
        return way.due_on if way.due_on >= today else None
    found = (date.fromordinal(today.toordinal() + step) for step in range(7))
    return next((day for day in found if day.isoweekday() in way.weekdays), None)
