"""The sites of a round: proposed by the solver, then moved, edited, added and taken away by a person."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from region.places.models import Place
from region.sampling.actions import clocks, pledging
from region.sampling.events.rounds import RoundSitesSet, SitingAsked
from region.sampling.methods import method
from region.sampling.models import Round, RoundSite
from region.sampling.queries.siting import Ground, ground_of, sites_of
from region.sampling.states import PACK, SITE
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

if TYPE_CHECKING:  # the solver would cost every start of a process a second
    from region.sampling.covering.place import Placed

PLACEABLE = ("planned", "approved")
LEFT_KEPT = 200
"""So many areas whose people have no site within the walk are kept with the plan, those with the most people first."""


@dataclass(frozen=True)
class Stand:
    """One site to be: where (`spot`, an id of a place), who runs it, which areas come and how many people."""

    spot: int
    runner: int
    lon: float
    lat: float
    name_zh: str
    name_en: str
    areas: tuple[int, ...]
    expected: int


def ask(w: Work, round_: Round, most: int | None = None) -> None:
    """Have sites proposed by a worker: at most `most`, or as many as bring everybody within the walk."""
    _may(w, round_)
    if most is not None and not 1 <= most <= 20_000:
        raise Invalid("fields-wrong", field="most")
    round_.plan = {**round_.plan, "siting": {"state": "reckoning", "most": most}}
    round_.version += 1
    w.tell(SitingAsked(round=round_.id, most=most, place=round_.place_id, incident=round_.incident_id))
    w.owe("sampling.site_round", key=f"siting:{round_.id}:{round_.version}", round=round_.id, most=most)


def awaits(round_: Round, most: int | None) -> bool:
    """Whether a round still waits for these sites."""
    asked = round_.plan.get("siting", {})
    waits = asked.get("state") == "reckoning" and asked.get("most") == most
    return waits and round_.state in PLACEABLE


def propose(w: Work, round_: Round, most: int | None = None) -> Placed:
    """Place the sites in this very work; for long areas `ask` has a worker do it with no transaction open."""
    from region.sampling.covering.place import place

    _may(w, round_)
    ground = ground_of(w, round_)
    found = place(ground.problem, most)
    keep(w, round_, ground, found, most)
    return found


def _may(w: Work, round_: Round) -> None:
    w.need("sampling.plan", round_.place_id)
    if round_.state not in PLACEABLE:
        raise Refused("not-from-here", machine="round", verb="site", state=round_.state)


def keep(w: Work, round_: Round, ground: Ground, found: Placed, most: int | None) -> None:
    """Write the sites that were found, in the place of those proposed before, each with its laboratory."""
    stands = stands_of(ground, found)
    labs = laboratories(w, round_, [(one.lon, one.lat, one.expected) for one in stands])
    standing = sites_of(w, round_)
    for number, (stand, lab) in enumerate(zip(stands, labs, strict=True), start=1):
        row = standing[number - 1] if number <= len(standing) else None
        _write(w, round_, row, number, stand, lab)
    for row in standing[len(stands) :]:
        _take_away(w, row)
    told(w, round_, found, {"most": most}, len(stands))


def told(w: Work, round_: Round, found: Placed, asked: Mapping[str, Any], sites: int) -> None:
    """Keep with the plan what the sites mean: who is within the walk, who is not, and why."""
    left = sorted(found.unserved, key=lambda one: (-one.people, one.home))
    why: Counter[str] = Counter()
    for one in left:
        why[one.why] += one.people
    said = {
        "needed": found.needed,
        "covered": found.covered,
        "walk": found.mean_walk,
        "seconds": found.seconds,
    }
    short = [asdict(one) for one in left[:LEFT_KEPT]]
    siting = {"state": "placed", **asked, **said, "why": dict(why), "left": short}
    round_.plan = {**round_.plan, "siting": siting}
    round_.version += 1
    where = {"place": round_.place_id, "incident": round_.incident_id}
    w.tell(RoundSitesSet(round=round_.id, sites=sites, covered=found.covered, **where))


def stands_of(ground: Ground, found: Placed) -> list[Stand]:
    """One stand for each site: where several stand at one spot, its people are shared out area by area."""
    by_spot: dict[int, list[tuple[int, int]]] = {}
    for share in found.shares:
        by_spot.setdefault(share.site, []).append((share.home, share.people))
    stands: list[Stand] = []
    for spot, count in sorted(found.spots.items()):
        parts: list[list[tuple[int, int]]] = [[] for _ in range(count)]
        for one in sorted(by_spot.get(spot, []), key=lambda one: (-one[1], one[0])):
            min(parts, key=lambda part: sum(people for _, people in part)).append(one)
        stands += [_stand(ground, spot, part) for part in parts if part]
    return stands


def _stand(ground: Ground, spot: int, part: Sequence[tuple[int, int]]) -> Stand:
    row = ground.spots[spot]
    at = int(np.flatnonzero(ground.problem.spots.ids == spot)[0])
    lon, lat = float(ground.problem.spots.lon[at]), float(ground.problem.spots.lat[at])
    expected = sum(people for _, people in part)
    areas = tuple(sorted(home for home, _ in part))
    return Stand(
        spot, nearest(ground.runners, spot, lon, lat), lon, lat, row.name_zh, row.name_en, areas, expected
    )


def nearest(runners: Sequence[Any], spot: int, lon: float, lat: float) -> int:
    """Who runs a site at a spot: the place itself where it may, else the nearest that may; 0 where there is none."""
    if any(one.id == spot for one in runners):
        return spot
    east = math.cos(math.radians(lat))
    return int(
        min(runners, key=lambda one: (math.hypot((one.lon - lon) * east, one.lat - lat), one.id)).id
        if runners
        else 0
    )


def laboratories(w: Work, round_: Round, sites: Sequence[tuple[float, float, int]]) -> list[int | None]:
    """The laboratory of each site (lon, lat, people): by capacity and distance; None while the round has none."""
    from region.sampling.covering.laboratories import to_laboratories

    labs = [one for one in pledging.labs_of(w, round_) if one.tubes_a_day > 0]
    if not labs or not sites:
        return [None] * len(sites)
    with w.beyond_scope("where laboratories stand that another place lends"):
        places = [w.get(Place, one.place_id) for one in labs]
    where = [
        [np.nan if one.lon is None else one.lon, np.nan if one.lat is None else one.lat] for one in places
    ]
    size = method(w, round_.method).size
    tubes = np.array([math.ceil(people / size) for _, _, people in sites], dtype=np.int64)
    chosen = to_laboratories(
        np.array([[lon, lat] for lon, lat, _ in sites]),
        tubes,
        np.array(where, dtype=float),
        np.array([one.tubes_a_day for one in labs], dtype=np.int64),
    )
    return [labs[n].place_id for n in chosen.tolist()]


def staff(w: Work, expected: int) -> tuple[int, int]:
    """Benches and samplers of a site for so many people."""
    samplers = max(1, math.ceil(expected / w.rules.value(PACK, "plan.people_per_sampler")))
    return max(1, math.ceil(samplers / w.rules.value(PACK, "plan.samplers_per_bench"))), samplers


def _write(
    w: Work, round_: Round, row: RoundSite | None, number: int, stand: Stand, lab: int | None
) -> RoundSite:
    fresh = row is None
    if row is None:
        row = RoundSite(round_id=round_.id, number=number, state=SITE.start, since=w.now)
    row.number, row.place_id, row.lab_id = number, stand.runner or round_.place_id, lab
    row.name_zh, row.name_en, row.lon, row.lat = stand.name_zh, stand.name_en, stand.lon, stand.lat
    row.areas, row.expected = list(stand.areas), stand.expected
    row.benches, row.samplers = staff(w, stand.expected)
    if fresh:
        w.add(row)
        clocks.start(w, row)
    return row


def _take_away(w: Work, row: RoundSite) -> None:
    """A site that is not wanted any more; it stays as a row, because its clock may still look at it."""
    row.number = -row.id
    SITE.move(w, row, "stop", place=row.place_id)
    row.late_at = None
