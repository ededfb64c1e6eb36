"""A round for measurements: ten million people in thirty thousand grids, a day of hours, its sites and laboratories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert

from bench.copying import Target
from region.places.events import AreasLoaded
from region.places.models import Area, Place
from region.sampling.events.rounds import RoundDrafted, RoundSitesSet
from region.sampling.models import LabDay, Round, RoundArea, RoundHour, RoundLab, RoundSite, Turnaround
from region.spine.work import Work
from tests.world import World

PEOPLE, GRIDS, HOURS, SITES, LABS = 10_000_000, 30_000, 24, 4_000, 100
DISTRICTS, TOWNS, COMMUNITIES = 10, 10, 10
FIRST_GRID = 200_000
STEPS = 150


@dataclass(frozen=True)
class Made:
    """What was made: the city, one of its districts and one of that one's sub-districts, and the round."""

    city: Place
    district: Place
    town: Place
    round: int


def tree(world: World) -> tuple[Made, list[Place]]:
    """The city down to its communities, its round, and the communities."""
    city = world.area(level="city")
    districts = world.areas(city, DISTRICTS, "district")
    towns = [town for one in districts for town in world.areas(one, TOWNS, "subdistrict")]
    communities = [one for town in towns for one in world.areas(town, COMMUNITIES, "community")]
    with world.as_system() as w:
        made = w.add(_round(w, city))
        w.tell(
            RoundDrafted(round=made.id, starts=made.starts_at, due=made.due_at, place=city.id, incident=None)
        )
        return Made(city, districts[0], towns[0], made.id), communities


def _round(w: Work, city: Place) -> Round:
    starts = w.now - timedelta(hours=HOURS - 4)
    facts: dict[str, Any] = {
        "code": "BENCH",
        "method": "pool_10",
        "plan": {},
        "state": "running",
        "made_by": "bench",
    }
    moments = {
        "starts_at": starts,
        "due_at": starts + timedelta(hours=HOURS),
        "since": starts,
        "made_at": starts,
    }
    return Round(place_id=city.id, opened_at=starts, **facts, **moments)


def grids(world: World, communities: list[Place]) -> None:
    """All grids, spread evenly over the communities."""
    places = []
    for n in range(GRIDS):
        id, parent = FIRST_GRID + n, communities[n % len(communities)]
        names = {"name_zh": f"网格{id}", "name_en": f"Grid {id}"}
        ids = {"id": id, "parent_id": parent.id, "path": f"{parent.path}{id}/"}
        places.append(ids | names | {"kind": "area", "code": f"G{id:08}", "facts": {}})
    with world.as_system() as w:
        w.session.execute(insert(Place), places)
        w.session.execute(insert(Area), [{"place_id": one["id"], "level": "grid"} for one in places])
        w.tell(AreasLoaded(load=0, digest="-", new=GRIDS, changed=0, refused=0, place=communities[0].id))


def counts(target: Target, round_id: int, starts: datetime) -> None:
    """Who is due and who was sampled by grid, and by grid and hour: together the same."""
    chance = np.random.default_rng(20221123)
    ids = np.arange(FIRST_GRID, FIRST_GRID + GRIDS)
    due = np.full(GRIDS, PEOPLE // GRIDS)
    by_hour = chance.binomial(due[:, None], 0.97 / HOURS, (GRIDS, HOURS))
    last = np.full(GRIDS, int(starts.timestamp()) + 3600 * (HOURS - 4))
    with target.loading(RoundArea, RoundHour) as put:
        sums = {"registered": due, "exempt": 0, "separate": 0, "due": due, "sampled": by_hour.sum(axis=1)}
        if target.as_they_come:
            sums |= {"exempt": np.zeros(GRIDS, int), "separate": np.zeros(GRIDS, int)}
        put(RoundArea, {"round_id": np.full(GRIDS, round_id), "place_id": ids, **sums, "last_at": last})
        for hour in range(HOURS):
            columns = {"round_id": np.full(GRIDS, round_id), "hour": np.full(GRIDS, hour), "place_id": ids}
            put(RoundHour, {**columns, "sampled": by_hour[:, hour]})


def stations(world: World, made: Made, communities: list[Place]) -> None:
    """Sites that ran, one of twenty silent, and laboratories with what came and how long it took."""
    clinics, labs = (
        world.sites(communities, "community_health_centre"),
        world.sites([made.city] * LABS, "laboratory"),
    )
    with world.as_system() as w:
        w.session.add_all(
            _site(w, made.round, n, clinics[n % len(clinics)], labs[n % LABS]) for n in range(SITES)
        )
        w.tell(RoundSitesSet(round=made.round, sites=SITES, covered=1.0, place=made.city.id))
        w.session.flush()
        day = w.office.clock.day(w.now)
        for n, lab in enumerate(labs):
            w.session.add(RoundLab(round_id=made.round, place_id=lab.id, tubes_a_day=11_000))
            w.session.add(LabDay(realm=0, place_id=lab.id, day=day, received=9_000 + 30 * n, reported=8_000))
        facts = {"round_id": made.round, "stream": "round", "tubes": 60, "pools": 60, "positive": 0}
        rows = [{**facts, "place_id": lab.id, "steps": step} for lab in labs for step in range(STEPS)]
        w.session.execute(insert(Turnaround), rows)


def _site(w: Work, round_id: int, n: int, clinic: Place, lab: Place) -> RoundSite:
    told = w.now - timedelta(minutes=n % 50) if n % 20 else None
    facts: dict[str, Any] = {"benches": 4, "samplers": 8, "expected": 2500, "sampled": 2300, "tubes": 240}
    names = {"name_zh": f"{n}号采样点", "name_en": f"Site {n}", "lon": 113.0, "lat": 30.0, "areas": []}
    ids = {"round_id": round_id, "number": n + 1, "place_id": clinic.id, "lab_id": lab.id}
    return RoundSite(**ids, **names, **facts, last_at=told, state="open", since=w.now)
