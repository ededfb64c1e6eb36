"""The errands of care that no step waits for."""

from __future__ import annotations

from region.care.actions import nightly as day
from region.care.actions import tasks
from region.spine.flow import runner
from region.spine.work import Work


@runner("care.nightly", queue="slow")
def nightly(w: Work) -> None:
    """The tasks of the day; twice makes nothing new."""
    day.nightly(w)


@runner("care.late")
def late(w: Work) -> None:
    """Tasks whose time is over are late, which is told once."""
    tasks.late(w)
