"""The errands of tracing that no step waits for."""

from __future__ import annotations

from region.spine.flow import runner
from region.spine.work import Work
from region.tracing.actions import clocks, identity


@runner("tracing.look")
def look(w: Work, what: str, ids: list[int], state: str, since: str) -> None:
    """The time of a state is over: what still waits there is late."""
    clocks.look(w, what, ids, state, since)


@runner("tracing.check_funnel")
def check_funnel(w: Work) -> None:
    """Whether the contacts of each open incident add up; what does not is told once a day."""
    identity.check(w)
