"""A district with a community of two grids and their sites, and a zone that covers one grid and half of the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shapely.geometry import box, mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from region.incidents.models import Incident
from region.people.events import PeopleRegistered
from region.people.models import Person
from region.places.models import Place
from region.sampling.events.field import TubesKept
from region.sampling.models import Tube, TubeMember
from region.zones.actions import declaring, drawing
from region.zones.models import Zone, ZoneReview
from tests.world import World

WEST, SOUTH = 114.30, 30.50
GROUND = box(WEST, SOUTH, WEST + 0.06, SOUTH + 0.02)
"""One grid of 0.04 by 0.02 degrees, and half of the next."""


@dataclass
class Ground:
    """The places, the response, and who lives there."""

    world: World
    district: Place
    community: Place
    grids: list[Place]
    clinic: Place
    office: Place
    outside: Place
    incident: Incident
    people: list[int] = field(default_factory=list)
    tubes: int = 0

    @classmethod
    def of(cls, world: World, pack: str = "CN-COVID-9ED") -> Ground:
        district = world.area(level="district", geometry=box(114, 30, 115, 31), name_en="Linjiang")
        west, south = WEST, SOUTH
        community = world.area(
            district,
            level="community",
            geometry=box(west, south, west + 0.08, south + 0.02),
            name_en="Wanghu",
        )
        grids = [
            world.area(
                community, level="grid", geometry=box(at, south, at + 0.04, south + 0.02), name_en=f"Grid {n}"
            )
            for n, at in ((1, west), (2, west + 0.04))
        ]
        clinic = world.clinic(community, lon=west + 0.01, lat=south + 0.01, name_en="Wanghu Clinic")
        office = world.site(community, "community_office", lon=west + 0.07, lat=south + 0.01)
        outside = world.clinic(district, lon=114.9, lat=30.9)
        return cls(world, district, community, grids, clinic, office, outside, world.incident(district, pack))

    def given(self, **facts: Any) -> drawing.Given:
        said = {
            "incident": self.incident.id,
            "name_zh": "望湖小区",
            "name_en": "Wanghu estate",
            "grade": "high",
            "outline": drawing.Outline(mapping(GROUND)),
        }
        return drawing.Given(**{**said, **facts})

    def drawn(self, **facts: Any) -> int:
        with self.world.as_("epidemiologist", self.district) as w:
            return drawing.draw(w, self.given(**facts)).id

    def declared(self, **facts: Any) -> int:
        zone = self.drawn(**facts)
        with self.world.as_("commander", self.district, "leader") as w:
            declaring.declare(w, w.get(Zone, zone))
        return zone

    def zone(self, id: int) -> Zone:
        with self.world.as_system() as w:
            return w.get(Zone, id)

    def reviews(self) -> list[ZoneReview]:
        with self.world.as_system() as w:
            return list(w.session.scalars(select(ZoneReview).order_by(ZoneReview.id)))

    def to(self, day: date, hour: int = 12) -> None:
        """Move the clock to an hour of a day of the region."""
        self.world.clock.at = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Asia/Shanghai"))
        self.world.clock.at = self.world.clock.at.astimezone(UTC)

    def residents(self, number: int) -> None:
        """So many people who live in the first grid; rows made directly."""
        with self.world.as_system() as w:
            rows = [
                Person(uid=f"00000000-{n:04}", place_id=self.grids[0].id, kind="none", made_at=w.now)
                for n in range(number)
            ]
            w.session.add_all(rows)
            w.session.flush()
            self.people = [row.id for row in rows]
            w.tell(PeopleRegistered(source="test", persons=number, known=0, place=self.grids[0].id))

    def tube(self, people: Sequence[int], result: str | None, size: int = 10) -> int:
        """A tube taken now of these people, with its result or without; rows made directly."""
        with self.world.as_system() as w:
            tube = w.add(self._tube(w.now, len(people), result, size))
            for person in people:
                home = self.grids[0].id
                member = TubeMember(
                    tube_id=tube.id, person_id=person, place_id=self.clinic.id, home_id=home, at=w.now
                )
                w.session.add(member)
            w.tell(self._kept())
            return tube.id

    def answer(self, tube: int, result: str | None) -> None:
        """What the laboratory says now."""
        with self.world.as_system() as w:
            row = w.get(Tube, tube)
            row.result, row.state = result, "reported" if result else "received"
            w.tell(self._kept())

    def _kept(self) -> TubesKept:
        facts = {"tubes": 1, "changed": 0, "persons": 0, "contested": 0, "awaited": False}
        return TubesKept(device="-", site=None, place=self.clinic.id, **facts)

    def _tube(self, now: datetime, members: int, result: str | None, size: int) -> Tube:
        self.tubes += 1
        return Tube(
            uid=f"t-{self.tubes}",
            code=f"T{self.tubes}",
            place_id=self.clinic.id,
            method="pool_10",
            size=size,
            members=members,
            sampled_at=now,
            closed_at=now,
            device="-",
            sampler="-",
            kept_at=now,
            result=result,
            state="reported" if result else "received",
            since=now,
        )


def square(west: float, south: float, side: float = 0.01) -> dict[str, Any]:
    """A GeoJSON square."""
    found: BaseGeometry = box(west, south, west + side, south + side)
    return dict(mapping(found))
