"""Plans of transfers: asked for, reckoned outside any transaction, edited by a person, and decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import insert, select

from region.resources.allocation.outcome import Plan as Found
from region.resources.events.planning import (
    PlanApproved,
    PlanAsked,
    PlanDropped,
    PlanEdited,
    PlanFailed,
    PlanProposed,
)
from region.resources.models import Plan, PlanLine
from region.resources.queries.planning import parameters
from region.resources.states import PACK, PLAN
from region.spine.errors import Invalid, Refused
from region.spine.machine import same_version
from region.spine.work import Work


def ask(
    w: Work, area: int, item: str, *, uid: str, floor: float | None = None, incident: int | None = None
) -> Plan:
    """Ask what should move where in an area, so that sites come above `floor` days (else the pack's).

    The same form sent twice asks once. The answer comes by an errand.
    """
    w.need("resources.plan", area)
    standing = w.session.scalar(select(Plan).where(Plan.uid == uid))
    if standing is not None:
        return standing
    asked = parameters(w, item)
    if floor is not None:
        if not asked["floor"] <= floor <= 365:
            raise Invalid("floor-wrong", field="floor", least=asked["floor"], most=365)
        asked["floor"] = float(floor)
    row = Plan(uid=uid, place_id=area, incident_id=incident, item=item, asked=asked, found={}, short=[])
    row.state, row.since, row.made_by, row.made_at = PLAN.start, w.now, w.actor.name, w.now
    w.add(row)
    w.tell(PlanAsked(plan=row.id, item=item, pack_digest=asked["pack_digest"], place=area))
    w.owe("resources.make_plan", key=f"plan:{row.id}", plan=row.id)
    w.owe(
        "resources.end_plan",
        key=f"plan:{row.id}:compute",
        after=w.rules.duration(PACK, "plan.compute"),
        plan=row.id,
    )
    return row


def propose(w: Work, plan: Plan, found: Found, compared: dict[str, Any]) -> None:
    """Keep the solver's answer; harmless when the plan is no longer waiting for one."""
    if plan.state != PLAN.start:
        return
    PLAN.move(w, plan, "propose", place=plan.place_id)
    plan.found = {
        "needy": found.needy,
        "lifted": list(found.lifted),
        "consignments": found.consignments,
        "weight": {**asdict(found.weight), "gap": found.weight.gap},
        "cost": {**asdict(found.cost), "gap": found.cost.gap},
        "seconds": found.seconds,
        "greedy": compared,
    }
    plan.short = [asdict(one) for one in found.short]
    if found.lines:
        w.session.execute(insert(PlanLine), [_line(plan, asdict(one)) for one in found.lines])
    lifted, short = len(found.lifted), len(found.short)
    w.tell(
        PlanProposed(plan=plan.id, lines=len(found.lines), lifted=lifted, short=short, place=plan.place_id)
    )
    limit = w.rules.duration(PACK, PLAN.limits["proposed"])
    w.owe("resources.end_plan", key=f"plan:{plan.id}:decide", after=limit, plan=plan.id)


def _line(plan: Plan, found: dict[str, Any]) -> dict[str, Any]:
    quantity = found.pop("quantity")
    sides = {"giver_id": found.pop("giver"), "taker_id": found.pop("taker"), "lot_id": found.pop("lot")}
    told = {"proposed": quantity, "quantity": quantity, "why": found, "edit_reason": ""}
    return {"realm": plan.realm, "plan_id": plan.id, "place_id": plan.place_id, **sides, **told}


def fail(w: Work, plan: Plan, reason: str) -> None:
    """No answer could be found, for a reason that trying again does not mend."""
    if plan.state == PLAN.start:
        PLAN.move(w, plan, "fail", place=plan.place_id)
        plan.found = {"reason": reason}
        w.tell(PlanFailed(plan=plan.id, reason=reason, place=plan.place_id))


def end(w: Work, plan: Plan) -> None:
    """Its time is over: an answer that did not come has failed, one that nobody decided on has grown too old."""
    limit = PLAN.limits.get(plan.state)
    if limit is None or w.now < plan.since + w.rules.duration(PACK, limit):
        return
    if plan.state == PLAN.start:
        fail(w, plan, "too-long")
    else:
        PLAN.move(w, plan, "lapse", place=plan.place_id)
        w.tell(PlanDropped(plan=plan.id, lapsed=True, place=plan.place_id))


def edit(w: Work, line: PlanLine, quantity: int, reason: str) -> None:
    """Send less of one line than the solver proposed, or none; more would take the giver below its floor.

    Every departure from the plan needs a reason (DOMAIN 5.2).
    """
    plan = line.plan
    w.need("resources.plan", plan.place_id)
    if plan.state != "proposed":
        raise Refused("plan-decided", plan=plan.id)
    if not 0 <= quantity <= line.proposed:
        raise Invalid("line-quantity", field="quantity", most=line.proposed)
    if quantity != line.proposed and not reason.strip():
        raise Invalid("field-missing", field="reason")
    line.quantity, line.edited_by, line.edit_reason = quantity, w.actor.name, reason.strip()[:300]
    plan.version += 1
    told = {"proposed": line.proposed, "quantity": quantity, "place": plan.place_id}
    w.tell(PlanEdited(plan=plan.id, line=line.id, **told))


def approve(w: Work, plan: Plan, version: int | None = None) -> None:
    """Decide it as it stands now: its transfers and directives follow. A second click changes nothing."""
    if plan.state == "approved":
        return
    same_version(plan, version)
    lines = moving(plan.lines)
    if not lines:
        raise Refused("plan-empty", plan=plan.id)
    PLAN.move(w, plan, "approve", place=plan.place_id)
    plan.decided_by, plan.decided_at = w.actor.name, w.now
    quantity = sum(line.quantity for line in lines)
    w.tell(PlanApproved(plan=plan.id, lines=len(lines), quantity=quantity, place=plan.place_id))


def drop(w: Work, plan: Plan, version: int | None = None) -> None:
    """Put a plan away that nobody wants."""
    if plan.state == "dropped":
        return
    same_version(plan, version)
    PLAN.move(w, plan, "drop", place=plan.place_id)
    plan.decided_by, plan.decided_at = w.actor.name, w.now
    w.tell(PlanDropped(plan=plan.id, lapsed=False, place=plan.place_id))


def moving(lines: Sequence[PlanLine]) -> list[PlanLine]:
    """The lines of which something is to go."""
    return [line for line in lines if line.quantity > 0]
