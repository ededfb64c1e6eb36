"""Planning a round: who is due by grid, what that needs, whether laboratories can carry it; approved by a second."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import delete

from region.sampling import needs
from region.sampling.actions import clocks, pledging
from region.sampling.events.rounds import RoundMoved, RoundPlanned
from region.sampling.methods import method
from region.sampling.models import Round, RoundArea
from region.sampling.queries.due import Grid, Listed, grids, listed
from region.sampling.states import PACK, ROUND
from region.spine import bulk
from region.spine.errors import Forbidden, Refused
from region.spine.machine import same_version
from region.spine.work import Work

NUMBERS = (
    "people_per_site",
    "least_per_site",
    "most_per_site",
    "people_per_sampler",
    "samplers_per_bench",
)


def numbers(w: Work) -> needs.Numbers:
    """The planning numbers of the pack."""
    said = {name: w.rules.value(PACK, f"plan.{name}") for name in NUMBERS}
    fill, spare = (w.rules.value(PACK, f"plan.{name}") for name in ("fill", "spare_tubes"))
    return needs.Numbers(**said, fill=fill, spare=spare)


def plan(w: Work, round_: Round, version: int | None = None) -> Round:
    """Reckon who is due by grid and what the round needs; again whenever lists, numbers or laboratories changed."""
    same_version(round_, version)
    ROUND.find("plan", round_.state)
    asked = needs.Asked(**round_.plan["asked"])
    rows = _areas(grids(w, round_.place_id), listed(w, round_.id), asked)
    if not any(row["due"] for row in rows):
        raise Refused("round-nobody-due", round=round_.id)
    ROUND.move(w, round_, "plan", place=round_.place_id)
    w.session.execute(delete(RoundArea).where(RoundArea.round_id == round_.id))
    bulk.add_missing(w.session, RoundArea, [{"round_id": round_.id, **row} for row in rows])
    pledging.take_declared(w, round_)
    keep(w, round_, rows)
    clocks.start(w, round_)
    return round_


def keep(w: Work, round_: Round, rows: list[dict[str, Any]]) -> None:
    """Put what these areas need into the plan, with the rules it was reckoned by."""
    due = sum(row["due"] for row in rows)
    asked = needs.Asked(**round_.plan["asked"])
    days = needs.days_of(round_.starts_at, round_.due_at)
    need = needs.need(due, method(w, round_.method).size, asked, numbers(w), days)
    people = {name: sum(row[name] for row in rows) for name in ("registered", "exempt", "separate", "due")}
    digest = w.rules.pack(PACK).digest
    round_.plan = {**round_.plan, "need": asdict(need), "people": people, "rules": digest}
    round_.plan = {**round_.plan, "planned_by": w.actor.name, "areas": len(rows)}
    load = pledging.load_of(w, round_)
    told = {"sites": need.sites, "samplers": need.samplers, "tubes": need.tubes}
    w.tell(RoundPlanned(round=round_.id, due=due, load=load, rules=digest, **told, **_where(round_)))


def _areas(found: list[Grid], lists: dict[int, Listed], asked: needs.Asked) -> list[dict[str, Any]]:
    """Due by area: from the list where there is one, else the population less those spread over all without a list."""
    bare = [grid.people or 0 for grid in found if grid.id not in lists]
    exempt = iter(needs.spread(asked.exempt, bare))
    separate = iter(needs.spread(asked.separate, bare))
    rows = []
    for grid in found:
        one = lists.get(grid.id)
        if one is None:
            all_of, out, apart = grid.people or 0, next(exempt), next(separate)
        else:
            all_of, out, apart = one.registered, one.exempt, one.separate
        due = max(0, all_of - out - apart)
        told = {"registered": all_of, "exempt": out, "separate": apart, "due": due, "sampled": 0}
        rows.append({"place_id": grid.id, **told})
    return rows


def approve(w: Work, round_: Round, version: int | None = None) -> None:
    """A second person agrees; not while laboratories are planned with more than they can do (AT-10)."""
    if round_.state == "approved":
        return
    same_version(round_, version)
    ROUND.find("approve", round_.state)
    if w.actor.name in (round_.made_by, round_.plan.get("planned_by")):
        raise Forbidden("own-round", round=round_.id)
    w.need("sampling.approve", round_.place_id)
    pledging.check(w, round_)  # before anything moves: who is blocked finds the round as it was
    ROUND.move(w, round_, "approve", place=round_.place_id)
    round_.plan = {**round_.plan, "approved_by": w.actor.name}
    clocks.start(w, round_)
    w.tell(RoundMoved(round=round_.id, verb="approve", state=round_.state, **_where(round_)))


def _where(round_: Round) -> dict[str, Any]:
    return {"place": round_.place_id, "incident": round_.incident_id}
