"""Workers and the sweep: RQ runs what is owed, leases survive dead machines, the database is the truth."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rq import Queue, Worker
from rq.serializers import JSONSerializer

from region.spine import errands
from region.spine.actor import system_actor
from region.spine.bell import RedisBell
from region.spine.errands import Claim, ErrandDied, ErrandReturned
from region.spine.errors import Broken, Fault, Stale
from region.spine.flow import Flows, Runner, runner
from region.spine.journal import Entry, revive
from region.spine.work import Office, Work

log = logging.getLogger(__name__)

BATCH = 20
_OFFICE: list[
    Office
] = []  # set once before the worker forks, so that a job finds it without importing the app


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
    for at, one in enumerate(held):
        if at and _gone_stale(office, one):
            continue
        run_one(office, one)
    return len(held)


def _gone_stale(office: Office, held: Claim) -> bool:
    """A slow errand before this one in the batch may have used up the lease: renew it, or leave it."""
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


def drain(queue: str) -> int:
    """The RQ job: run what is due in a queue until nothing is; returns how many errands were run."""
    done = 0
    while ran := run_due(_OFFICE[0], queue):
        done += ran
    return done


def work_forever(office: Office, bell: RedisBell, queues: list[str]) -> None:
    """Run an RQ worker on these queues until told to stop; what jobs need is imported before it forks."""
    _OFFICE[:] = [office]
    names = [Queue(name, connection=bell.redis, serializer=JSONSerializer) for name in queues]
    Worker(names, connection=_patient(bell), serializer=JSONSerializer).work(logging_level="WARNING")


def _patient(bell: RedisBell) -> Any:
    """A connection without the bell's short patience: a worker waits for jobs for minutes."""
    settings = dict(bell.redis.connection_pool.connection_kwargs)
    settings.pop("socket_timeout", None)
    return type(bell.redis)(**settings)


def sweep_once(office: Office) -> set[str]:
    """Return what dead workers held, and ring for every queue where something is due."""
    back: list[Any] = []
    with office.work(system_actor()) as w:
        back = list(errands.expired(w.session, w.real_now))
        due = errands.queues_due(w.session, w.real_now)
    for row in back:
        with office.work(system_actor(row.realm)) as w:
            w.tell(ErrandReturned(errand=row.id, runner=row.runner, tries=row.tries, place=row.place_id))
    if due:
        office.bell.ring(due)
    return due


def sweep_forever(office: Office, each: Callable[[Office], None], seconds: float = 1.0) -> None:
    """Sweep every second, and do `each` (the schedule) before; a failing round is told and tried again."""
    while True:
        try:
            each(office)
            sweep_once(office)
        except Fault as fault:
            log.error("sweep: %s", fault.code)
        time.sleep(seconds)


def learn_own(flows: Flows) -> Flows:
    """Teach the flows the spine's own runner and events."""
    import sys

    return flows.learn([sys.modules[__name__], errands])
