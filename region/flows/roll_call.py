"""A roll call that the duty officer repeats goes out once more, to those who have not answered."""

from __future__ import annotations

from region.dispatch.actions.roll_call import call_round
from region.dispatch.events import RecipientsReminded
from region.dispatch.models import Directive
from region.spine.flow import when
from region.spine.work import Work

AGAIN = "roll_call_again_"


@when(RecipientsReminded)
def bring_again(w: Work, e: RecipientsReminded) -> None:
    """The desk's click names the round, so that two clicks in a minute bring one letter."""
    if e.step.startswith(AGAIN):
        call_round(w, w.get(Directive, e.directive), int(e.step.removeprefix(AGAIN)))
