"""A round under way for boards: a district, towns, communities, grids, sites and laboratories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from region.places.models import Place
from region.sampling.events.rounds import RoundDrafted, RoundSitesSet
from region.sampling.models import LabDay, Round, RoundArea, RoundHour, RoundLab, RoundSite, Turnaround
from region.spine.work import Work
from tests.world import World

DUE, SAMPLED = 200, (40, 30, 20, 10)
"""People due in each grid; taken in it in each of the first four hours, the first grid; each next one takes 2 less."""


@dataclass
class Ground:
    """`grids` lie two in each of the communities, and these two in each of the towns."""

    world: World
    city: Place
    district: Place
    towns: list[Place]
    communities: list[Place]
    grids: list[Place]
    clinics: list[Place]
    labs: list[Place]
    round_id: int

    def taken(self, n: int) -> list[int]:
        """People of the n-th grid by hour."""
        return [max(0, one - 2 * n) for one in SAMPLED]


def ground(world: World, *, hours: int = 24) -> Ground:
    """The round began four hours ago and is to be finished after `hours`."""
    city = world.area(level="city", name_zh="临江市", name_en="Linjiang City")
    district = world.area(city, name_zh="临江区", name_en="Linjiang")
    names = (("Nanping Town", "南屏镇"), ("Beipo Town", "北坡镇"))
    towns = [world.area(district, level="subdistrict", name_en=en, name_zh=zh) for en, zh in names]
    communities = [
        world.area(town, level="community", name_en=f"Community {town.name_en[0]}{n}", name_zh=f"社区{n}")
        for town in towns
        for n in range(2)
    ]
    grids = [world.area(one, level="grid") for one in communities for _ in range(2)]
    clinics = [world.clinic(one, name_zh="卫生服务站") for one in communities]
    labs = [world.site(district, "laboratory", name_zh=f"检测{n}室", name_en=f"Lab {n}") for n in range(2)]
    with world.as_system() as w:
        made = w.add(_round(w, district, hours))
        w.tell(
            RoundDrafted(
                round=made.id, starts=made.starts_at, due=made.due_at, place=district.id, incident=None
            )
        )
        here = Ground(world, city, district, towns, communities, grids, clinics, labs, made.id)
        _rows(w, here, made)
    return here


def _round(w: Work, district: Place, hours: int) -> Round:
    starts = w.now - timedelta(hours=4)
    facts: dict[str, Any] = {
        "code": f"R{hours}",
        "method": "pool_10",
        "plan": {},
        "state": "running",
        "made_by": "world",
    }
    moments = {
        "starts_at": starts,
        "due_at": starts + timedelta(hours=hours),
        "since": starts,
        "made_at": starts,
    }
    return Round(place_id=district.id, opened_at=starts, **facts, **moments)


def _rows(w: Work, here: Ground, made: Round) -> None:
    for n, grid in enumerate(here.grids):
        ids = {"round_id": made.id, "place_id": grid.id}
        taken = here.taken(n)
        last = w.now - timedelta(minutes=5 + n)
        w.session.add(RoundArea(**ids, registered=DUE, due=DUE, sampled=sum(taken), last_at=last))
        w.session.add_all(RoundHour(**ids, hour=hour, sampled=people) for hour, people in enumerate(taken))
    for n, clinic in enumerate(here.clinics):
        told = w.now - timedelta(minutes=20 * (n + 1))
        w.session.add(_site(w, made, n, clinic, here.labs[0], told))
    w.tell(RoundSitesSet(round=made.id, sites=len(here.clinics), covered=1.0, place=here.district.id))
    day = w.office.clock.day(w.now)
    for n, lab in enumerate(here.labs):
        w.session.add(RoundLab(round_id=made.id, place_id=lab.id, tubes_a_day=100))
        w.session.add(
            LabDay(realm=w.realm, place_id=lab.id, day=day, received=60 + 30 * n, reported=50, rejected=2)
        )
    shares = {40: 50, 60: 40, 113: 10}
    for steps, tubes in shares.items():
        facts = {"stream": "round", "pools": tubes, "positive": 0}
        w.session.add(
            Turnaround(round_id=made.id, place_id=here.labs[0].id, steps=steps, tubes=tubes, **facts)
        )


def _site(w: Work, made: Round, n: int, clinic: Place, lab: Place, told: Any) -> RoundSite:
    names = {
        "name_zh": f"{n + 1} 号采样点",
        "name_en": f"Site {n + 1}",
        "lon": 120.0,
        "lat": 30.0,
        "areas": [],
    }
    facts: dict[str, Any] = {"expected": 400, "benches": 1, "samplers": 2, "sampled": 100, "tubes": 10}
    ids = {"round_id": made.id, "number": n + 1, "place_id": clinic.id, "lab_id": lab.id}
    return RoundSite(**ids, **names, **facts, last_at=told, state="open", since=made.starts_at)
