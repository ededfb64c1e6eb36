"""What tests of synchronising do again and again: send, and look at what stands."""

from __future__ import annotations

from sqlalchemy import select

from region.sampling.actions.syncing import sync
from region.sampling.events.field import TubesReceived
from region.sampling.models import Tube
from region.sampling.schemas import Batch, SyncAnswer
from tests.region.sampling.books import members
from tests.region.sampling.ground import Ground
from tests.world import World

OTHER = "01900000-0000-7000-8000-00000000d002"


def send(ground: Ground, batch: Batch) -> SyncAnswer:
    """The clinic's sampler synchronises."""
    with ground.sampler() as w:
        return sync(w, batch)


def voids(world: World) -> list[str | None]:
    """Why members do not count, in the order of tubes and people."""
    return [one.void for one in members(world)]


def seen(ground: Ground) -> TubesReceived:
    return TubesReceived(laboratory=ground.lab.id, received=1, box=None, place=ground.lab.id)


def tubes(world: World) -> list[Tube]:
    with world.as_system() as w:
        return list(w.session.scalars(select(Tube).order_by(Tube.id)))
