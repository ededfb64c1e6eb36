"""An incident with two communities, people registered in them, and cases and contacts made of them in few words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from region.formats.codes.persons import resident_check
from region.incidents.models import Incident
from region.people.actions.registering import Given, register
from region.places.models import Place
from region.spine.work import Work
from region.tracing.actions import cases, determining
from region.tracing.actions.determining import GivenContact, Link
from region.tracing.models import Case, Contact
from tests.world import World


def uid(n: int) -> str:
    """The uid of the n-th invented person."""
    return str(UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0000 + n))


def resident(n: int) -> str:
    """The n-th invented resident identity number of area 990106; it passes its check."""
    first = f"990106{1950 + n // 28_000 % 60}{1 + n // 1000 % 12:02d}{1 + n // 12_000 % 28:02d}{n % 1000:03d}"
    return first + resident_check(first)


@dataclass
class Ground:
    """An `incident` of a `district` with two communities (`here` and `there`); people are numbered as they come."""

    world: World
    district: Place
    here: Place
    there: Place
    incident: Incident
    numbers: Any = field(default_factory=lambda: count(1))

    @property
    def today(self) -> date:
        """The region's day."""
        return self.world.office.clock.day(self.world.clock.at)

    @contextmanager
    def desk(self) -> Iterator[Work]:
        """A work of the district's epidemiologist."""
        with self.world.as_("epidemiologist", self.district) as w:
            yield w

    def people(self, w: Work, number: int, place: Place | None = None) -> list[int]:
        """Register so many invented persons of a place (`here`) on the incident's ground; their ids."""
        made = [next(self.numbers) for _ in range(number)]
        home = (place or self.here).id
        given = [
            Given(uid(n), home, "resident", resident(n), f"测试{n}", f"1390000{n:04d}", f"测试路{n}号")
            for n in made
        ]
        ids = register(w, given, incident=self.incident.id, source="test")
        return [ids[one.uid] for one in given]

    def case(self, w: Work, place: Place | None = None, **facts: Any) -> Case:
        """A new person is a confirmed case, found and diagnosed now."""
        home = place or self.here
        said: dict[str, Any] = {
            "incident": self.incident.id,
            "place": home.id,
            "kind": "confirmed",
            "found_by": "community",
            "community": True,
            "day": w.office.clock.day(w.now),
            "found_at": w.now,
            "diagnosed_at": w.now,
        }
        said |= facts
        person = said.pop("person", None) or self.people(w, 1, home)[0]
        return cases.open_case(w, person=person, **said)

    def contacts(
        self,
        w: Work,
        number: int,
        place: Place | None = None,
        *,
        case: Case | None = None,
        category: str = "close_contact",
        days_ago: int = 0,
        **facts: Any,
    ) -> list[Contact]:
        """So many new persons are contacts, of a case if one is given; exposed so many days ago."""
        home = place or self.here
        last = w.office.clock.day(w.now) - timedelta(days=days_ago)
        links = (Link(case=case.id, setting="household"),) if case is not None else ()
        given = [
            GivenContact(person, home.id, category, last, links, **facts)
            for person in self.people(w, number, home)
        ]
        return determining.determine(w, given, incident=self.incident.id)

    def at(self, day: int, hour: int = 0, minute: int = 0) -> datetime:
        """An hour of the region's day D1, D2 … (D1 is the day on which the world begins)."""
        midnight = datetime(2022, 8, 1, tzinfo=self.world.office.clock.zone)
        return midnight + timedelta(days=day - 1, hours=hour, minutes=minute)


def ground_of(world: World, pack: str = "CN-COVID-9ED") -> Ground:
    """The ground in this world."""
    district = world.area(level="district")
    here, there = (world.area(district, level="community") for _ in range(2))
    return Ground(world, district, here, there, world.incident(district, pack))
