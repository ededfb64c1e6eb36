"""Time what the region depends on, on this machine: `make bench`, or `make bench ARGS="valkey postgres"`.

A benchmark is a generator in `BENCHES`: it prepares, yields the action to time, and tidies up. Figures are
minimum, median and maximum of the rounds; compare only figures of one machine.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis

from region.supervisor import Child, Supervisor, free_port, valkey_answers, valkey_argv
from tests import servers

ROUNDS = 7
Action = Callable[[], object]


@contextmanager
def supervised_valkey() -> Iterator[Action]:
    """Start Valkey under the supervisor until it answers, and stop it in order."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def start_and_stop() -> None:
            port = free_port()
            argv = valkey_argv(port, folder / "data", None)
            child = Child("valkey", argv, {}, lambda: valkey_answers(port, None), 5)
            supervisor = Supervisor([child], folder / "logs", say=lambda words: None)
            supervisor.start()
            supervisor.stop()

        yield start_and_stop


@contextmanager
def valkey_writes() -> Iterator[Action]:
    """1,000 writes to Valkey, one after the other, each logged."""
    with (
        tempfile.TemporaryDirectory() as name,
        servers.running_valkey(Path(name)) as valkey,
        Redis.from_url(valkey.url) as connection,
    ):
        yield lambda: [connection.set(f"key:{number}", number) for number in range(1000)]


@contextmanager
def fresh_database() -> Iterator[Action]:
    """Create a database of its own for a test on PostgreSQL."""
    with tempfile.TemporaryDirectory() as name, servers.running_postgres(Path(name)) as url:
        yield lambda: servers.fresh_database(url)


BENCHES = {
    "start-valkey": supervised_valkey,
    "valkey-1000-writes": valkey_writes,
    "postgres-database": fresh_database,
}


def seconds_of(action: Action) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def main() -> int:
    chosen = {
        name: bench for name, bench in BENCHES.items() if any(word in name for word in sys.argv[1:] or [""])
    }
    if not chosen:
        print(f"No such benchmark. There are: {', '.join(BENCHES)}", file=sys.stderr)
        return 1
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {ROUNDS} rounds"
    )
    print(f"{'milliseconds':<22} {'min':>9} {'median':>9} {'max':>9}")
    for name, bench in chosen.items():
        with bench() as action:
            action()  # the first one warms caches
            times = [1000 * seconds_of(action) for _ in range(ROUNDS)]
        print(
            f"{name:<22} {min(times):>9.1f} {statistics.median(times):>9.1f} {max(times):>9.1f}", flush=True
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
