"""Owed work that failed for good: look at it, and put it back once the reason is mended."""

from __future__ import annotations

import click

from region.cli import context
from region.spine.errors import Invalid


@click.group()
def errands() -> None:
    """Errands are owed work; a dead one failed too often, and a person must look."""


@errands.command()
@click.option("--realm", type=int, default=0, help="0 is real, any other an exercise")
def dead(realm: int) -> None:
    """List the dead errands: number, runner, tries, when, and the code of the failure."""
    from region.spine.actor import system_actor
    from region.spine.errands import dead_ones

    office = context.office()
    with office.work(system_actor(realm), reading=True) as w:
        found = dead_ones(w.session)
        for one in found:
            ended = one.ended_at.isoformat(timespec="seconds") if one.ended_at else "-"
            click.echo(f"{one.id:>8}  {one.runner:<28} {one.tries} tries  {ended}  {one.last_error}")
    click.echo(f"{len(found)} dead")


@errands.command()
@click.argument("numbers", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, help="all dead errands of the realm")
@click.option("--realm", type=int, default=0, help="0 is real, any other an exercise")
def revive(numbers: tuple[int, ...], every: bool, realm: int) -> None:
    """Put dead errands back to work; the journal says so."""
    from region.spine.actor import system_actor
    from region.spine.errands import ErrandRevived, dead_ones
    from region.spine.errands import revive as put_back

    if bool(numbers) == every:
        raise Invalid("numbers-or-all", field="--all")
    office = context.office()
    with office.work(system_actor(realm)) as w:
        w.need("system.operate")
        chosen = list(numbers) or [one.id for one in dead_ones(w.session)]
        for number in chosen:
            row = put_back(w.session, number, w.real_now)
            w.tell(ErrandRevived(errand=row.id, runner=row.runner, place=row.place_id))
            w.queues.add(row.queue)
    click.echo(f"{len(chosen)} revived")
