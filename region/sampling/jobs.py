"""The errands of sampling that no step waits for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

from region.sampling.actions import (
    clocks,
    matching,
    recalling_follow,
    result_loading,
    scanning,
    siting,
    summing,
)
from region.sampling.models import Round
from region.sampling.queries.siting import ground_of
from region.sampling.queries.waiting import waiting_codes
from region.spine.flow import runner
from region.spine.work import Work
from region.spine.worker import Desk

SIGN_OF_LIFE = 5.0
"""Seconds after which an errand that still reckons says so."""


@runner("sampling.look")
def look(w: Work, what: str, id: int, state: str, since: str) -> None:
    """The time of a state is over: if it still waits there, it is late."""
    clocks.look(w, what, id, state, since)


@runner("sampling.site_round", queue="slow", outside=True)
def site_round(desk: Desk, round: int, most: int | None) -> None:
    """Place the sites of a round, with no transaction open; harmless when another answer was asked for, or came."""
    # Loaded by who needs it: the solver would cost every start of a process a second.
    from region.sampling.covering.place import place

    with desk.work() as w:
        row = w.get(Round, round)
        if not siting.awaits(row, most):
            return
        ground = ground_of(w, row)
    with ThreadPoolExecutor(1) as solver:
        answer = solver.submit(place, ground.problem, most)
        while not answer.done():
            try:
                answer.result(SIGN_OF_LIFE)
            except NotYet:
                with desk.work() as w:
                    desk.alive(w)
    with desk.work() as w:
        desk.alive(w)
        row = w.get(Round, round)
        if siting.awaits(row, most):
            siting.keep(w, row, ground, answer.result(), most)


@runner("sampling.apply_results", queue="slow")
def apply_results(w: Work, load: int, start: int) -> None:
    """One part of a file of results; one that was applied already changes nothing."""
    result_loading.apply_part(w, load, start)


@runner("sampling.match_results")
def match_results(w: Work) -> None:
    """What a laboratory reported of a tube in the moment in which a phone told of it is matched."""
    if codes := waiting_codes(w):
        matching.match_unknown(w, codes)


@runner("sampling.find_scanned")
def find_scanned(w: Work) -> None:
    """What a laboratory scanned in the moment in which a phone told of it is received."""
    scanning.found_in_books(w)


@runner("sampling.follow_recalls")
def follow_recalls(w: Work) -> None:
    """Recalls raised in the moment in which a phone told of their members are brought to it."""
    recalling_follow.follow(w)


@runner("sampling.sum_rounds", queue="slow")
def sum_rounds(w: Work) -> None:
    """Each large round under way is added up by area, in a work of its own."""
    minute = int(w.real_now.timestamp() // 60)
    for id in summing.large_rounds(w):
        w.owe("sampling.sum_round", key=f"sum-round:{id}:{minute}", round=id)


@runner("sampling.sum_round", queue="slow")
def sum_round(w: Work, round: int) -> None:
    """The kept sums of one large round; twice gives the same."""
    summing.sum_round(w, round)
