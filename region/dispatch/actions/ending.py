"""How an order ends: all are done or waived, another takes its place, or it is cancelled."""

from __future__ import annotations

from sqlalchemy import exists, select, update

from region.dispatch.delivery import drop_owed
from region.dispatch.events import DirectiveCancelled, DirectiveClosed, DirectiveSuperseded
from region.dispatch.models import Directive, Recipient
from region.dispatch.states import DIRECTIVE, OPEN
from region.spine.machine import same_version
from region.spine.work import Work


def close_if_complete(w: Work, directive: Directive) -> bool:
    """Close it when no required recipient is still open; True when it closed now."""
    if directive.state != "issued":
        return False
    waiting = exists().where(
        Recipient.directive_id == directive.id, Recipient.required, Recipient.state.in_(OPEN)
    )
    if w.session.scalar(select(waiting)):
        return False
    DIRECTIVE.move(w, directive, "close")
    w.tell(DirectiveClosed(**directive.about))
    return True


def cancel(w: Work, directive: Directive, version: int | None = None) -> None:
    """It no longer holds: nobody need do anything, and nothing more is sent."""
    same_version(directive, version)
    DIRECTIVE.move(w, directive, "cancel", place=directive.place_id)
    _void(w, directive)
    w.tell(DirectiveCancelled(**directive.about))


def supersede(w: Work, directive: Directive, by: Directive) -> None:
    """Another order takes its place, from the moment that one is issued."""
    DIRECTIVE.move(w, directive, "supersede", place=directive.place_id)
    _void(w, directive)
    w.tell(DirectiveSuperseded(by=by.id, **directive.about))


def _void(w: Work, directive: Directive) -> None:
    w.session.execute(
        update(Recipient)
        .where(Recipient.directive_id == directive.id, Recipient.state.in_(OPEN))
        .values(state="void", since=w.now, ended_at=w.now, version=Recipient.version + 1)
        .execution_options(synchronize_session=False)
    )
    drop_owed(w, directive.id)
