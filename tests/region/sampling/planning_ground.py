"""A district to plan rounds in: twelve grids in two communities, clinics, a laboratory that declared, a response."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from shapely.geometry import box

from region.incidents.models import Incident
from region.places.events import AreasLoaded
from region.places.models import Area, Place
from region.resources.actions import reporting
from region.resources.capacity import Told
from region.sampling.actions import drafting, planning, siting
from region.sampling.models import Round
from region.sampling.needs import Asked
from tests.world import World

SIDE = 0.004
"""Degrees: a grid some 400 metres wide."""


@dataclass
class Plan:
    """A district with its `grids`, `clinics`, a laboratory; `round_id` once one is drafted."""

    world: World
    district: Place
    communities: list[Place]
    grids: list[Place]
    clinics: list[Place]
    lab: Place
    incident: Incident
    round_id: int = 0

    def state(self) -> str:
        """The round's state."""
        with self.world.as_system() as w:
            return str(w.get(Round, self.round_id).state)


def planned_ground(world: World, people: int = 1500, lab: int = 2000) -> Plan:
    """Two communities of six grids each with so many `people`; a clinic in each; a laboratory of `lab` tubes a day."""
    district = world.area(level="district")
    communities = [world.area(district, level="community") for _ in range(2)]
    grids = []
    for column, community in enumerate(communities):
        for row in range(6):
            west, south = 113 + 0.03 * column + SIDE * (row % 3), 29 + SIDE * (row // 3)
            grids.append(
                world.area(community, level="grid", geometry=box(west, south, west + SIDE, south + SIDE))
            )
    clinics = [
        world.clinic(community, lon=113.006 + 0.03 * n, lat=29.004) for n, community in enumerate(communities)
    ]
    laboratory = world.site(district, "laboratory")
    with world.as_system() as w:
        for grid in grids:
            w.get(Area, grid.id).population = people
            shape = w.get(Area, grid.id).geometry
            assert shape is not None
            w.get(Place, grid.id).lon, w.get(Place, grid.id).lat = shape.centroid.x, shape.centroid.y
        w.tell(AreasLoaded(load=0, digest="-", new=0, changed=12, refused=0, place=district.id))
        if lab:
            told = [Told(kind="lab.tubes_per_day", total=lab, ready=lab)]
            reporting.report(w, laboratory.id, told)
    return Plan(world, district, communities, grids, clinics, laboratory, world.incident(district))


def drafted(plan: Plan, asked: Asked | None = None, method: str = "pool_10", code: str = "R1") -> Plan:
    """A duty officer drafts a round for tomorrow and plans it."""
    with plan.world.as_("duty_officer", plan.district) as w:
        starts = w.now + timedelta(hours=12)
        row = drafting.draft(
            w,
            area=plan.district.id,
            starts_at=starts,
            due_at=starts + timedelta(hours=24),
            method_code=method,
            code=code,
            incident=plan.incident.id,
            asked=asked,
        )
        plan.round_id = row.id
        planning.plan(w, row)
    return plan


def sited(plan: Plan, most: int | None = None) -> Plan:
    """Its sites are proposed."""
    with plan.world.as_("duty_officer", plan.district) as w:
        siting.propose(w, w.get(Round, plan.round_id), most)
    return plan
