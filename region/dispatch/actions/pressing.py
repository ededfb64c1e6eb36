"""The clocks of an issued order: remind, call people, pass up, supervise; what is done when is in the rule pack."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from region.dispatch.actions.calling import call
from region.dispatch.actions.reviewing import pass_up
from region.dispatch.actions.supervising import supervise
from region.dispatch.delivery import REMINDER_ROUND, owe_round
from region.dispatch.events import LatenessPassedUp, RecipientsReminded
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.known_numbers import done_enough
from region.dispatch.states import UNSIGNED
from region.dispatch.wording import PACK
from region.places.hierarchy import superiors
from region.places.models import Site
from region.spine.work import Work

LATE_FOR = {
    "acknowledge": UNSIGNED,
    "report": ("pending", "delivered", "acknowledged", "in_progress", "returned"),
    "stop": ("stopping",),
}
MOST_TIMES = 3
PRESSURE = {"next_channel": 1, "tell_superior": 2, "issue_supervision": 3, "tell_leading_group": 4}
NOTICE_ROUND = 20
"""The round that says that an order is withdrawn; those that press for the signature follow it."""


def start_clocks(w: Work, directive: Directive) -> None:
    """Owe the first look at who has not signed, and at who has not reported.

    A roll call has one end and no pressing; a supervision order is pressed for by the order that it supervises.
    """
    if directive.acknowledge_due is None:
        return
    if directive.kind == "roll_call":
        key = f"roll-call:{directive.id}"
        w.owe("dispatch.end_roll_call", key=key, at=directive.acknowledge_due, directive=directive.id)
        return
    _owe_look(w, directive, "acknowledge", 1, directive.acknowledge_due)
    if directive.task_due is not None and directive.kind != "supervision":
        _owe_look(w, directive, "report", 1, directive.task_due)
        share = float(w.rules.value(PACK, "escalation.remind_at"))
        soon = (directive.task_due - (directive.issued_at or w.now)) * share
        w.owe("dispatch.remind", key=f"remind:{directive.id}", after=soon, directive=directive.id)


def start_stopping(w: Work, directive: Directive) -> None:
    """Tell those who have a withdrawn order that work must stop, and owe the first look at who has not signed."""
    if directive.state == "withdrawing":
        owe_round(w, directive, NOTICE_ROUND)
        _owe_look(w, directive, "stop", 1, directive.since + _pause(w, directive, "stop"))


def _runs(directive: Directive, limit: str) -> bool:
    return directive.state == ("withdrawing" if limit == "stop" else "issued")


def _owe_look(w: Work, directive: Directive, limit: str, number: int, at: datetime) -> bool:
    key = f"look:{directive.id}:{limit}:{number}"
    return w.owe("dispatch.look", key=key, at=at, directive=directive.id, limit=limit, number=number)


def look(w: Work, directive: Directive, limit: str, number: int) -> None:
    """A limit has run out: find who is late, do what the pack says for the nth time, and look again later.

    Each recipient is pressed by its own count, so that one that was dark, or whose report was returned, begins
    at the beginning. Looks go on as long as somebody is open: a dark site is not late, but it comes back.
    """
    if not _runs(directive, limit):
        return
    open_ones = _open(w, directive, limit)
    # The promise of the next look tells that this one was taken before: it presses nobody twice.
    pause = _pause(w, directive, limit)
    if not open_ones or not _owe_look(w, directive, limit, number + 1, w.now + pause):
        return
    late = [recipient for recipient, dark in open_ones if not dark and recipient.state in LATE_FOR[limit]]
    groups: dict[int, list[Recipient]] = {}
    for recipient in _unfinished(w, limit, late):
        groups.setdefault(recipient.pressed + 1, []).append(recipient)
    for times, group in sorted(groups.items()):
        if times <= MOST_TIMES:
            _press(w, directive, limit, number, times, group)


def _unfinished(w: Work, limit: str, late: list[Recipient]) -> list[Recipient]:
    """Whoever has reached every target is left in peace: its report is one tap away."""
    reached = done_enough(w, late) if limit == "report" else frozenset()
    return [recipient for recipient in late if recipient.id not in reached]


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
    for later in decided.outcome["later"]:
        args = {"directive": directive.id, "limit": limit, "times": times, "step": later["step"]}
        after = _pause(w, directive, limit) * (float(later["at"]) - times)
        w.owe("dispatch.climb", key=f"climb:{directive.id}:{when}:{later['step']}", after=after, **args)


def _pause(w: Work, directive: Directive, limit: str) -> timedelta:
    name = limit if limit in ("acknowledge", "stop") else "supervise"
    return w.rules.duration(PACK, f"{name}.{directive.urgency}")


def _open(w: Work, directive: Directive, limit: str) -> list[tuple[Recipient, bool]]:
    """The required recipients that this limit still waits for, each with whether its site is dark."""
    states = (*LATE_FOR[limit], "reported") if limit == "report" else LATE_FOR[limit]
    wanted = (
        select(Recipient, Site.dark_since.is_not(None))
        .join(
            Site, Site.place_id == Recipient.place_id, isouter=True
        )  # a named person's place may be an area
        .where(Recipient.directive_id == directive.id, Recipient.required, Recipient.state.in_(states))
        .order_by(Recipient.id)
    )
    return [(recipient, bool(dark)) for recipient, dark in w.session.execute(wanted)]


def _waiting(w: Work, directive: Directive, limit: str) -> list[Recipient]:
    """Of those the ones that have not answered and are not dark."""
    found = _open(w, directive, limit) if _runs(directive, limit) else []
    late = [recipient for recipient, dark in found if not dark and recipient.state in LATE_FOR[limit]]
    return _unfinished(w, limit, late)


def _do(w: Work, directive: Directive, when: str, step: str, late: Sequence[Recipient], times: int) -> None:
    ids = tuple(recipient.id for recipient in late)
    for recipient in late:
        recipient.pressure = max(recipient.pressure, PRESSURE.get(step, 0))
    if step in ("tell_superior", "tell_leading_group"):
        _tell_above(w, directive, when, step, late)
        return
    if step == "issue_supervision" and _goes_up(w, directive):
        return  # nobody supervises the office above; the office above that one is told
    if step == "issue_supervision":
        supervise(w, directive, when, times, late)
        return
    if step.startswith("call_"):
        call(w, directive, step.removeprefix("call_"), late)
        return
    if step == "next_channel":
        owe_round(w, directive, times + (NOTICE_ROUND if directive.state == "withdrawing" else 1), ids)
    w.tell(RecipientsReminded(step=f"{when}_{step}", recipients=ids, **directive.about))


def _goes_up(w: Work, directive: Directive) -> bool:
    """Whether it is a request or an incident report to the office above."""
    return directive.kind in w.rules.value(PACK, "kinds.upward")


def _tell_above(w: Work, directive: Directive, when: str, step: str, late: Sequence[Recipient]) -> None:
    """Tell the office above each; the leading group is the body that gave the order, but not of what goes up."""
    leading = step == "tell_leading_group" and not _goes_up(w, directive)
    above = {} if leading else superiors(w, [r.place_id for r in late])
    told: dict[int, list[int]] = {}
    for recipient in late:
        told.setdefault(above.get(recipient.place_id, directive.place_id), []).append(recipient.id)
    pass_up(w, directive.id, when, told)
    ids = tuple(recipient.id for recipient in late)
    w.tell(LatenessPassedUp(step=when, recipients=ids, told=tuple(sorted(told)), **directive.about))


def climb(w: Work, directive: Directive, limit: str, times: int, step: str) -> None:
    """A moment between two limits: call the next person for those who were pressed and are still silent."""
    silent = [one for one in _waiting(w, directive, limit) if one.pressed >= times]
    if silent:
        call(w, directive, step.removeprefix("call_"), silent)


def remind(w: Work, directive: Directive) -> None:
    """Before the limit runs out: remind, by the ordinary channel, those who have not reported; nobody twice."""
    late = _waiting(w, directive, "report")
    ids = tuple(recipient.id for recipient in late)
    if ids and owe_round(w, directive, REMINDER_ROUND, ids, states=LATE_FOR["report"]):
        w.tell(RecipientsReminded(step="report_soon", recipients=ids, **directive.about))
