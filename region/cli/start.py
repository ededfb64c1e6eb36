"""What `region run` sees to before anything serves: port, folder, keys, database, exercise region, welcome."""

from __future__ import annotations

import errno
import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from region.cli import context
from region.cli.parts import QUEUE_KEY
from region.cli.teller import Teller
from region.settings import Settings
from region.spine.errors import Refused

if TYPE_CHECKING:
    from region.spine.work import Office

KIND = "kind"  # this file says whether a folder is of a demonstration or of a real region
LOADED = "loaded"  # the day for which the exercise region has its duty
LOADING = "loading"  # this file stands while the exercise region is loaded, and after it was cut off


def with_port(found: Settings) -> Settings:
    """The settings with a port that is free now; Refused, with the way out, when somebody has it."""
    family = socket.AF_INET6 if ":" in found.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((found.host, found.port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise Refused("address-not-ours", host=found.host, port=found.port) from error
            raise Refused("port-taken", port=found.port, other=found.port + 1) from error
        return replace(found, port=int(probe.getsockname()[1]))


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder for this start alone: two starts on one folder would be two regions in one database."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "region.lock").open("w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise Refused("already-running", folder=str(folder)) from taken
        yield


def keep_kind(found: Settings) -> None:
    """Note what kind of region this folder holds; a real one is never opened with printed passwords."""
    kind, note = "demo" if found.demo else "real", found.data_dir / KIND
    kept = note.read_text(encoding="utf-8").strip() if note.exists() else kind
    if kept != kind:
        raise Refused("other-kind-of-region", folder=str(found.data_dir), kind=kept)
    note.write_text(kind + "\n", encoding="utf-8")


def prepare(found: Settings, tell: Teller) -> list[str]:
    """Keys, database and (in a demonstration) the exercise region; returns the lines of the welcome."""
    for name in ("seal.key", "web.key", QUEUE_KEY):
        found.secret(name)
    begun_again = _drop_half_loaded(found)
    from region.cli import welcome
    from region.spine import migrate

    office = context.office(found)
    try:
        if begun_again:
            tell.line(tell.words("The first start was cut off; it begins again."))
        migrate.upgrade(office.engine)
        tell.line(tell.words("database ready"))
        if found.demo:
            _load(found, office, tell)
        return welcome.lines(found, office, tell)
    finally:
        office.engine.dispose()


def _load(found: Settings, office: Office, tell: Teller) -> None:
    """Load the exercise region at the first start, and at the first of each later day its duty for that day."""
    from region.cli import welcome

    note, today = found.data_dir / LOADED, office.clock.day(office.clock.instant()).isoformat()
    empty = welcome.is_empty(office)
    if not empty and (not note.exists() or note.read_text(encoding="utf-8") == today):
        return
    from region.exercise.load import load_exercise

    mark = found.data_dir / LOADING
    if empty:
        mark.touch()
    load_exercise(office, tell.line)
    mark.unlink(missing_ok=True)
    note.write_text(today, encoding="utf-8")
    tell.line(tell.words("exercise region ready"))


def _drop_half_loaded(found: Settings) -> bool:
    """Remove the database of a first start that was cut off: half an exercise region is of no use."""
    mark = found.data_dir / LOADING
    if not mark.exists() or found.database_url:
        return False
    for path in found.data_dir.glob("region.sqlite*"):
        path.unlink()
    mark.unlink()
    return True
