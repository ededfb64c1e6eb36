"""`region run` brings a region up from nothing, ends all of it, and says plainly why it cannot start."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from region.spine.errors import Refused
from region.supervisor import page_answers
from tests.region.cli.conftest import Call, region_argv, region_env
from tests.region.cli.test_serve import until


@contextmanager
def started(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A region that runs; its process and its port."""
    log = folder.with_suffix(".out")
    with log.open("wb") as out:
        argv = region_argv("run", "--data", folder, "--port", "0", *words)
        env = region_env(web_workers=1, web_threads=8, lanes=1)
        process = subprocess.Popen(argv, env=env, stdout=out, stderr=out)
    try:
        found = until(lambda: re.search(r"is at http://127.0.0.1:(\d+)", log.read_text()), "the welcome")
        yield process, int(found.group(1))
    finally:
        process.kill()
        process.wait()


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def all_at_work(told: str) -> bool:
    """Whether the doctor saw the workers and the sweep."""
    return "✓ workers: 2 seen" in told and "✓ sweep" in told


def test_a_real_region_starts_twice_and_leaves_nothing_running(tmp_path: Path, call: Call) -> None:
    folder = tmp_path / "region"
    for _ in range(2):
        with started(folder, "--real") as (process, port):
            assert page_answers(port, "/readyz")
            parts = children_of(process.pid)
            assert len(parts) == 5
            again = call("run", "--data", folder, "--port", "0", "--real")
            assert again.returncode == Refused.exit_code and "already running" in again.stderr
            until(lambda: all_at_work(call("doctor", data_dir=folder).stdout), "workers and sweep to be seen")
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            assert not [pid for pid in parts if os.path.exists(f"/proc/{pid}")]
    assert "REGION_DATA_DIR" in folder.with_suffix(".out").read_text(), "an empty one says how to begin"
    demo = call("run", "--data", folder, "--port", "0")
    assert demo.returncode == Refused.exit_code, "a real region is never opened with printed passwords"


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path, call: Call) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = call("run", "--data", tmp_path / "r", "--port", str(port))
    assert told.returncode == Refused.exit_code
    assert f"--port {port + 1}" in told.stderr and len(told.stderr.splitlines()) == 1


def test_a_demonstration_loads_itself_and_names_its_accounts(tmp_path: Path) -> None:
    pytest.importorskip("region.exercise.load")
    folder = tmp_path / "region"
    with started(folder):
        told = folder.with_suffix(".out").read_text()
    assert re.search(r"commander +/desk", told) and "linjiang-demo" in told


def test_help_imports_no_heavy_thing() -> None:
    code = "import sys, region.cli; sys.exit(bool({'flask', 'geopandas', 'sqlalchemy'} & set(sys.modules)))"
    assert subprocess.run([*region_argv()[:2], code], env=region_env(), check=False).returncode == 0
