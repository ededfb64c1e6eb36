"""A directive's loop: issued, delivered, signed, done and proved, or pressed and passed up; then closed."""

from __future__ import annotations

from region.dispatch.actions.ending import close_if_complete, supersede
from region.dispatch.actions.pressing import start_clocks
from region.dispatch.delivery import demote, owe_round
from region.dispatch.events import (
    DeliveriesFailed,
    DirectiveIssued,
    RecipientSettled,
    RecipientWaived,
    ReportAccepted,
)
from region.dispatch.models import Directive
from region.spine.flow import when
from region.spine.work import Work


@when(DirectiveIssued)
def begin_delivery(w: Work, e: DirectiveIssued) -> None:
    """Every recipient is owed one delivery on the best channel it has, and the clocks start."""
    directive = w.get(Directive, e.directive)
    owe_round(w, directive, 1, None)
    start_clocks(w, directive)


@when(DirectiveIssued)
def end_what_it_replaces(w: Work, e: DirectiveIssued) -> None:
    """The order that this one supersedes ends now."""
    directive = w.get(Directive, e.directive)
    if directive.supersedes_id is not None:
        old = w.get(Directive, directive.supersedes_id)
        if old.state == "issued":
            supersede(w, old, directive)


@when(DeliveriesFailed)
def try_the_next_channel(w: Work, e: DeliveriesFailed) -> None:
    """A channel does not reach these sites: the next one is owed."""
    demote(w, e.directive, e.deliveries)


@when(ReportAccepted)
def close_after_acceptance(w: Work, e: ReportAccepted) -> None:
    """The last site done closes the directive."""
    close_if_complete(w, w.get(Directive, e.directive))


@when(RecipientWaived)
def close_after_waiver(w: Work, e: RecipientWaived) -> None:
    """The last site waived closes the directive."""
    close_if_complete(w, w.get(Directive, e.directive))


@when(RecipientSettled)
def close_after_settling(w: Work, e: RecipientSettled) -> None:
    """The last signature closes a document that asks for nothing more."""
    close_if_complete(w, w.get(Directive, e.directive))
