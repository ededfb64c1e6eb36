"""`region exercise`: the exercise region, into the database named by the settings."""

from __future__ import annotations

import click

from region.cli import context
from region.spine.errors import Refused


@click.group()
def exercise() -> None:
    """Linjiang is invented: its places, people and events are for exercises only."""


@exercise.command()
@context.lang_option
def load(lang: str) -> None:
    """Load the exercise region into an empty database; `region run` does this by itself."""
    from region.cli.teller import Teller
    from region.cli.welcome import is_empty
    from region.exercise.load import load_exercise
    from region.spine import migrate

    tell, office = Teller(lang), context.office()
    migrate.upgrade(office.engine)
    if not is_empty(office):
        raise Refused("place-not-empty", place="database", found="places")
    load_exercise(office, tell.line)
    tell.line(tell.words("exercise region ready"))
