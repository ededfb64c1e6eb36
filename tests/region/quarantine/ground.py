"""A site with rooms, a community at home, an incident and people who are to be under observation."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from region.people.actions.registering import Given, register
from region.places.models import Place
from region.quarantine.actions.beginning import Begin, begin
from region.quarantine.actions.moving import move
from region.quarantine.actions.rooming import NewRoom, assign, make
from region.quarantine.models import Room, Stay
from region.spine.work import Work
from tests.region.sampling.ground import resident, uid
from tests.world import World

NUMBERS = count(1)
LAW = "incident_order"
EXPOSED = date(2022, 8, 1)


@dataclass
class Ground:
    """`district` holds two communities, `home` and `other`, with a grid in `home`; `site` takes people in."""

    world: World
    district: Place
    home: Place
    other: Place
    grid: Place
    site: Place
    incident: int

    def nurse(self) -> AbstractContextManager[Work]:
        """A work of the nurse of the site."""
        return self.world.as_("quarantine_nurse", self.site)

    def driver(self) -> AbstractContextManager[Work]:
        """A work of the transfer team of the district."""
        return self.world.as_("transfer_driver", self.district)

    def epidemiologist(self) -> AbstractContextManager[Work]:
        """A work of an epidemiologist of the district."""
        return self.world.as_("epidemiologist", self.district)

    def people(self, number: int, place: Place | None = None) -> list[int]:
        """So many people, registered."""
        with self.world.as_system() as w:
            given = [
                Given(
                    uid=uid(),
                    place=(place or self.home).id,
                    kind="resident",
                    number=resident(next(NUMBERS)),
                    name="王小明",
                    phone="13800000000",
                )
                for _ in range(number)
            ]
            known = register(w, given, incident=self.incident, source="list")
            return [known[one.uid] for one in given]

    def given(self, number: int = 1, **facts: Any) -> list[Begin]:
        """People who are to be under observation, as close contacts since the last exposure."""
        place = facts.pop("at", self.home)
        return [
            Begin(
                **{
                    "person": person,
                    "ref": f"contact:{person}",
                    "place": place.id,
                    "category": "close_contact",
                    "counts_from": EXPOSED,
                    "evidence": f"contact:{person}",
                    **facts,
                }
            )
            for person in self.people(number, place)
        ]

    def stays(self, number: int = 1, **facts: Any) -> list[int]:
        """So many people whose stays begin now; the numbers of their stays."""
        given = self.given(number, **facts)
        with self.world.as_system() as w:
            return [stay.id for stay in begin(w, given, incident=self.incident, legal_ground=LAW)]

    def rooms(self, number: int = 4, **facts: Any) -> list[int]:
        """So many rooms on the first floor of the site; their numbers."""
        floor = facts.pop("floor", 1)
        first = next(NUMBERS)
        with self.nurse() as w:
            make(w, self.site.id, [NewRoom(floor, f"{floor}{first + n:04}", **facts) for n in range(number)])
            codes = [f"{floor}{first + n:04}" for n in range(number)]
            return [room.id for room in _rooms(w, codes)]

    def inside(self, number: int = 1, **facts: Any) -> list[int]:
        """So many people who are in the site, each in a room."""
        ids, rooms = self.stays(number, **facts), self.rooms(number)
        with self.epidemiologist() as w:
            move(w, [w.get(Stay, id) for id in ids], "notify")
        with self.world.as_("transfer_driver", self.district) as w:
            move(w, [w.get(Stay, id) for id in ids], "pick_up")
        with self.world.as_("quarantine_nurse", self.district) as w:
            for id, room in zip(ids, rooms, strict=True):
                assign(w, w.get(Room, room), [w.get(Stay, id)])
            move(w, [w.get(Stay, id) for id in ids], "arrive")
        return ids


def _rooms(w: Work, codes: Sequence[str]) -> list[Room]:
    from sqlalchemy import select

    return list(w.session.scalars(select(Room).where(Room.code.in_(codes)).order_by(Room.code)))


def ground(world: World, pack: str = "CN-COVID-9ED") -> Ground:
    """A district with what quarantine needs."""
    district = world.area(level="district")
    home, other = (world.area(district, level="community") for _ in range(2))
    grid = world.area(home, level="grid")
    site = world.site(district, "quarantine_site")
    return Ground(world, district, home, other, grid, site, world.incident(district, pack).id)
