"""Boxes with tubes in them, as a phone sent them, and the hands that they go through."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from region.sampling.actions.syncing import sync
from region.sampling.models import Box, Tube, WorkItem
from region.sampling.schemas import SentBox, SentTube
from region.spine.work import Work
from tests.region.sampling.ground import Ground, uid


@dataclass
class Packed:
    """A box that a phone packed: as sent, with its tubes."""

    ground: Ground
    box: SentBox
    tubes: list[SentTube]

    def send(self, boxes: bool = True, tubes: int | None = None) -> None:
        """The phone synchronises: its box, and the first so many of its tubes."""
        with self.ground.sampler() as w:
            batch = self.ground.batch(self.tubes[:tubes], [self.box] if boxes else [])
            answer = sync(w, batch)
        assert {one.state for one in (*answer.tubes, *answer.boxes)} <= {"kept"}

    @property
    def row(self) -> Box:
        with self.ground.world.as_system() as w:
            return w.session.scalars(select(Box).where(Box.uid == self.box.uid)).one()


def packed(
    ground: Ground, tubes: int = 3, *, people: int = 1, sealed: bool = True, **facts: object
) -> Packed:
    """A box with so many tubes, each with so many people; sealed a minute ago."""
    now = ground.world.clock.at
    said = {
        "uid": uid(),
        "code": f"BOX-{next(ground.numbers):06d}",
        "opened_at": now - timedelta(minutes=40),
        "sealed_at": now - timedelta(minutes=1) if sealed else None,
        "tubes": tubes,
        "celsius": 4.0,
    }
    box = SentBox.model_validate({**said, **facts})
    made = [
        ground.tube([ground.person(next(ground.numbers)) for _ in range(people)], box=box.uid)
        for _ in range(tubes)
    ]
    return Packed(ground, box, made)


def sent(ground: Ground, tubes: int = 3, **facts: int) -> Box:
    """A sealed box of the books."""
    box = packed(ground, tubes, **facts)
    box.send()
    return box.row


@contextmanager
def courier(ground: Ground, name: str = "courier") -> Iterator[Work]:
    with ground.world.as_("courier", ground.district, name) as w:
        yield w


@contextmanager
def bench(ground: Ground, name: str = "lab") -> Iterator[Work]:
    with ground.world.as_("laboratory", ground.lab, name) as w:
        yield w


def states(ground: Ground, box: int) -> Counter[str]:
    """Tubes of a box by state."""
    with ground.world.as_system() as w:
        return Counter(w.session.scalars(select(Tube.state).where(Tube.box_id == box)))


def items(ground: Ground, state: str = "open") -> list[WorkItem]:
    with ground.world.as_system() as w:
        return list(w.session.scalars(select(WorkItem).where(WorkItem.state == state).order_by(WorkItem.id)))
