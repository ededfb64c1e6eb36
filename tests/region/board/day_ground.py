"""A clinic with tasks of care for people of its community, and a quarantine site with people in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from region.care.models import CareTask
from region.places.models import Place
from tests.region.care.ground import Ground, ground
from tests.world import World


@dataclass
class Clinic:
    """`place` is the clinic; whoever signs in there as `clinic` does its tasks."""

    world: World
    care: Ground

    @property
    def place(self) -> Place:
        """The clinic."""
        return self.care.clinic

    def task(self, kind: str = "medicine", **facts: Any) -> int:
        """Something to do for a new person of the community; its number."""
        return self.care.due_task(self.care.people(1)[0], kind, site=self.place.id, **facts)

    def row(self, id: int) -> CareTask:
        """A task as it stands."""
        return self.care.tasks(id=id)[0]

    def browser(self, login: str = "", place: Place | None = None, role: str = "clinic") -> Any:
        """A client with somebody of the clinic signed in."""
        return self.world.browser_as(role, place or self.place, login, lang="en")


def clinic(world: World) -> Clinic:
    """A clinic with nothing to do yet."""
    return Clinic(world, ground(world))
