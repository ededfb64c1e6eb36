"""Who is to do what is due for somebody: his team, who serves his home, or the site he is under observation in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from region.care.events import CareArranged, TasksMoved
from region.care.models import CareClass, CareRoute, CareTask, CareTeam, Membership
from region.care.questions import ServingSites, Watched, WhereWatched
from region.care.states import TASK
from region.people.models import Person
from region.spine import bulk
from region.spine.work import Work

AT_ONCE = 5000
Where = tuple[int, int]
"""A person and the place of his home."""


@dataclass(frozen=True)
class Doer:
    """Which site does it, and the stay that those who do it must know of, if there is one."""

    site: int
    stay: str | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """As the task keeps it: the way there is a closed loop while he is under observation."""
        return {"stay": self.stay} if self.stay else {}


def doers(w: Work, wanted: Collection[Where]) -> Mapping[Where, Doer]:
    """Who does it for each of these people; everybody gets somebody."""
    watched = watching(w, {person for person, _ in wanted})
    sites = serving(w, {place for _, place in wanted})
    own = _own_teams(w, {person for person, _ in wanted})
    found: dict[Where, Doer] = {}
    for person, place in wanted:
        his = watched.get(person)
        home = own.get(person, sites[place])
        found[person, place] = Doer(home) if his is None else Doer(his.site or home, his.ref)
    return found


def watching(w: Work, people: Collection[int]) -> dict[int, Watched]:
    """Those of these people who are under observation now."""
    known, found = sorted(people), dict[int, Watched]()
    for first in range(0, len(known), AT_ONCE):
        some: Mapping[int, Watched] = w.ask(WhereWatched(tuple(known[first : first + AT_ONCE])))
        found.update(some)
    return found


def _own_teams(w: Work, people: Collection[int]) -> dict[int, int]:
    wanted = select(CareTeam.person_id, CareTeam.site_id).where(
        CareTeam.person_id.is_not(None), CareTeam.site_id.is_not(None)
    )
    rows = w.session.execute(wanted.order_by(CareTeam.id)).all()
    return {person: site for person, site in rows if person in people and person and site}


def serving(w: Work, places: Iterable[int]) -> Mapping[int, int]:
    """Who is to do what is due in each of these places: its team's site, else who serves it, else the place."""
    wanted = tuple(sorted(set(places)))
    served: Mapping[int, int] = w.ask(ServingSites(wanted))
    found = {place: served.get(place, place) for place in wanted}
    teams = select(CareTeam.place_id, CareTeam.site_id).where(
        CareTeam.site_id.is_not(None), CareTeam.person_id.is_(None)
    )
    teams = teams.where(bulk.among(w.session, CareTeam.place_id, wanted))
    return found | {place: site for place, site in w.session.execute(teams) if site is not None}


def resite(w: Work, people: Sequence[int]) -> int:
    """What waits for these people goes to whoever does it now; how many tasks went elsewhere. Told once a site."""
    w.need("care.assign")
    went: dict[int, list[int]] = defaultdict(list)
    for first in range(0, len(people), AT_ONCE):
        those = bulk.among(w.session, CareTask.person_id, people[first : first + AT_ONCE])
        waiting = w.session.scalars(select(CareTask).where(CareTask.state == TASK.start, those)).all()
        now = doers(w, {(one.person_id, one.place_id) for one in waiting})
        for one in waiting:
            doer = now[one.person_id, one.place_id]
            if (one.site_id, one.facts) != (doer.site, doer.facts):
                one.site_id, one.facts = doer.site, doer.facts
                went[doer.site].append(one.id)
    for site, tasks in sorted(went.items()):
        w.tell(TasksMoved(tasks=tuple(tasks), verb="resite", place=site))
    return sum(map(len, went.values()))


def need_for(w: Work, capability: str, person: int, home: int) -> None:
    """Need a right where somebody lives, or where he is looked after: his clinic is not of his community.

    Missing for somebody of others, Forbidden without the right.
    """
    if w.may(capability, home):
        w.get(Person, person)
        return
    his = select(Membership.site_id).where(Membership.person_id == person).distinct()
    site = next((id for id in w.session.scalars(his) if w.may(capability, id)), None)
    if site is None:
        w.get(Person, person)
    w.need(capability, site or home)


def rehome(w: Work) -> int:
    """Who looks after a place has changed: its key people, their classes and ways are known to him from now on.

    How many places; told once each.
    """
    pairs = select(Membership.place_id, Membership.site_id).distinct()
    kept = {(place, site) for place, site in w.session.execute(pairs)}
    now = serving(w, {place for place, _ in kept})
    changed = sorted({place for place, site in kept if now[place] != site})
    for place in changed:
        for row, column in ((Membership, "site_id"), (CareClass, "site_id"), (CareRoute, "clinic_id")):
            those = update(row).where(row.place_id == place)
            w.session.execute(those.values({column: now[place]}))
        w.tell(CareArranged(what="serving", row=now[place], verb="change", place=place))
    return len(changed)
