"""Workers and the sweep: RQ runs what is owed, leases survive dead machines, the database is the truth."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from region.spine import errands
from region.spine.actor import system_actor
from region.spine.errands import Claim, ErrandDied, ErrandReturned
from region.spine.errors import Broken, Fault, Stale
from region.spine.flow import Flows, Runner, runner
from region.spine.journal import Entry, revive
from region.spine.work import Office, Work

log = logging.getLogger(__name__)

BATCH = 20
SIGN_OF_LIFE = 5.0
"""Seconds between two renewals of a lease while something long is reckoned."""
Reckoned = TypeVar("Reckoned")
_OFFICE: list[Office] = []  # set before the worker forks: a job finds it without importing the app


@dataclass(frozen=True)
class Desk:
    """What an outside runner works at: it opens works and keeps its lease alive between them."""

    office: Office
    held: Claim

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Open a work as the system, in the errand's realm, caused by what caused the errand."""
        with self.office.work(system_actor(self.held.realm), cause_id=self.held.cause_id) as w:
            yield w

    def alive(self, w: Work) -> None:
        """Renew the lease inside `w`; raises Stale when somebody else has the errand now."""
        errands.extend(w.session, self.held, w.real_now)

    def meanwhile(self, reckon: Callable[[], Reckoned]) -> Reckoned:
        """What `reckon` returns after long work with no transaction open; the lease is renewed while it lasts."""
        with ThreadPoolExecutor(1) as hands:
            answer = hands.submit(reckon)
            while not answer.done():
                try:
                    answer.result(SIGN_OF_LIFE)
                except NotYet:
                    with self.work() as w:
                        self.alive(w)
        return answer.result()


@runner("flow.step", queue="urgent")
def run_step(w: Work, step: str, entry: int) -> None:
    """Run one step of a flow on the event that it waits for."""
    flows = w.office.flows
    line = w.get(Entry, entry)
    if step not in flows.named or line.event not in flows.events:
        raise Broken("no-such-step", step=step, event=line.event)
    w.cause_id = line.id
    flows.named[step](w, revive(flows.events[line.event], line))


def run_due(office: Office, queue: str, most: int = BATCH) -> int:
    """Claim and run up to `most` due errands of a queue; returns how many were run."""
    now = office.clock.instant()
    with office.work(system_actor()) as w:
        held = errands.claim(w.session, queue, now, most)
    fresh_until = now + errands.LEASE / 2
    for one in held:
        if office.clock.instant() > fresh_until and _gone_stale(office, one):
            continue
        run_one(office, one)
    return len(held)


def _gone_stale(office: Office, held: Claim) -> bool:
    """Slow errands before this one in the batch may have used up its lease: renew it, or leave it."""
    try:
        with office.work(system_actor()) as w:
            errands.extend(w.session, held, w.real_now)
    except Stale:
        return True
    return False


def run_one(office: Office, held: Claim) -> None:
    """Run one held errand; its effects and its end are one transaction, its failure another."""
    found = office.flows.runners.get(held.runner)
    try:
        if found is None:
            raise Broken("no-such-runner", runner=held.runner)
        _run(office, held, found)
    except Exception as error:  # noqa: BLE001 - whatever it was becomes a row: retried, or dead and shown
        log.warning("errand %s (%s) failed: %s", held.id, held.runner, errands.reason(error))
        _record_failure(office, held, error)


def _run(office: Office, held: Claim, found: Runner) -> None:
    if found.outside:
        desk = Desk(office, held)
        found.run(desk, **held.args)
        with desk.work() as w:
            errands.finish(w.session, held, w.real_now)
        return
    with office.work(system_actor(held.realm), cause_id=held.cause_id) as w:
        w.need("system.operate")
        errands.extend(w.session, held, w.real_now)  # and on PostgreSQL holds the row until the end
        found.run(w, **held.args)
        errands.finish(w.session, held, w.real_now)


def _record_failure(office: Office, held: Claim, error: BaseException) -> None:
    try:
        with office.work(system_actor(held.realm), cause_id=held.cause_id) as w:
            if errands.fail(w.session, held, w.real_now, error):
                w.tell(
                    ErrandDied(
                        errand=held.id,
                        runner=held.runner,
                        tries=held.tries,
                        reason=errands.reason(error),
                        place=held.place_id,
                    )
                )
    except Stale:
        log.warning("errand %s was taken over by another worker", held.id)


def open_for(office: Office) -> None:
    """Say whose work this process does, before it forks: jobs know the name of a queue and no more."""
    _OFFICE[:] = [office]


def drain(queue: str) -> int:
    """The RQ job: run what is due in a queue until nothing is; returns how many errands were run."""
    office, done = _OFFICE[0], 0
    # An outside runner may take minutes: what comes after it is left to other workers.
    slow = any(found.outside and found.queue == queue for found in office.flows.runners.values())
    while ran := run_due(office, queue, 1 if slow else BATCH):
        done += ran
    return done


def sweep_once(office: Office) -> set[str]:
    """Return what dead workers held, and ring for every queue where something is due."""
    back: list[Any] = []
    with office.work(system_actor()) as w:
        back = list(errands.expired(w.session, w.real_now))
        due = errands.queues_due(w.session, w.real_now)
    for row in back:
        with office.work(system_actor(row.realm)) as w:
            about = {"errand": row.id, "runner": row.runner, "tries": row.tries, "place": row.place_id}
            if row.state == "dead":
                w.tell(ErrandDied(reason="its-worker-died", **about))
            else:
                w.tell(ErrandReturned(**about))
    if due:
        office.bell.ring(due)
    return due


def sweep_forever(office: Office, each: Callable[[Office], None], seconds: float = 1.0) -> None:
    """Sweep every second, after `each` (the schedule); a round that fails is told, and the next one tries.

    A database or a Redis that is away ends no sweep: it is the sweep that finds the work once they are back.
    """
    while True:
        try:
            each(office)
            sweep_once(office)
        except (Fault, SQLAlchemyError, RedisError, OSError) as error:
            log.error("sweep: %s", errands.reason(error))
        time.sleep(seconds)


def learn_own(flows: Flows) -> Flows:
    """Teach the flows the spine's own runner and events."""
    import sys

    return flows.learn([sys.modules[__name__], errands])
