"""The worker and the sweep outlive the servers that they need."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy.exc import OperationalError

from region.settings import Settings
from region.spine.bell import RedisBell
from region.spine.errors import Invalid
from region.spine.work import Office
from region.spine.worker import sweep_forever
from tests import servers
from tests.region.cli.conftest import Call, region_argv, region_env
from tests.world import World

PATIENCE = 60.0


def until(condition: Callable[[], Any], what: str) -> Any:
    """What `condition` answers, as soon as it is true."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.05)
    return found


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[servers.Valkey]:
    """A Valkey of this test alone, which it may stop and flush."""
    (tmp_path / "valkey").mkdir()
    with servers.running_valkey(tmp_path / "valkey") as valkey:
        yield valkey


@contextmanager
def running(world: World, queue: servers.Valkey, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A verb as a process on this world's database."""
    env = region_env(data_dir=world.settings.data_dir, database_url=world.database_url, redis_url=queue.url)
    with (world.folder / "verb.log").open("wb") as log:
        process = subprocess.Popen(region_argv(*words), env=env, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def owe_one(world: World, key: str) -> None:
    """Owe an errand that ends as dead at once, which shows that a worker had it."""
    with world.as_system() as w:
        w.owe("flow.step", key=key, step="none.such", entry=1)
    # The world's clock stands in the past, so what it owes is due for the worker's.


def workers(queue: servers.Valkey) -> list[Any]:
    found: list[Any] = Worker.all(connection=Redis.from_url(queue.url), serializer=JSONSerializer)
    return found


def test_a_worker_outlives_a_redis_that_stops_or_forgets(sqlite_world: World, queue: servers.Valkey) -> None:
    world, bell = sqlite_world, RedisBell(queue.url)
    world.area()
    with running(world, queue, "worker") as process:

        def works(key: str, count: int) -> None:
            owe_one(world, key)
            bell.ring({"urgent"})
            until(lambda: len(world.errands("dead")) == count, key)
            assert process.poll() is None

        until(lambda: len(workers(queue)) == 1, "the worker to register")
        works("before", 1)
        queue.stop()
        time.sleep(3)  # long enough for the worker to notice; it then tries again and again
        assert process.poll() is None
        queue.start()
        works("after a stop", 2)
        Redis.from_url(queue.url).flushall()
        works("after a flush", 3)
        until(lambda: len(workers(queue)) == 1, "the worker to register again")
        queue.kill()
        queue.start()
        works("after a crash", 4)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_job_dies_with_its_worker(sqlite_world: World, queue: servers.Valkey) -> None:
    """Otherwise a killed worker's job would work on, holding its lease, while the sweep hands it to another."""
    urgent = Queue("urgent", connection=Redis.from_url(queue.url), serializer=JSONSerializer)
    with running(sqlite_world, queue, "worker", "--queues", "urgent") as process:
        urgent.enqueue("time.sleep", 600)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        horse = Path("/proc") / until(lambda: children.read_text().strip(), "the job to be forked")
        until(lambda: b"worker" in (horse / "cmdline").read_bytes(), "the job to run")
        time.sleep(0.5)  # between the fork and the tie there are a few lines
        process.kill()
        process.wait()
        until(lambda: gone(horse), "the job to end")
        assert gone(horse)


def gone(process: Path) -> bool:
    """Whether a process has ended, whoever is to collect it."""
    try:
        return "State:\tZ" in (process / "status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_the_sweep_rings_again_after_redis_was_away(sqlite_world: World, queue: servers.Valkey) -> None:
    world, urgent = sqlite_world, None
    with running(world, queue, "sweep") as process:
        until(lambda: RedisBell(queue.url).last_sweep(), "a sign of the sweep")
        queue.kill()
        owe_one(world, "while Redis was away")
        time.sleep(2)
        assert process.poll() is None
        queue.start()
        urgent = Queue("urgent", connection=Redis.from_url(queue.url), serializer=JSONSerializer)
        until(lambda: urgent.count, "a ring")


def test_the_sweep_goes_on_after_the_database_was_away(sqlite_world: World) -> None:
    rounds: list[int] = []

    class Enough(Exception):
        """Ends the sweep, which ends by itself for nothing."""

    def each(_office: Office) -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("select 1", {}, Exception("gone"))
        if len(rounds) == 3:
            raise Enough

    with pytest.raises(Enough):
        sweep_forever(sqlite_world.office, each, seconds=0)
    assert len(rounds) == 3


def test_what_cannot_start_says_why(call: Call, tmp_path: Path) -> None:
    lacking = call("worker", data_dir=tmp_path)
    assert lacking.returncode == Invalid.exit_code
    assert "REGION_REDIS_URL" in lacking.stderr and len(lacking.stderr.splitlines()) == 1
    unknown = call("worker", "--queues", "urgent,nowhere", data_dir=tmp_path)
    assert unknown.returncode == Invalid.exit_code and "nowhere" in unknown.stderr


def test_the_web_server_keeps_nothing_in_the_home_folder() -> None:
    from region.cli.serve import web_argv

    argv = web_argv(Settings())
    assert "--no-control-socket" in argv
    assert argv[argv.index("--graceful-timeout") + 1] == "3"
