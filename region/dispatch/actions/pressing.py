"""The clocks of an issued order: remind, telephone, pass up, supervise; what is done when is in the rule pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

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


def _owe_look(w: Work, directive: Directive, limit: str, number: int, at: datetime) -> None:
    key = f"look:{directive.id}:{limit}:{number}"
    w.owe("dispatch.look", key=key, at=at, directive=directive.id, limit=limit, number=number)


def look(w: Work, directive: Directive, limit: str, number: int) -> None:
    """A limit has run out: find who is late, do what the pack says for the nth time, and look again later.

    Each recipient is pressed by its own count, so that one that was dark, or whose report was returned, begins
    at the beginning. Looks go on as long as somebody is open: a dark site is not late, but it comes back.
    """
    if directive.state != "issued":
        return
    open_ones = _open(w, directive, limit)
    late = [recipient for recipient, dark in open_ones if not dark and recipient.state in LATE_FOR[limit]]
    groups: dict[int, list[Recipient]] = {}
    for recipient in late:
        groups.setdefault(recipient.pressed + 1, []).append(recipient)
    for times, group in sorted(groups.items()):
        if times <= MOST_TIMES:
            _press(w, directive, limit, number, times, group)
    if open_ones:
        _owe_look(w, directive, limit, number + 1, w.now + _pause(w, directive, limit))


def _press(
    w: Work, directive: Directive, limit: str, number: int, times: int, late: Sequence[Recipient]
) -> None:
    decided = w.rules.pack(PACK).decide("escalation", {"limit": limit, "times": times})
    for recipient in late:
        recipient.pressed = times
        recipient.version += 1
    w.session.flush()
    when = f"{limit}_{times}" if number == times else f"{limit}_{times}_{number}"
    for step in decided.outcome["steps"]:
        _do(w, directive, when, step, late, times)


def _pause(w: Work, directive: Directive, limit: str) -> timedelta:
    name = "acknowledge" if limit == "acknowledge" else "supervise"
    return w.rules.duration(PACK, f"{name}.{directive.urgency}")


def _open(w: Work, directive: Directive, limit: str) -> list[tuple[Recipient, bool]]:
    """The required recipients that this limit still waits for, each with whether its site is dark."""
    states = (*LATE_FOR[limit], "reported") if limit == "report" else LATE_FOR[limit]
    wanted = (
        select(Recipient, Site.dark_since.is_not(None))
        .join(Site, Site.place_id == Recipient.place_id)
        .where(Recipient.directive_id == directive.id, Recipient.required, Recipient.state.in_(states))
        .order_by(Recipient.id)
    )
    return [(recipient, bool(dark)) for recipient, dark in w.session.execute(wanted)]


def _do(w: Work, directive: Directive, when: str, step: str, late: Sequence[Recipient], times: int) -> None:
    ids = tuple(recipient.id for recipient in late)
    for recipient in late:
        recipient.pressure = max(recipient.pressure, PRESSURE.get(step, 0))
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
