"""Supervision ends with what it presses for: nobody is asked twice for the same work."""

from __future__ import annotations

from region.dispatch.actions.supervising import end_all, let_go
from region.dispatch.events import (
    DirectiveCancelled,
    DirectiveSuperseded,
    DirectiveWithdrawn,
    RecipientSettled,
    RecipientWaived,
    TaskReported,
)
from region.spine.flow import when
from region.spine.work import Work


@when(TaskReported)
def end_when_reported(w: Work, e: TaskReported) -> None:
    """A site that has reported is not pressed for it any more; should the report be returned, it is pressed anew."""
    let_go(w, e.directive, [e.place or 0])


@when(RecipientSettled)
def end_when_settled(w: Work, e: RecipientSettled) -> None:
    """A signature was all that was asked for."""
    let_go(w, e.directive, [e.place or 0])


@when(RecipientWaived)
def end_when_waived(w: Work, e: RecipientWaived) -> None:
    """Who need not do it need not say why it is late."""
    let_go(w, e.directive, [e.place or 0])


@when(DirectiveCancelled)
def end_when_cancelled(w: Work, e: DirectiveCancelled) -> None:
    """A cancelled order is not supervised."""
    end_all(w, e.directive)


@when(DirectiveSuperseded)
def end_when_superseded(w: Work, e: DirectiveSuperseded) -> None:
    """Nor is one that another took the place of."""
    end_all(w, e.directive)


@when(DirectiveWithdrawn)
def end_when_withdrawn(w: Work, e: DirectiveWithdrawn) -> None:
    """Nor one that was taken back."""
    end_all(w, e.directive)
