"""The processes of a region on one machine, in the order in which they start."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

from region import supervisor
from region.cli.serve import web_argv
from region.settings import Settings
from region.supervisor import Child

QUEUE_KEY = "queue.key"  # the password of the embedded Valkey, made with the other secrets

LOCAL = ("127.0.0.1", "localhost", "0.0.0.0")

QUEUE_ADDRESS = "queue/address"  # where the embedded Valkey of the last start listens


def children(found: Settings) -> list[Child]:
    """Valkey (unless REGION_REDIS_URL names one), the web server, the workers, the sweep, and who hears analysers."""
    made: list[Child] = []
    if not found.redis_url:
        port, password = supervisor.free_port(), found.secret(QUEUE_KEY).hex()
        made.append(_valkey(found, port, password))
        found = replace(found, redis_url=f"redis://:{password}@127.0.0.1:{port}/0")
        _note_address(found)
    env = _env(found)
    ready = (lambda: supervisor.page_answers(found.port, "/readyz")) if found.host in LOCAL else None
    made.append(Child("web", web_argv(found), env, ready, stop_seconds=5))
    made.append(Child("worker-1", [*_region("worker"), "--queues", "urgent,normal"], env, None, 3))
    for lane in range(1, found.lanes + 1):
        # The last lane also does what reckons long: the others go on sending meanwhile.
        queues = "fanout,slow" if lane == found.lanes else "fanout"
        made.append(Child(f"lane-{lane}", [*_region("worker"), "--queues", queues], env, None, 3))
    made.append(Child("sweep", _region("sweep"), env, None, stop_seconds=2))
    if found.mllp_port:
        heard = (lambda: supervisor.port_answers(found.mllp_port)) if found.mllp_host in LOCAL else None
        made.append(Child("mllp", _region("mllp"), env, heard, stop_seconds=5))
    return made


def _valkey(found: Settings, port: int, password: str) -> Child:
    argv = supervisor.valkey_argv(port, found.data_dir / "queue", password)
    return Child("queue", argv, {}, lambda: supervisor.valkey_answers(port, password), stop_seconds=5)


def _note_address(found: Settings) -> None:
    """Leave the address of the embedded Valkey for `region doctor`; it holds the password."""
    note = found.data_dir / QUEUE_ADDRESS
    handle = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(found.redis_url)


def _region(verb: str) -> list[str]:
    return [sys.executable, "-c", "from region.cli import main; main()", verb]


def _env(found: Settings) -> dict[str, str]:
    """What the parts must know beyond the environment of the start command."""
    return {
        "REGION_DATA_DIR": str(found.data_dir),
        "REGION_REDIS_URL": found.redis_url,
        "REGION_HOST": found.host,
        "REGION_PORT": str(found.port),
        "REGION_DEMO": "1" if found.demo else "0",
    }
