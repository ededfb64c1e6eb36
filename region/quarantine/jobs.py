"""The errands of quarantine that no step waits for."""

from __future__ import annotations

from datetime import date

from region.quarantine.actions import clocks, following, rooming
from region.quarantine.actions import nightly as by_the_clock
from region.spine.flow import runner
from region.spine.work import Work


@runner("quarantine.look")
def look(w: Work, what: str, id: int, state: str, since: str) -> None:
    """The time of a state is over: whoever still waits there is late."""
    clocks.look(w, what, id, state, since)


@runner("quarantine.cleaned")
def cleaned(w: Work, place_id: int) -> None:
    """The cleaning of rooms of a site is over."""
    rooming.cleaned(w, place_id)


@runner("quarantine.nightly")
def nightly(w: Work) -> None:
    """Owe what has come due by the region's clock, and end the restrictions whose time is over."""
    by_the_clock.tick(w)


@runner("quarantine.miss_tests", queue="slow")
def miss_tests(w: Work, day: str) -> None:
    """Tests due before a day that nobody took are missed; those that are stay so."""
    by_the_clock.miss_tests(w, date.fromisoformat(day))


@runner("quarantine.judge", queue="slow")
def judge(w: Work, day: str, after_id: int) -> None:
    """One part of the stays whose stage was over before a day; those judged ready are not told again."""
    by_the_clock.judge(w, date.fromisoformat(day), after_id)


@runner("quarantine.make_dues", queue="slow")
def make_dues(w: Work, day: str, half: str) -> None:
    """How many checks a half-day asks for, by place; made twice it is the same."""
    by_the_clock.make_dues(w, date.fromisoformat(day), half)


@runner("quarantine.follow_tests")
def follow_tests(w: Work) -> None:
    """Scheduled tests are brought to what stands of their tubes."""
    following.follow(w)
