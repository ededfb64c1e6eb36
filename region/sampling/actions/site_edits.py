"""Sites of a round as a person wants them: moved, renamed, staffed otherwise, added, taken away; people follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from region.places.models import Place
from region.sampling.actions import clocks, siting
from region.sampling.covering.problem import Ints, Problem, Spots
from region.sampling.events.rounds import RoundSiteMoved, RoundSitesSet
from region.sampling.models import Round, RoundSite
from region.sampling.queries.siting import ground_of, sites_of
from region.sampling.states import SITE
from region.spine.errors import Invalid, Refused
from region.spine.machine import same_version
from region.spine.work import Work

MOST_STAFF = 500


@dataclass(frozen=True)
class Wanted:
    """A site as a person wants it: where, whose, staffed how. `lab` None: the one that is nearest with capacity."""

    lon: float
    lat: float
    runner: int
    name_zh: str
    name_en: str
    benches: int
    samplers: int
    lab: int | None = None


def edit(w: Work, site: RoundSite, wanted: Wanted, version: int | None = None) -> None:
    """Change a site that does not stand open yet; where it moved, people are shared out anew."""
    round_ = w.get(Round, site.round_id)
    _may(w, round_)
    same_version(site, version)
    if site.state not in ("proposed", "ordered", "ready"):
        raise Refused("not-from-here", machine="round_site", verb="edit", state=site.state)
    _check(w, wanted)
    moved = (site.lon, site.lat) != (wanted.lon, wanted.lat)
    _take(site, wanted)
    if wanted.lab is not None:
        site.lab_id = wanted.lab
    site.version += 1
    w.session.flush()
    if moved:
        share_out(w, round_)
    else:
        _tell(w, round_, len(sites_of(w, round_)), _covered(round_))


def add(w: Work, round_: Round, wanted: Wanted) -> RoundSite:
    """One more site; people are shared out anew."""
    _may(w, round_)
    _check(w, wanted)
    numbers = [site.number for site in sites_of(w, round_)]
    row = RoundSite(round_id=round_.id, number=max(numbers, default=0) + 1, state=SITE.start, since=w.now)
    _take(row, wanted)
    row.areas, row.expected, row.lab_id = [], 0, wanted.lab
    w.add(row)
    clocks.start(w, row)
    share_out(w, round_)
    return row


def remove(w: Work, site: RoundSite) -> None:
    """Take a site away before it opens; its people go to the others."""
    round_ = w.get(Round, site.round_id)
    _may(w, round_)
    if site.state == "open":
        raise Refused("not-from-here", machine="round_site", verb="remove", state=site.state)
    SITE.move(w, site, "stop", place=site.place_id)
    site.number, site.late_at = -site.id, None
    told = RoundSiteMoved(site=site.id, round=round_.id, verb="stop", state=site.state, place=site.place_id)
    w.tell(told)
    w.session.flush()
    share_out(w, round_)


def share_out(w: Work, round_: Round) -> None:
    """Give each area to a site again, by the sites as they stand, and say who is not within the walk."""
    from region.sampling.covering.place import serve

    sites = sites_of(w, round_)
    ground = ground_of(w, round_)
    at = np.array([[site.lon, site.lat] for site in sites], dtype=float).reshape(-1, 2)
    ids: Ints = np.array([site.id for site in sites], dtype=np.int64)
    spots = Spots(ids, at[:, 0], at[:, 1], np.ones(len(sites), dtype=bool))
    problem = Problem(ground.problem.homes, spots, ground.problem.limits)
    found = serve(problem, np.ones(len(sites), dtype=np.int64))
    homes: dict[int, list[int]] = {site.id: [] for site in sites}
    people: dict[int, int] = dict.fromkeys(homes, 0)
    for share in found.shares:
        homes[share.site].append(share.home)
        people[share.site] += share.people
    for site in sites:
        site.areas, site.expected = sorted(homes[site.id]), people[site.id]
        site.version += 1
    _without_lab(w, round_, [site for site in sites if site.lab_id is None])
    siting.told(w, round_, found, {"most": len(sites)}, len(sites))


def _without_lab(w: Work, round_: Round, sites: list[RoundSite]) -> None:
    labs = siting.laboratories(w, round_, [(site.lon, site.lat, site.expected) for site in sites])
    for site, lab in zip(sites, labs, strict=True):
        site.lab_id = lab


def _may(w: Work, round_: Round) -> None:
    w.need("sampling.plan", round_.place_id)
    if round_.state not in (*siting.PLACEABLE, "ordered"):
        raise Refused("not-from-here", machine="round", verb="site", state=round_.state)


def _check(w: Work, wanted: Wanted) -> None:
    if not (-180 <= wanted.lon <= 180 and -85 <= wanted.lat <= 85):
        raise Invalid("fields-wrong", field="lon")
    if not (1 <= wanted.benches <= MOST_STAFF and 1 <= wanted.samplers <= MOST_STAFF):
        raise Invalid("fields-wrong", field="samplers")
    if not wanted.name_zh.strip():
        raise Invalid("field-missing", field="name_zh")
    if w.get(Place, wanted.runner).kind != "site":
        raise Invalid("site-needs-runner", field="runner")


def _take(site: RoundSite, wanted: Wanted) -> None:
    site.lon, site.lat, site.place_id = wanted.lon, wanted.lat, wanted.runner
    site.name_zh = wanted.name_zh.strip()[:120]
    site.name_en = (wanted.name_en.strip() or wanted.name_zh.strip())[:160]
    site.benches, site.samplers = wanted.benches, wanted.samplers


def _covered(round_: Round) -> float:
    said: Mapping[str, Any] = round_.plan.get("siting", {})
    return float(said.get("covered", 0.0))


def _tell(w: Work, round_: Round, sites: int, covered: float) -> None:
    where = {"place": round_.place_id, "incident": round_.incident_id}
    w.tell(RoundSitesSet(round=round_.id, sites=sites, covered=covered, **where))
