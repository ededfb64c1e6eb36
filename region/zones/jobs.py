"""The errands of zones: what waits too long, what was decided for later, what the rules propose."""

from __future__ import annotations

from region.spine.flow import runner
from region.spine.work import Work
from region.zones.actions import clocks, declaring, reviewing


@runner("zones.look")
def look(w: Work, what: str, id: int, state: str, since: str) -> None:
    """The time of a state is over: if it still waits there, it is late."""
    clocks.look(w, what, id, state, since)


@runner("zones.take_effect")
def take_effect(w: Work, grade: int) -> None:
    """A grade, or a lift, that was decided for now holds from now on."""
    declaring.take_effect(w, grade)


@runner("zones.review", queue="slow")
def review(w: Work) -> None:
    """Each standing zone against its rules; what is proposed already is not proposed again."""
    reviewing.review(w)
