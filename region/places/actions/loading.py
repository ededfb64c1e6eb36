"""Files of areas and sites: planned, then applied or dropped; the same file twice changes nothing."""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256

from sqlalchemy import select

from region.places.actions.writing import write_areas, write_sites
from region.places.area_plan import plan_areas
from region.places.events import AreasLoaded, LoadDropped, LoadPlanned, SitesLoaded
from region.places.models import Load, Place
from region.places.plan import AreaOptions, Options, Plan
from region.places.queries import plan_of, tree_counter
from region.places.queries.standing import ground
from region.places.site_plan import plan_sites
from region.spine.errors import Forbidden, Refused, Stale
from region.spine.work import Work


def plan_load(w: Work, data: bytes, file_name: str, options: Options) -> Load:
    """Read and check a file of areas or sites and keep the plan; nothing of it stands yet.

    The same bytes with the same options give the load that there is: planned anew while it waits, and as it
    was applied when it would change nothing. Raises Invalid for a file or options that cannot be used.
    """
    w.need("places.load")
    kind = "areas" if isinstance(options, AreaOptions) else "sites"
    plan = _plan(w, data, file_name, options)
    load = _same(w, kind, data, options)
    if load is not None and load.state == "applied" and plan.empty and not plan.refused:
        return load
    if load is None or load.state != "planned":
        load = Load(
            place_id=_home(w), kind=kind, digest=plan.digest, options=asdict(options), made_by=w.actor.name
        )
        w.session.add(load)
    load.file_name, load.plan, load.state, load.made_at = file_name[:200], plan.to_doc(), "planned", w.now
    w.session.flush()
    counts = {name: plan.counts[name] for name in ("new", "changed", "refused")}
    w.tell(LoadPlanned(load=load.id, digest=plan.digest, place=load.place_id, **counts))
    return load


def _plan(w: Work, data: bytes, file_name: str, options: Options) -> Plan:
    if isinstance(options, AreaOptions):
        return plan_areas(data, file_name, options, ground(w), tree_counter(w))
    return plan_sites(data, file_name, options, ground(w), tree_counter(w))


def _same(w: Work, kind: str, data: bytes, options: Options) -> Load | None:
    digest = sha256(data).hexdigest()
    wanted = select(Load).where(Load.kind == kind, Load.digest == digest, Load.state != "dropped")
    loads = w.session.scalars(wanted.order_by(Load.id.desc()))
    return next((load for load in loads if load.options == asdict(options)), None)


def _home(w: Work) -> int | None:
    """The place that a load belongs to: the top of what the actor may load; None before there is a tree."""
    paths = w.actor.paths_for(w.rules.roles_that("places.load"))
    if "" not in paths:
        return int(paths[0].rstrip("/").split("/")[-1])
    return w.session.scalars(
        select(Place.id).where(Place.parent_id.is_(None)).order_by(Place.id).limit(1)
    ).first()


def apply_load(w: Work, load_id: int) -> Load:
    """Do what the plan says; an applied load changes nothing, and a plan older than the tree is Stale."""
    w.need("places.load")
    load = w.get(Load, load_id)
    if load.state == "applied":
        return load
    if load.state != "planned":
        raise Refused("load-dropped", load=load.id)
    plan = plan_of(load)
    if plan.tree != tree_counter(w):
        raise Stale("plan-outdated", load=load.id)
    _may_apply(w, plan)
    areas = load.kind == "areas"
    write_areas(w, plan.rows) if areas else write_sites(w, plan.rows)
    load.state, load.applied_at = "applied", w.now
    load.place_id = load.place_id or _home(w)
    told = AreasLoaded if areas else SitesLoaded
    counts = {name: plan.counts[name] for name in ("new", "changed", "refused")}
    w.tell(told(load=load.id, digest=load.digest, place=load.place_id, **counts))
    return load


def _may_apply(w: Work, plan: Plan) -> None:
    """Whoever planned it may have been another: each parent must lie where this actor may load."""
    paths = w.actor.paths_for(w.rules.roles_that("places.load"))
    tops = [row for row in plan.rows if row.parent is None and row.parent_code is None]
    if tops and "" not in paths:
        raise Forbidden("not-allowed", needs="places.load")
    for parent in {row.parent for row in plan.rows if row.parent is not None}:
        w.need("places.load", parent)


def drop_load(w: Work, load_id: int) -> None:
    """Put a planned load away; dropping it twice changes nothing."""
    w.need("places.load")
    load = w.get(Load, load_id)
    if load.state == "applied":
        raise Refused("load-applied", load=load.id)
    if load.state == "planned":
        load.state = "dropped"
        w.tell(LoadDropped(load=load.id, place=load.place_id))
