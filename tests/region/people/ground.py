"""A city with two districts, an officer in each, and people who live there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from region.incidents.actions import close_incident
from region.incidents.models import Incident
from region.people.actions.registering import Given, register
from region.places.models import Place
from region.spine.work import Work
from tests.region.sampling.ground import resident, uid
from tests.world import World


@dataclass
class Ground:
    """`east` and `west` are districts of `city`, each with a community (`inner`, `outer`) where people live."""

    world: World
    city: Place = field(init=False)
    east: Place = field(init=False)
    west: Place = field(init=False)
    inner: Place = field(init=False)
    outer: Place = field(init=False)

    def __post_init__(self) -> None:
        self.city = self.world.area(level="city")
        self.east, self.west = self.world.area(self.city), self.world.area(self.city)
        self.inner = self.world.area(self.east, level="community")
        self.outer = self.world.area(self.west, level="community")

    def person(self, n: int, home: Place | None = None, incident: int | None = None, **facts: Any) -> int:
        """The n-th resident, known on one ground; his number there."""
        place = home or self.inner
        said = {"uid": uid(), "place": place.id, "kind": "resident", "number": resident(n)}
        said |= {"name": f"张小{n}", "phone": f"138{n:08}"}
        given = Given(**{**said, **facts})
        with self.world.as_system() as w:
            return register(w, [given], incident=incident, source="list")[given.uid]

    @contextmanager
    def officer(self, name: str = "account:1", district: Place | None = None) -> Iterator[Work]:
        """A work of an officer of disease control, of the eastern district if not told."""
        with self.world.as_("epidemiologist", district or self.east, name) as w:
            yield w

    @contextmanager
    def community(self, place: Place | None = None) -> Iterator[Work]:
        """A work of somebody of the eastern community."""
        with self.world.as_("community_officer", place or self.inner, "account:9") as w:
            yield w

    @contextmanager
    def privacy(self, name: str = "account:5") -> Iterator[Work]:
        """A work of the city's privacy officer."""
        with self.world.as_("privacy_officer", self.city, name) as w:
            yield w

    @contextmanager
    def commander(self, name: str = "account:6") -> Iterator[Work]:
        with self.world.as_("commander", self.city, name) as w:
            yield w

    def ended(self, incident: Incident) -> None:
        """The response is over, and what follows from that is done."""
        with self.world.as_system() as w:
            close_incident(w, incident.id)
        self.world.run()
