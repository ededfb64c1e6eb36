"""Who is in the tubes that a phone sent: found in the registry or put into it, and nobody lost for a bad paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from region.people.actions import registering
from region.people.actions.registering import Given
from region.people.models import Person
from region.people.papers import read_paper
from region.places.models import Place
from region.sampling.models import RoundDue, RoundSite
from region.sampling.schemas import SentPerson
from region.spine import bulk
from region.spine.work import Work

SOURCE = "field"


@dataclass(frozen=True)
class Who:
    """A person of a tube: his number in the registry, where he lives, and what is wrong with his paper (None: well).

    `known` is whether the phone may know more of him than it sent: it had his paper in hand, or he is in its lists.
    """

    person: int
    home: int
    wrong: str | None
    known: bool = True


@dataclass(frozen=True)
class Asked:
    """What a phone said of people, read: who is given by the list, who by a paper, whose paper is bad and why."""

    listed: dict[str, int]
    given: list[Given]
    wrong: dict[str, str]
    homes: dict[str, int]
    strange: frozenset[int] = frozenset()
    """Of those given by a number alone whoever is in no list that the phone had."""


def register(w: Work, site: RoundSite, incident: int | None, sent: Sequence[SentPerson]) -> dict[str, Who]:
    """Everybody of `sent` by his uid; whoever is not known yet is registered on the ground of the incident."""
    asked = _read(w, site, sent)
    ids = registering.register(w, asked.given, incident=incident, source=SOURCE)
    return _whole(w, asked, asked.listed | ids)


def find(w: Work, site: RoundSite, sent: Sequence[SentPerson]) -> dict[str, Who]:
    """Those of `sent` who are registered, by uid; changes nothing."""
    asked = _read(w, site, sent)
    return _whole(w, asked, asked.listed | registering.find(w, asked.given))


def _read(w: Work, site: RoundSite, sent: Sequence[SentPerson]) -> Asked:
    listed = _listed(w, sent)
    homes = _homes(w, {one.home for one in sent if one.home is not None})
    here = next((int(area) for area in site.areas), None) or _area_of(w, site)
    asked = Asked(listed, [], {}, {}, _strange(w, site, set(listed.values())))
    for one in sent:
        if one.home in homes:
            asked.homes[one.uid] = one.home
        if one.uid not in listed:
            asked.given.append(_given(w, one, asked.homes.get(one.uid, here), asked.wrong))
    return asked


def _given(w: Work, one: SentPerson, home: int, wrong: dict[str, str]) -> Given:
    """The person as the registry takes him; a paper that cannot be read is kept as it is, and finds nobody."""
    said: dict[str, Any] = {"name": one.name.strip(), "phone": one.phone.strip()}
    if one.person is not None and not one.number:
        wrong[one.uid] = "not_listed"
        return Given(one.uid, home, "none", **said)
    read = read_paper(one.kind, one.number, w.office.clock.day(w.now))
    if read.value is None:
        wrong[one.uid] = str(read.reason)
        return Given(
            one.uid, home, "other" if one.number.strip() else "none", unread=one.number.strip(), **said
        )
    return Given(one.uid, home, one.kind, number=read.value, **said)


def _listed(w: Work, sent: Iterable[SentPerson]) -> dict[str, int]:
    """Those whom the phone knows from a list, and who are indeed registered."""
    asked = {one.uid: one.person for one in sent if one.person is not None}
    if not asked:
        return {}
    with w.beyond_scope("a person of another place may be sampled here"):
        known = set(
            w.session.scalars(
                select(Person.id).where(bulk.among(w.session, Person.id, sorted(set(asked.values()))))
            )
        )
    return {uid: id for uid, id in asked.items() if id in known}


def _strange(w: Work, site: RoundSite, persons: set[int]) -> frozenset[int]:
    """Those of these who neither live in the areas of the site nor are on its round's list there.

    Numbers can be tried: what the registry has of such a person is not told to the phone that sent his.
    """
    if not persons:
        return frozenset()
    areas = [int(area) for area in site.areas]
    live = select(Person.id).where(Person.place_id.in_(areas))
    due = select(RoundDue.person_id).where(RoundDue.round_id == site.round_id, RoundDue.place_id.in_(areas))
    with w.beyond_scope("whether a person is one of those whom the site's phones have in their lists"):
        near = {
            *w.session.scalars(live.where(bulk.among(w.session, Person.id, sorted(persons)))),
            *w.session.scalars(due.where(bulk.among(w.session, RoundDue.person_id, sorted(persons)))),
        }
    return frozenset(persons - near)


def _homes(w: Work, given: set[int]) -> set[int]:
    """Those of the places given as homes that are areas."""
    if not given:
        return set()
    with w.beyond_scope("where people live who are sampled here"):
        areas = select(Place.id).where(bulk.among(w.session, Place.id, sorted(given)), Place.kind == "area")
        return set(w.session.scalars(areas))


def _area_of(w: Work, site: RoundSite) -> int:
    """The area in which the place stands that runs the site."""
    with w.beyond_scope("the area in which the site's place stands"):
        place = w.session.execute(select(Place.id, Place.parent_id).where(Place.id == site.place_id)).one()
    return int(place.parent_id or place.id)


def _whole(w: Work, asked: Asked, ids: dict[str, int]) -> dict[str, Who]:
    """Each with his home: as the phone says, else as the registry has it."""
    unsaid = sorted({id for uid, id in ids.items() if uid not in asked.homes})
    registered: dict[int, int] = {}
    if unsaid:
        with w.beyond_scope("where people live who are sampled here"):
            rows = w.session.execute(
                select(Person.id, Person.place_id).where(bulk.among(w.session, Person.id, unsaid))
            )
            registered = {row.id: row.place_id for row in rows}
    return {
        uid: Who(
            id,
            asked.homes[uid] if uid in asked.homes else registered[id],
            asked.wrong.get(uid),
            uid not in asked.listed or id not in asked.strange,
        )
        for uid, id in ids.items()
    }
