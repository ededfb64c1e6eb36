"""Two sites become one in the middle of a response: what the old one still owes, the new one owes."""

from __future__ import annotations

from region.dispatch.actions.moving import move_open_tasks
from region.places.events import SitesMerged
from region.spine.flow import when
from region.spine.work import Work


@when(SitesMerged)
def hand_over_open_tasks(w: Work, e: SitesMerged) -> None:
    """The new owner finds the open tasks in its inbox; what was signed and reported stays as it was."""
    move_open_tasks(w, e.merged, e.into)
