"""RQ's worker made to last: it outlives a Redis that stops or forgets, and its forked jobs die with it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker, worker_registration
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer

from region.spine import worker
from region.spine.bell import RedisBell
from region.spine.work import Office

log = logging.getLogger(__name__)

SEEN_SECONDS = 30  # how long a worker counts as alive after its last sign; it shows one every half of it
PAUSE_SECONDS = 1.0  # before it tries again to reach a Redis that is away


class RegionWorker(Worker):
    """RQ's worker with three differences: it registers again, takes no remote commands, dies all together."""

    before_job: Callable[[], None] | None = None
    told_to_stop = False

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Show that it lives; a Redis that was flushed or came back empty is told anew who this is."""
        if pipeline is None and not self.connection.hexists(self.key, "birth"):
            with self.connection.pipeline() as anew:
                anew.hset(self.key, mapping=self.serialize())
                worker_registration.register(self, anew)
                anew.execute()
        super().heartbeat(timeout, pipeline)

    def subscribe(self) -> None:
        """No remote commands: their thread would not survive a fork, and ending leases is the sweep's."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed to."""

    def handle_warm_shutdown_request(self) -> None:
        """Remember that the end was asked for, so that it is not taken for a lost connection."""
        self.told_to_stop = True
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the forked process: tie its life to the worker's, then do the job."""
        if self.before_job is not None:
            self.before_job()
        super().main_work_horse(job, queue)


def work_forever(
    office: Office, bell: RedisBell, queues: list[str], before_job: Callable[[], None] | None = None
) -> None:
    """Work on these queues until told to stop; what jobs need is imported before it forks.

    RQ's worker ends when it loses Redis at certain moments: another takes its place until it is back.
    `before_job` runs first in each forked process.
    """
    worker.open_for(office)
    while not _work_once(bell, queues, before_job):
        try:
            time.sleep(PAUSE_SECONDS)
        except StopRequested:  # RQ's signal handler, which is still in place
            return


def _work_once(bell: RedisBell, queues: list[str], before_job: Callable[[], None] | None) -> bool:
    """Work until told to stop (True) or until Redis is lost (False)."""
    made: RegionWorker | None = None
    try:
        connection = Redis.from_url(bell.url)  # without the bell's short patience: it waits for jobs
        names = [Queue(name, connection=connection, serializer=JSONSerializer) for name in queues]
        made = RegionWorker(
            names,
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=SEEN_SECONDS,
            log_job_description=False,
        )
        made.before_job = before_job
        made.work(logging_level="WARNING")
    except StopRequested:
        return True
    except RedisError as away:
        log.warning("worker: %s; it tries again", type(away).__name__)
    if made is None:
        return False
    if made.horse_pid:
        made.wait_for_horse()  # its job went on without Redis and must not be left behind
    return made.told_to_stop
