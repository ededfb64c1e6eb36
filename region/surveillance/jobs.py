"""The errands of surveillance that no step waits for."""

from __future__ import annotations

from region.spine.flow import runner
from region.spine.work import Work
from region.surveillance.actions import proposing, stepping


@runner("surveillance.look")
def look(w: Work, proposal: int) -> None:
    """The time to decide on a proposal is over."""
    proposing.look(w, proposal)


@runner("surveillance.look_at_alert")
def look_at_alert(w: Work, alert: int, state: str) -> None:
    """The time of one step of an alert is over."""
    stepping.look(w, alert, state)
