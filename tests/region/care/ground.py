"""A community with its clinic, and people who are to be looked after there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import select

from region.care.actions.listing import Join, join
from region.care.actions.nightly import nightly
from region.care.actions.tasks import NewTask, make
from region.care.models import CareTask
from region.people.actions.registering import Given, register
from region.places.models import Place
from tests.region.sampling.ground import resident, uid
from tests.world import World

NUMBERS = count(9000)


@dataclass
class Ground:
    """`district` holds `home` and `other`; `clinic` serves `home`."""

    world: World
    district: Place
    home: Place
    other: Place
    clinic: Place

    def people(self, number: int, place: Place | None = None) -> list[int]:
        """So many people, registered."""
        given = [
            Given(
                uid(), (place or self.home).id, "resident", resident(next(NUMBERS)), "王小明", "13800000000"
            )
            for _ in range(number)
        ]
        with self.world.as_system() as w:
            known = register(w, given, incident=None, source="list")
        return sorted(known[one.uid] for one in given)

    def joined(self, people: Sequence[int], group: str, **facts: Any) -> int:
        """These people come into a group."""
        with self.world.as_system() as w:
            given = [Join(one, self.home.id, group, "register", "list:1", **facts) for one in people]
            return join(w, given)

    def due_task(self, person: int, kind: str = "medicine", **facts: Any) -> int:
        """Something to do for somebody of the home; its number."""
        with self.world.as_system() as w:
            given = NewTask(f"{kind}:{person}", person, self.home.id, kind, "stay:7", **facts)
            return make(w, [given])[0]

    def nightly(self) -> int:
        """The tasks of the day are made; how many are new."""
        with self.world.as_system() as w:
            return nightly(w)

    def tasks(self, **terms: Any) -> list[CareTask]:
        """The tasks there are, oldest first."""
        with self.world.as_system() as w:
            return list(w.session.scalars(select(CareTask).filter_by(**terms).order_by(CareTask.id)))


def ground(world: World) -> Ground:
    """A district with two communities, one of which has a clinic."""
    district = world.area(level="district")
    home, other = (world.area(district, level="community") for _ in range(2))
    return Ground(world, district, home, other, world.clinic(home))
