"""How an order ends: all are done or waived, another takes its place, or it is withdrawn and work on it stops."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, select, true, update
from sqlalchemy.orm import aliased

from region.dispatch.actions.answering import PORTAL, end_deliveries, only_its_holder
from region.dispatch.delivery import drop_owed
from region.dispatch.events import (
    DirectiveCancelled,
    DirectiveClosed,
    DirectiveSuperseded,
    DirectiveWithdrawn,
    WorkStopped,
)
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.children import open_child
from region.dispatch.schemas import Hand
from region.dispatch.states import DIRECTIVE, OPEN, RECIPIENT
from region.spine.errors import Invalid
from region.spine.machine import same_version
from region.spine.work import Work


def close_if_complete(w: Work, directive: Directive) -> bool:
    """Close it when no required recipient, and no order made out of it, is still open; True when it closed now."""
    if directive.state != "issued":
        return False
    waiting = exists().where(
        Recipient.directive_id == directive.id, Recipient.required, Recipient.state.in_(OPEN)
    )
    below = exists().where(open_child(Directive.parent_id == directive.id))
    if w.session.scalar(select(waiting)) or w.session.scalar(select(below)):
        return False
    DIRECTIVE.move(w, directive, "close")
    directive.ended_at = w.now
    w.tell(DirectiveClosed(**directive.about))
    return True


def withdraw(w: Work, directive: Directive, note: str, version: int | None = None) -> None:
    """Take an order back: whoever may have it must sign that work has stopped; nobody else need do anything.

    It ends as soon as nobody has to sign any more, which may be now. A second click changes nothing. Whoever
    passed an order on may take that one back; any other needs the right to issue.
    """
    if directive.state in ("withdrawing", "cancelled"):
        return
    same_version(directive, version)
    if not note.strip():
        raise Invalid("field-missing", field="note")
    _take_back(w, directive, None, note.strip())


def supersede(w: Work, directive: Directive, by: Directive) -> None:
    """Another order takes its place: whoever receives that one too is told by it, the others must stop."""
    _take_back(w, directive, by)


def _take_back(w: Work, directive: Directive, by: Directive | None, note: str = "") -> None:
    verb = "withdraw" if directive.passed_by_id is None else "take_back"
    DIRECTIVE.move(w, directive, verb, place=directive.place_id)
    directive.end_note = note
    told_otherwise = Recipient.state == "pending"
    if by is not None:
        # Last night's roll call asked for no work that could be stopped.
        told_otherwise |= true() if directive.kind == "roll_call" else _receives(by)
    _move_all(w, directive, told_otherwise, "void")
    _move_all(w, directive, ~told_otherwise, "stopping")
    drop_owed(w, directive.id)
    stopping = _stopping(w, directive)
    w.tell(DirectiveWithdrawn(stopping=stopping, **directive.about))
    if not stopping:
        end_if_stopped(w, directive)


def _receives(by: Directive) -> ColumnElement[bool]:
    """Whether the same site, or the same person, is a recipient of `by` too."""
    other = aliased(Recipient)
    same = func.coalesce(other.account_id, 0) == func.coalesce(Recipient.account_id, 0)
    return exists().where(other.directive_id == by.id, other.place_id == Recipient.place_id, same)


def _move_all(w: Work, directive: Directive, chosen: ColumnElement[bool], state: str) -> None:
    """Bring those that are open and chosen into a state, in one statement; the caller tells."""
    ended = w.now if state in RECIPIENT.ends else None
    w.session.execute(
        update(Recipient)
        .where(Recipient.directive_id == directive.id, Recipient.state.in_(OPEN), chosen)
        .values(
            state=state, since=w.now, ended_at=ended, pressed=0, pressure=0, version=Recipient.version + 1
        )
        .execution_options(synchronize_session=False)
    )


def _stopping(w: Work, directive: Directive) -> int:
    wanted = select(func.count()).select_from(Recipient)
    wanted = wanted.where(Recipient.directive_id == directive.id, Recipient.state == "stopping")
    return w.session.scalar(wanted) or 0


def confirm_stop(w: Work, recipient: Recipient, hand: Hand = PORTAL) -> None:
    """The site, or the named person, signs that work on a withdrawn order has stopped; once is enough."""
    only_its_holder(w, recipient)
    if recipient.stopped_at is not None:
        return
    RECIPIENT.move(w, recipient, "confirm_stop", place=recipient.place_id)
    keep_stop(w, recipient, hand)


def keep_stop(w: Work, recipient: Recipient, hand: Hand) -> None:
    """Keep that work has stopped, by whichever hand it was signed; the caller has moved the state."""
    recipient.stopped_at = recipient.ended_at = w.now
    recipient.pressed = recipient.pressure = 0
    end_deliveries(w, recipient)
    w.tell(WorkStopped(way=hand.way, **recipient.about))


def end_if_stopped(w: Work, directive: Directive) -> bool:
    """End a withdrawn order when nobody must sign any more: superseded where another replaced it, else cancelled."""
    if directive.state != "withdrawing" or _stopping(w, directive):
        return False
    successor = select(func.min(Directive.id)).where(
        Directive.supersedes_id == directive.id, Directive.issued_at.is_not(None)
    )
    by = w.session.scalar(successor)
    # Not by move(): the right was proved by whoever withdrew it, and the last to sign may be a site.
    directive.state = DIRECTIVE.find("cancel" if by is None else "supersede", directive.state).target
    directive.since = directive.ended_at = w.now
    directive.version += 1
    about = directive.about
    w.tell(DirectiveCancelled(**about) if by is None else DirectiveSuperseded(by=by, **about))
    return True


def withdraw_made_of(w: Work, directive: int, note: str, recipient: int | None = None) -> None:
    """Withdraw the orders that were made out of this one, or by one recipient of it; those that ended stay so."""
    mine = Directive.parent_id == directive
    if recipient is not None:
        mine &= Directive.passed_by_id == recipient
    for child in w.session.scalars(select(Directive).where(open_child(mine)).order_by(Directive.id)).all():
        withdraw(w, child, note)


def cancel(w: Work, directive: Directive) -> None:
    """End an order that asked for no work of its own, such as a supervision order: there is nothing to stop."""
    DIRECTIVE.move(w, directive, "cancel", place=directive.place_id)
    directive.ended_at = w.now
    _move_all(w, directive, Recipient.id.is_not(None), "void")
    drop_owed(w, directive.id)
    w.tell(DirectiveCancelled(**directive.about))
