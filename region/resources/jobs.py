"""The errands of supplies that no step waits for: reckoning, clocks that run out, requests that follow transfers."""

from __future__ import annotations

from typing import Any

from region.resources.actions import clocks, following, planning, reckoning
from region.resources.allocation.outcome import Plan as Found
from region.resources.allocation.problem import BadProblem, Problem
from region.resources.models import Plan
from region.resources.queries.planning import problem_of
from region.resources.states import PLAN
from region.spine.flow import runner
from region.spine.work import Work
from region.spine.worker import Desk


@runner("resources.reckon")
def reckon(w: Work, minute: int = 0, turn: int = 0) -> None:
    """Reckon the shelves that changed, some at a time; first of all, once a day, promise the night's reckoning."""
    day = w.office.clock.day(w.now).isoformat()
    w.owe("resources.reckon_night", key=f"reckon-night:{day}", day=day)
    minute = minute or int(w.real_now.timestamp() // 60)
    if reckoning.reckon_stale(w):
        w.owe("resources.reckon", key=f"reckon:{minute}:{turn + 1}", minute=minute, turn=turn + 1)


@runner("resources.reckon_night")
def reckon_night(w: Work, day: str) -> None:
    """A day is over: silence makes burn unknown and lots expire, so everything is reckoned anew, in parts."""
    for number, items in enumerate(reckoning.parts_of_night(w)):
        w.owe("resources.reckon_items", key=f"reckon-night:{day}:{number}", items=items)


@runner("resources.reckon_items", queue="slow")
def reckon_items(w: Work, items: list[str]) -> None:
    """One part of the night: all shelves of some items."""
    reckoning.reckon_items(w, items)


@runner("resources.look")
def look(w: Work, what: str, id: int, state: str, since: str) -> None:
    """The time of a state of a request or a transfer is over: if it still waits there, it is late."""
    clocks.look(w, what, id, state, since)


@runner("resources.follow")
def follow(w: Work, request: int, transfer: int) -> None:
    """A transfer changed: what is promised and received for its request is counted anew."""
    following.follow(w, request, transfer)


@runner("resources.make_plan", queue="slow", outside=True)
def make_plan(desk: Desk, plan: int) -> None:
    """Reckon a plan, with no transaction open; one that has been answered is left alone."""
    with desk.work() as w:
        row = w.get(Plan, plan)
        if row.state != PLAN.start:
            return
        try:
            problem = problem_of(w, row)
        except BadProblem as bad:
            planning.fail(w, row, bad.code)
            return
    found, compared = desk.meanwhile(lambda: _answer(problem))
    with desk.work() as w:
        desk.alive(w)
        planning.propose(w, w.get(Plan, plan), found, compared)


def _answer(problem: Problem) -> tuple[Found, dict[str, Any]]:
    """The plan, and what the nearest that can spare would have done."""
    # Loaded by who needs it: the solver would cost every start of a process a second.
    from region.resources.allocation.greedy import greedy_nearest
    from region.resources.allocation.plan import make_plan as solve

    greedy = greedy_nearest(problem)
    compared = {"lifted": len(greedy.lifted), "weight": greedy.weight.value, "cost": greedy.cost.value}
    return solve(problem), compared


@runner("resources.end_plan")
def end_plan(w: Work, plan: int) -> None:
    """The time to answer a plan, or to decide on it, is over."""
    planning.end(w, w.get(Plan, plan))
