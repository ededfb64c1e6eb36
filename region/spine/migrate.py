"""Brings a database to the newest shape, and says whether it is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from region.spine.db import Base
from region.spine.errors import Broken

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["metadata"] = Base.metadata
    if connection is not None:
        config.attributes["connection"] = connection
    return config


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """A connection in one transaction, on which SQLite may write a table anew that others refer to."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            dbapi = connection.connection.dbapi_connection
            assert dbapi is not None
            dbapi.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            yield connection
            if sqlite and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
                raise Broken("references-lost", tables=sorted({row[0] for row in lost}))


def upgrade(engine: Engine, to: str = "head") -> None:
    """Apply every migration that is missing; the whole step is one transaction where the database allows it."""
    with _changing(engine) as connection:
        command.upgrade(_config(connection), to)


def downgrade(engine: Engine, to: str) -> None:
    """Undo migrations down to `to`: for tests and for a failed deployment."""
    with _changing(engine) as connection:
        command.downgrade(_config(connection), to)


def draft(engine: Engine, words: str, number: str) -> None:
    """Write a new migration from the difference between the models and the database."""
    with engine.begin() as connection:
        command.revision(_config(connection), words, autogenerate=True, rev_id=number)


def revision(engine: Engine) -> str | None:
    """The revision that the database is at, or None when it is empty."""
    with engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The same, as this connection sees it."""
    return MigrationContext.configure(connection).get_current_revision()


def heads() -> list[str]:
    """The newest revisions of the code; more than one is a fault."""
    return list(ScriptDirectory.from_config(_config()).get_heads())


def knows(revision: str) -> bool:
    """Whether the code has this revision."""
    return revision in {one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()}


def differences(engine: Engine) -> list[object]:
    """What the models have and the database has not, or the other way round."""
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))
