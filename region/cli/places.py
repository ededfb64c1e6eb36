"""Changes to places that are rare and weighty: one site merged into another."""

from __future__ import annotations

import click

from region.cli import context
from region.spine.errors import Missing


@click.group()
def places() -> None:
    """Rare changes to places; files of them are loaded with `region load`."""


@places.command()
@click.argument("code")
@click.argument("into")
def merge(code: str, into: str) -> None:
    """Merge the site CODE into the site INTO: its open tasks go there, its history stays readable."""
    from region.places.actions import merge_sites
    from region.places.queries import find_code
    from region.spine.actor import system_actor

    office = context.office()
    with office.work(system_actor()) as w:
        found = [find_code(w, one, kind="site") for one in (code, into)]
        for place, named in zip(found, (code, into), strict=True):
            if place is None:
                raise Missing("no-such", what="place", id=named)
        old, new = (place.id for place in found if place is not None)
        merge_sites(w, old, new)
    click.echo(f"{code} -> {into}")
