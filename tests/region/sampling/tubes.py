"""Closed tubes that lie in the laboratory, with people in them, made directly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from region.people.actions.registering import Given, register
from region.sampling.actions.reporting import Reported, Result, report
from region.sampling.events.field import TubesKept
from region.sampling.models import LabDay, Round, Tube, TubeMember, Turnaround, WorkItem
from region.spine.journal import Entry
from tests.region.sampling.ground import DEVICE, Ground, resident, uid


def tube(ground: Ground, members: int = 10, **facts: Any) -> Tube:
    """One tube, closed an hour ago, with so many people in it."""
    now = ground.world.clock.at
    with ground.world.as_system() as w:
        incident = w.get(Round, ground.round_id).incident_id
        given = [
            Given(uid=uid(), kind="resident", number=resident(n), place=ground.grids[0].id)
            for n in (next(ground.numbers) for _ in range(members))
        ]
        people = register(w, given, incident=incident, source="world")
        made = w.add(Tube(**{**_facts(ground, now, members), **facts}))
        for person in people.values():
            w.add(
                TubeMember(
                    tube_id=made.id,
                    person_id=person,
                    place_id=ground.clinic.id,
                    home_id=ground.grids[0].id,
                    at=now - timedelta(hours=1),
                    counted=False,
                )
            )
        told = {"device": DEVICE, "site": ground.site_id, "tubes": 1, "changed": 0}
        w.tell(TubesKept(**told, persons=members, contested=0, place=ground.clinic.id))
    return made


def _facts(ground: Ground, now: datetime, members: int) -> dict[str, Any]:
    return {
        "uid": uid(),
        "code": ground.code(),
        "place_id": ground.clinic.id,
        "lab_id": ground.lab.id,
        "round_id": ground.round_id,
        "site_id": ground.site_id,
        "method": "pool_10" if members > 1 else "single",
        "size": max(members, 1),
        "members": members,
        "sampled_at": now - timedelta(minutes=70),
        "closed_at": now - timedelta(minutes=60),
        "device": DEVICE,
        "sampler": "sampler",
        "kept_at": now,
        "state": "closed",
        "since": now,
    }


def tell(ground: Ground, given: Sequence[Result], source: str = "api", lab: Any = None) -> Reported:
    """The laboratory's system reports."""
    lab = lab or ground.lab
    with ground.world.as_("laboratory", lab) as w:
        return report(w, lab.id, given, source=source)


def result(ground: Ground, code: str, result: str = "negative", **facts: Any) -> Result:
    """A result reported now."""
    return Result(code, result, **{"reported_at": ground.world.clock.at, **facts})


def stands(ground: Ground, code: str) -> Tube:
    """The tube as it stands."""
    with ground.world.as_system() as w:
        return w.session.scalars(select(Tube).where(Tube.code == code, ~Tube.contested)).one()


def days(ground: Ground) -> list[tuple[int, int]]:
    """Reported and positive by day of the laboratory."""
    with ground.world.as_system() as w:
        wanted = select(LabDay.reported, LabDay.positive).where(LabDay.place_id == ground.lab.id)
        return [(row.reported, row.positive) for row in w.session.execute(wanted.order_by(LabDay.day))]


def times(ground: Ground) -> list[tuple[int, int, int, int]]:
    """Tenths of an hour, tubes, pools and positive pools of the round."""
    with ground.world.as_system() as w:
        wanted = select(Turnaround.steps, Turnaround.tubes, Turnaround.pools, Turnaround.positive)
        wanted = wanted.where(Turnaround.round_id == ground.round_id).order_by(Turnaround.steps)
        return [tuple(row) for row in w.session.execute(wanted)]  # type: ignore[misc]


def items(ground: Ground, kind: str) -> list[WorkItem]:
    """The pieces of work of a kind."""
    with ground.world.as_system() as w:
        return list(w.session.scalars(select(WorkItem).where(WorkItem.kind == kind).order_by(WorkItem.id)))


def told(ground: Ground, name: str) -> list[Entry]:
    """The journal's lines of an event of sampling."""
    return ground.world.journal(f"sampling.{name}")
