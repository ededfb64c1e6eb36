"""Files of counts: read, checked, planned, then applied once or dropped; the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from region.formats.tables import read_table
from region.places.models import Place
from region.places.plan import noted
from region.places.reading import read_file
from region.resources.actions import counting
from region.resources.catalogue import items_of
from region.resources.events.stock import StockLoadApplied, StockLoadDropped, StockLoadPlanned
from region.resources.load_plan import LoadOptions, LoadPlan
from region.resources.load_reading import Ground, read_rows, with_columns
from region.resources.load_words import items_by_name
from region.resources.models import StockLoad
from region.resources.queries.kept_sites import kept_sites
from region.spine.errors import Forbidden, Refused
from region.spine.work import Work


def plan_load(w: Work, data: bytes, file_name: str, options: LoadOptions) -> StockLoad:
    """Read and check a file of counts and keep the plan; nothing of it stands yet.

    The same bytes with the same options, the day of the count among them, give the load that there is: planned anew
    while it waits, and as it was applied. Raises Invalid for a file that cannot be read as a whole, or whose columns
    are unclear.
    """
    w.need("resources.keep")
    stated = asdict(options)
    load = _same(w, sha256(data).hexdigest(), stated)
    if load is not None and load.state == "applied":
        return load
    plan = _plan(w, data, file_name, options)
    if load is None:
        load = StockLoad(place_id=_home(w), digest=plan.digest, options=stated, made_by=w.actor.name)
        w.session.add(load)
    load.file_name, load.state, load.made_at = file_name[:200], "planned", w.now
    _keep(w, load, plan)
    return load


def _plan(w: Work, data: bytes, file_name: str, options: LoadOptions) -> LoadPlan:
    encoding, sheet = options.encoding or None, options.sheet or None
    table = read_file(lambda: read_table(data, file_name, encoding=encoding, sheet=sheet))
    ground = Ground(kept_sites(w), items_by_name(items_of(w.rules)), w.now, w.office.clock.zone)
    draft = read_rows(table, with_columns(options, table), ground)
    plan = LoadPlan(table.digest, draft.rows, draft.refused, noted(table.notices))
    takings, groups = plan.takings("plan")
    plan.judge(counting.judge(w, takings), groups)
    return plan


def _keep(w: Work, load: StockLoad, plan: LoadPlan) -> None:
    load.plan = plan.to_doc()
    w.session.flush()
    new, refused = plan.counts["new"] + plan.counts["changed"], plan.counts["refused"]
    w.tell(StockLoadPlanned(load=load.id, digest=load.digest, new=new, refused=refused, place=load.place_id))


def _same(w: Work, digest: str, options: Mapping[str, Any]) -> StockLoad | None:
    wanted = select(StockLoad).where(StockLoad.digest == digest, StockLoad.state != "dropped")
    loads = w.session.scalars(wanted.order_by(StockLoad.id.desc()))
    return next((load for load in loads if load.options == options), None)


def _home(w: Work) -> int:
    """The place that a load belongs to: the top of what the actor may keep."""
    paths = w.actor.paths_for(w.rules.roles_that("resources.keep"))
    if "" not in paths:
        return int(paths[0].rstrip("/").split("/")[-1])
    return w.session.scalars(
        select(Place.id).where(Place.parent_id.is_(None)).order_by(Place.id).limit(1)
    ).one()


def apply_load(w: Work, load_id: int) -> StockLoad:
    """Do what the plan says; an applied load changes nothing.

    Where shelves were counted, or told something of the time before, since the plan was made, nothing is applied: it is
    planned anew, the rows that differ are in `moved`, and it waits for another look.
    """
    w.need("resources.keep")
    load = _held(w, load_id)
    if load.state == "applied":
        return load
    if load.state != "planned":
        raise Refused("stock-load-dropped", load=load.id)
    plan = LoadPlan.from_doc(load.plan)
    _may_apply(w, plan)
    takings, groups = plan.takings(f"load:{load.id}")
    judged = counting.hold_and_judge(w, takings)
    plan.moved = plan.judge(judged, groups)
    if plan.moved:
        load.made_at = w.now
        _keep(w, load, plan)
        return load
    written = counting.write(w, takings, judged, "file", load.id)
    load.state, load.applied_at = "applied", w.now
    told = {"counts": len(written.counts), "lines": len(plan.rows), "refused": plan.counts["refused"]}
    w.tell(StockLoadApplied(load=load.id, digest=load.digest, place=load.place_id, **told))
    return load


def _held(w: Work, load_id: int) -> StockLoad:
    """The load, locked until the work ends: of two who apply or drop it at once the second sees what the first did."""
    wanted = select(StockLoad).where(StockLoad.id == load_id).with_for_update()
    found = w.session.scalars(wanted, execution_options={"populate_existing": True}).first()
    return found if found is not None else w.get(StockLoad, load_id)


def _may_apply(w: Work, plan: LoadPlan) -> None:
    """Whoever planned it may have been another: each site must be one whose stock this actor keeps."""
    if not {row.place for row in plan.rows} <= kept_sites(w).codes.keys():
        raise Forbidden("not-allowed", needs="resources.keep")


def drop_load(w: Work, load_id: int) -> None:
    """Put a planned file away; dropping it twice changes nothing."""
    w.need("resources.keep")
    load = _held(w, load_id)
    if load.state == "applied":
        raise Refused("stock-load-applied", load=load.id)
    if load.state == "planned":
        load.state = "dropped"
        w.tell(StockLoadDropped(load=load.id, place=load.place_id))
