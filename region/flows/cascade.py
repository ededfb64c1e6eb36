"""Orders made out of orders: they end with what they were made of, and what they were made of ends after them."""

from __future__ import annotations

from region.dispatch.actions.ending import close_if_complete, end_if_stopped, withdraw_made_of
from region.dispatch.actions.pressing import start_stopping
from region.dispatch.events import (
    DirectiveCancelled,
    DirectiveClosed,
    DirectiveSuperseded,
    DirectiveWithdrawn,
    RecipientWaived,
    WorkStopped,
)
from region.dispatch.models import Directive, Remark
from region.spine.flow import when
from region.spine.work import Work


@when(DirectiveWithdrawn)
def tell_who_must_stop(w: Work, e: DirectiveWithdrawn) -> None:
    """Whoever has the order is told that it no longer holds, and pressed to sign that work has stopped."""
    start_stopping(w, w.get(Directive, e.directive))


@when(DirectiveWithdrawn)
def withdraw_what_was_made_of_it(w: Work, e: DirectiveWithdrawn) -> None:
    """What was made out of it no longer holds either, all the way down."""
    withdraw_made_of(w, e.directive, _why(w.get(Directive, e.directive)))


@when(RecipientWaived)
def withdraw_what_it_passed_on(w: Work, e: RecipientWaived) -> None:
    """Who need not do it need not have it done."""
    withdraw_made_of(w, e.directive, w.get(Remark, e.remark).text, e.recipient)


@when(WorkStopped)
def end_when_all_have_stopped(w: Work, e: WorkStopped) -> None:
    """The last signature ends a withdrawn order."""
    end_if_stopped(w, w.get(Directive, e.directive))


@when(RecipientWaived)
def end_when_none_is_left_to_stop(w: Work, e: RecipientWaived) -> None:
    """So does letting off the last that has not signed."""
    end_if_stopped(w, w.get(Directive, e.directive))


@when(DirectiveClosed)
def climb_when_closed(w: Work, e: DirectiveClosed) -> None:
    """The last order below that is done may be what the order above waits for."""
    _climb(w, e.directive)


@when(DirectiveCancelled)
def climb_when_cancelled(w: Work, e: DirectiveCancelled) -> None:
    """So may the last that was taken back."""
    _climb(w, e.directive)


@when(DirectiveSuperseded)
def climb_when_superseded(w: Work, e: DirectiveSuperseded) -> None:
    """Or replaced."""
    _climb(w, e.directive)


def _climb(w: Work, ended: int) -> None:
    directive = w.get(Directive, ended)
    if directive.parent_id is not None and directive.passed_by_id is not None:
        close_if_complete(w, w.get(Directive, directive.parent_id))


def _why(directive: Directive) -> str:
    """The words of whoever withdrew it; an order that was superseded is named by its number."""
    return directive.end_note or directive.number or "–"
