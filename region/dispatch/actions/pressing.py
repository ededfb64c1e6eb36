"""The clocks of an issued order: remind, telephone, pass up, supervise; what is done when is in the rule pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from region.dispatch.actions.reviewing import pass_up
from region.dispatch.delivery import owe_round
from region.dispatch.events import LatenessPassedUp, RecipientsReminded
from region.dispatch.models import Directive, Recipient
from region.dispatch.states import UNSIGNED
from region.dispatch.wording import PACK
from region.places.hierarchy import superiors
from region.places.models import Site
from region.spine.work import Work

LATE_FOR = {
    "acknowledge": UNSIGNED,
    "report": ("pending", "delivered", "acknowledged", "in_progress", "returned"),
}
MOST_TIMES = 3
PRESSURE = {"next_channel": 1, "tell_superior": 2, "issue_supervision": 3, "tell_leading_group": 4}


def start_clocks(w: Work, directive: Directive) -> None:
    """Owe the first look at who has not signed, and at who has not reported."""
    if directive.acknowledge_due is not None:
        _owe_look(w, directive, "acknowledge", 1, directive.acknowledge_due)
    if directive.task_due is not None:
        _owe_look(w, directive, "report", 1, directive.task_due)


def _owe_look(w: Work, directive: Directive, limit: str, times: int, at: datetime) -> None:
    key = f"look:{directive.id}:{limit}:{times}"
    w.owe("dispatch.look", key=key, at=at, directive=directive.id, limit=limit, times=times)


def look(w: Work, directive: Directive, limit: str, times: int) -> None:
    """A limit has run out for the nth time: find who is late, do what the pack says, and look again later.

    A site that is known to be dark is not late: it is left alone until it comes back.
    """
    if directive.state != "issued":
        return
    late = _late(w, directive, limit)
    if not late:
        return
    decided = w.rules.pack(PACK).decide("escalation", {"limit": limit, "times": times})
    for step in decided.outcome["steps"]:
        _do(w, directive, f"{limit}_{times}", step, late, times)
    if times < MOST_TIMES:
        _owe_look(w, directive, limit, times + 1, w.now + _pause(w, directive, limit))


def _pause(w: Work, directive: Directive, limit: str) -> timedelta:
    name = "acknowledge" if limit == "acknowledge" else "supervise"
    return w.rules.duration(PACK, f"{name}.{directive.urgency}")


def _late(w: Work, directive: Directive, limit: str) -> Sequence[Recipient]:
    wanted = (
        select(Recipient)
        .join(Site, Site.place_id == Recipient.place_id)
        .where(
            Recipient.directive_id == directive.id,
            Recipient.required,
            Recipient.state.in_(LATE_FOR[limit]),
            Site.dark_since.is_(None),
        )
        .order_by(Recipient.id)
    )
    return w.session.scalars(wanted).all()


def _do(w: Work, directive: Directive, when: str, step: str, late: Sequence[Recipient], times: int) -> None:
    ids = tuple(recipient.id for recipient in late)
    if step in PRESSURE:
        _press(w, ids, PRESSURE[step])
    if step == "next_channel":
        owe_round(w, directive, times + 1, ids)
    if step in ("tell_superior", "tell_leading_group"):
        above = {} if step == "tell_leading_group" else superiors(w, [r.place_id for r in late])
        told: dict[int, list[int]] = {}
        for recipient in late:
            told.setdefault(above.get(recipient.place_id, directive.place_id), []).append(recipient.id)
        pass_up(w, directive.id, when, told)
        w.tell(LatenessPassedUp(step=when, recipients=ids, told=tuple(sorted(told)), **directive.about))
        return
    w.tell(RecipientsReminded(step=f"{when}_{step}", recipients=ids, **directive.about))


def _press(w: Work, ids: Sequence[int], pressure: int) -> None:
    w.session.execute(
        update(Recipient)
        .where(Recipient.id.in_(ids), Recipient.pressure < pressure)
        .values(pressure=pressure, version=Recipient.version + 1)
        .execution_options(synchronize_session=False)
    )
