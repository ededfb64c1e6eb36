"""The database's shape: bring it up to date, go back, draft a migration, check."""

from __future__ import annotations

from pathlib import Path

import click

from region.cli import context
from region.spine.errors import Invalid, Unready


@click.group()
def db() -> None:
    """The database named by REGION_DATABASE_URL, or the embedded one."""


@db.command()
@click.argument("to", default="head")
def upgrade(to: str) -> None:
    """Apply every migration that is missing; a failed one leaves the database as it was."""
    from region.spine import migrate

    engine = context.office().engine
    before = migrate.revision(engine)
    migrate.upgrade(engine, to)
    click.echo(f"{before or '-'} -> {migrate.revision(engine)}")


@db.command()
@click.argument("to")
@click.option("--yes", is_flag=True, help="needed: going back drops what the newer tables hold")
def downgrade(to: str, yes: bool) -> None:
    """Undo migrations down to TO. Make a backup first."""
    from region.spine import migrate

    if not yes:
        raise Invalid("say-yes", field="--yes")
    engine = context.office().engine
    before = migrate.revision(engine)
    migrate.downgrade(engine, to)
    click.echo(f"{before} -> {migrate.revision(engine) or '-'}")


@db.command()
@click.argument("words")
def draft(words: str) -> None:
    """Write a migration named by WORDS from what the models have and the database has not."""
    from region.spine import migrate

    number = f"{max((int(path.name[:4]) for path in _migrations()), default=0) + 1:04}"
    migrate.draft(context.office().engine, words, number)
    click.echo(f"migrations/versions/{number}_…: read it before it is used")


@db.command()
def check() -> None:
    """Exit 0 when the database is at the newest revision and has what the models have."""
    from region.spine import migrate

    engine = context.office().engine
    here, head = migrate.revision(engine), migrate.heads()
    if [here] != head:
        raise Unready("database-not-at-head", here=here or "-", head=",".join(head))
    differences = migrate.differences(engine)
    if differences:
        raise Unready("database-differs", count=len(differences), first=str(differences[0])[:200])
    click.echo(f"{here}: as the models have it")


def _migrations() -> list[Path]:
    return sorted((context.ROOT / "migrations" / "versions").glob("[0-9]*.py"))
