"""Moving stays along their loop: notified, fetched, arrived, released, home, closed; to hospital, or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from region.quarantine.actions import clocks, rooming
from region.quarantine.actions.planning import CENTRAL
from region.quarantine.events import HandoverMoved, StaysMoved
from region.quarantine.models import Handover, ScheduledTest, Stay
from region.quarantine.regimen import of_doc
from region.quarantine.states import HANDOVER, PACK, STAY
from region.spine import bulk
from region.spine.errors import Refused
from region.spine.machine import Move
from region.spine.work import Work

AT_SITE = ("arrive", "release")
"""What is done where the site is; all else is answered for where the home is."""


def move(
    w: Work,
    stays: Sequence[Stay],
    verb: str,
    *,
    at: datetime | None = None,
    reason: str | None = None,
    note: str = "",
) -> None:
    """Move these stays on together, as it happened `at` (None: now); those that are there already are left alone.

    Refused: ``not-from-here``; ``no-reason`` (a cancellation needs one of the pack's); ``no-site`` (an arrival where
    no site is known); ``not-at-home`` (a plan that asks for a site is not settled at home).
    """
    targets = {one.target for one in STAY.moves if one.verb == verb}
    sources = STAY.sources(verb)
    waiting = [stay for stay in stays if stay.state in sources or stay.state not in targets]
    if not waiting:
        return
    if verb == "cancel" and reason not in w.rules.value(PACK, "cancel.reasons"):
        raise Refused("no-reason", verb=verb)
    moved_at = min(at or w.now, w.now)
    _check(w, waiting, verb)
    for stay in waiting:
        step = STAY.find(verb, stay.state)
        _effect(stay, step, moved_at)
        stay.state, stay.since, stay.version = step.target, w.now, stay.version + 1
    _let_go(w, waiting, reason, note, moved_at)
    w.session.flush()
    clocks.start_stays(w, waiting)
    ids = tuple(stay.id for stay in waiting)
    w.tell(StaysMoved(stays=ids, verb=verb, **clocks.about(w, waiting)), happened_at=moved_at)


def _check(w: Work, stays: Sequence[Stay], verb: str) -> None:
    """Who may do this, asked once a place; and what each stay must have for it."""
    needed = {(STAY.find(verb, stay.state).by, _where(stay, verb)) for stay in stays}
    for capability, place in sorted(needed):
        w.need(capability, place)
    for stay in stays:
        if verb == "arrive" and stay.site_id is None:
            raise Refused("no-site", stay=stay.id)
        if verb == "settle_at_home" and stay.mode == CENTRAL:
            raise Refused("not-at-home", stay=stay.id)


def _where(stay: Stay, verb: str) -> int:
    """The place whose people answer for the move."""
    inside = stay.state in ("in_site", "in_transfer") and verb in (*AT_SITE, "to_care")
    here = stay.site_id if inside or verb in AT_SITE else None
    return stay.place_id if here is None else here


def _effect(stay: Stay, step: Move, at: datetime) -> None:
    """The moments that a move keeps, and the stage that it begins."""
    match step.verb:
        case "notify":
            stay.notified_at = at
        case "pick_up":
            stay.picked_up_at = at
        case "arrive" | "settle_at_home":
            stay.arrived_at = at
        case "release":
            stay.released_at = at
            _next_stage(stay)
        case "fetch_from_home":
            stay.arrived_at = stay.released_at = stay.met_at = None
    if step.target in STAY.ends:
        stay.closed_at = at
        stay.released_at = stay.released_at or at


def _next_stage(stay: Stay) -> None:
    """The central stage is over: what follows at home, if anything does, has its own release."""
    stages = of_doc(stay.plan).stages
    if stay.stage + 1 < len(stages):
        stay.stage += 1
        stay.mode = stages[stay.stage].mode


def _let_go(w: Work, stays: Sequence[Stay], reason: str | None, note: str, at: datetime) -> None:
    """Whoever is in no site any more gives his room back; whoever's stay ended is owed nothing more."""
    out = [
        stay for stay in stays if stay.room_id is not None and stay.state not in ("in_site", "in_transfer")
    ]
    out = [stay for stay in out if stay.state not in ("identified", "notified")]
    if out:
        rooming.vacate(w, out, at=at)
    ended = [stay for stay in stays if stay.state in STAY.ends]
    for stay in stays:
        if reason is not None:
            stay.end_reason, stay.end_note = reason, note or stay.end_note
    if ended:
        ids = [stay.id for stay in ended]
        _waive(w, ids)
        _withdraw(w, ids)


def _waive(w: Work, ids: Sequence[int]) -> None:
    """Tests that were still due are asked for no more: they count neither as done nor as missed."""
    these = bulk.among(w.session, ScheduledTest.stay_id, ids)
    due = update(ScheduledTest).where(these, ScheduledTest.state == "due")
    w.session.execute(due.values(state="waived", reason="stay_ended"))


def _withdraw(w: Work, ids: Sequence[int]) -> None:
    these = bulk.among(w.session, Handover.stay_id, ids)
    for row in w.session.scalars(select(Handover).where(these, Handover.state == HANDOVER.start)):
        row.state, row.since, row.version = "withdrawn", w.now, row.version + 1
        w.tell(HandoverMoved(handover=row.id, stay=row.stay_id, verb="withdraw", place=row.from_place_id))
