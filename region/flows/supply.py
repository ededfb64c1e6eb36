"""Supplies meet the rest: a decided plan becomes transfers and orders."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from region.dispatch.actions.ruled import drafted, give
from region.dispatch.actions.writing import Part
from region.dispatch.models import Directive
from region.incidents.models import Incident
from region.places.models import Place
from region.resources.actions.planning import moving
from region.resources.actions.transferring import Ordered, order
from region.resources.catalogue import items_of
from region.resources.events.planning import PlanApproved
from region.resources.models import Plan, PlanLine
from region.resources.states import PACK
from region.spine.flow import when
from region.spine.scope import path_of
from region.spine.work import Work

SENDING, TAKING = "send_supplies", "take_supplies"


@when(PlanApproved)
def write_transfers(w: Work, e: PlanApproved) -> None:
    """One transfer for each pair of giver and taker, lot by lot as the plan chose them."""
    plan = w.get(Plan, e.plan)
    pairs: dict[tuple[int, int], list[PlanLine]] = {}
    for line in moving(plan.lines):
        pairs.setdefault((line.giver_id, line.taker_id), []).append(line)
    for (giver, taker), lines in sorted(pairs.items()):
        order(
            w,
            giver=giver,
            taker=taker,
            lines=[Ordered(plan.item, line.quantity, line.lot_id) for line in lines],
            kind="plan",
            ordered_for=plan.place_id,
            uid=f"plan:{plan.id}:{giver}:{taker}",
            plan_id=plan.id,
            due_at=w.now + w.rules.duration(PACK, "transfer.ship"),
        )


@when(PlanApproved)
def tell_givers_and_takers(w: Work, e: PlanApproved) -> None:
    """The givers are told to send and the takers to expect it; nothing is told where no response is open."""
    plan = w.get(Plan, e.plan)
    incident = plan.incident_id or _open_response(w, plan.place_id)
    if incident is None:
        return
    lines = moving(plan.lines)
    for template, sides in (
        (SENDING, sorted({line.giver_id for line in lines})),
        (TAKING, sorted({line.taker_id for line in lines})),
    ):
        token = str(uuid5(NAMESPACE_URL, f"supply-plan/{w.realm}/{plan.id}/{template}"))
        if w.session.scalar(select(Directive.id).where(Directive.form_token == token)) is None:
            draft = drafted(token, incident, template, _given(w, plan, len(lines)))
            give(w, draft, plan.place_id, [Part(side) for side in sides])


def _given(w: Work, plan: Plan, lines: int) -> dict[str, object]:
    item = items_of(w.rules)[plan.item]
    deadline = w.now + w.rules.duration(PACK, "transfer.ship")
    return {
        "plan": plan.id,
        "item": {"zh": item["zh"], "en": item["en"]},
        "lines": lines,
        "deadline": deadline.astimezone(w.office.clock.zone),
    }


def _open_response(w: Work, place: int) -> int | None:
    """The newest response under way that covers the area or lies in it."""
    path = path_of(w.session, place) or ""
    wanted = select(Incident.id, Place.path).join(Place, Place.id == Incident.place_id)
    open_ones = wanted.where(Incident.closed_at.is_(None)).order_by(Incident.opened_at.desc())
    with w.beyond_scope("a response of the area above covers this one too"):
        rows = w.session.execute(open_ones).all()
    return next((id for id, covers in rows if path.startswith(covers) or covers.startswith(path)), None)
