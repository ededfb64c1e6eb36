"""Whether a round's kept counts are the sum of its members, and everything else that sampling keeps, to compare."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from region.people.models import Person
from region.sampling.models import (
    Box,
    Round,
    RoundArea,
    RoundDue,
    RoundHour,
    RoundSite,
    Tube,
    TubeMember,
    WorkItem,
)
from tests.world import World

HOUR = timedelta(hours=1)


def rows(world: World, kind: Any) -> list[Any]:
    """All rows of a table, as numbers and codes."""
    with world.as_system() as w:
        found = w.session.execute(select(*kind.__table__.columns)).all()
    return sorted((tuple(row) for row in found), key=str)


def everything(world: World) -> dict[str, list[Any]]:
    """All that sampling keeps of tubes; of phones only what they brought."""
    kinds = (Tube, TubeMember, RoundArea, RoundHour, RoundSite, RoundDue, WorkItem, Box, Person)
    return {kind.__tablename__: rows(world, kind) for kind in kinds}


def members(world: World) -> list[TubeMember]:
    """All members of tubes."""
    with world.as_system() as w:
        return list(w.session.scalars(select(TubeMember).order_by(TubeMember.tube_id, TubeMember.person_id)))


def items(world: World) -> dict[str, list[WorkItem]]:
    """The work-list by kind."""
    found: dict[str, list[WorkItem]] = {}
    with world.as_system() as w:
        for one in w.session.scalars(select(WorkItem).order_by(WorkItem.id)):
            found.setdefault(one.kind, []).append(one)
    return found


def check(world: World) -> None:
    """Every kept count of every round is the sum of the members that count; each person counts once."""
    with world.as_system() as w:
        counted = w.session.execute(
            select(TubeMember.round_id, TubeMember.person_id, TubeMember.home_id, TubeMember.at, Tube.site_id)
            .join(Tube, Tube.id == TubeMember.tube_id)
            .where(TubeMember.counted)
        ).all()
        starts = {one.id: one.starts_at for one in w.session.scalars(select(Round))}
        areas = Counter((one.round_id, one.home_id) for one in counted)
        hours = Counter(
            (one.round_id, max(0, (one.at - starts[one.round_id]) // HOUR), one.home_id) for one in counted
        )
        sites = Counter(one.site_id for one in counted)
        tubes = Counter(w.session.scalars(select(Tube.site_id).where(Tube.state != "void")))
        kept_areas = {(a.round_id, a.place_id): a.sampled for a in w.session.scalars(select(RoundArea))}
        kept_hours = {
            (h.round_id, h.hour, h.place_id): h.sampled for h in w.session.scalars(select(RoundHour))
        }
        kept_sites = {s.id: (s.sampled, s.tubes) for s in w.session.scalars(select(RoundSite))}
        due = {(d.round_id, d.person_id): d.sampled_at for d in w.session.scalars(select(RoundDue))}
    assert len({(one.round_id, one.person_id) for one in counted}) == len(counted)
    assert {key: n for key, n in kept_areas.items() if n} == dict(areas)
    assert {key: n for key, n in kept_hours.items() if n} == dict(hours)
    assert kept_sites == {site: (sites[site], tubes[site]) for site in kept_sites}
    taken = {(one.round_id, one.person_id): one.at for one in counted}
    assert due == {key: taken.get(key) for key in due}
