"""A round that runs: a district with grids, a clinic that samples, a laboratory, and people to sample."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from region.formats.codes.persons import resident_check
from region.formats.codes.tubes import own_code
from region.places.models import Place
from region.sampling.events.rounds import RoundDrafted, RoundSitesSet
from region.sampling.models import Round, RoundArea, RoundLab, RoundSite
from region.sampling.schemas import Batch, SentBox, SentPerson, SentTube
from region.spine.work import Work
from tests.world import World

NUMBERS = count(1)
DEVICE = "01900000-0000-7000-8000-00000000d001"


def uid() -> str:
    """A uid that no phone has given yet (version 7 by its form)."""
    return str(UUID(int=0x0190_0000_0000_7000_8000_0000_0000_0000 + next(NUMBERS)))


def resident(n: int) -> str:
    """The n-th invented resident identity number of area 990106; it passes its check."""
    first = f"990106{1950 + n // 28_000 % 60}{1 + n // 1000 % 12:02d}{1 + n // 12_000 % 28:02d}{n % 1000:03d}"
    return first + resident_check(first)


@dataclass
class Ground:
    """A running round: `round_id`, its `site` (run by `clinic`), two grids, a laboratory."""

    world: World
    district: Place
    grids: list[Place]
    clinic: Place
    lab: Place
    round_id: int
    site_id: int
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @contextmanager
    def sampler(self) -> Iterator[Work]:
        """A work of the clinic's sampler."""
        with self.world.as_("sampler", self.clinic) as w:
            yield w

    def code(self) -> str:
        """A tube's code that nobody has used."""
        return own_code(self.world.office.clock.day(self.world.clock.at), "990106001001", next(self.numbers))

    def person(self, n: int, **facts: Any) -> SentPerson:
        """The n-th resident, sampled now."""
        said = {
            "uid": uid(),
            "at": self.world.clock.at,
            "kind": "resident",
            "number": resident(n),
            "name": f"测试{n}",
            "home": self.grids[0].id,
        }
        return SentPerson.model_validate({**said, **facts})

    def tube(self, people: Sequence[SentPerson], **facts: Any) -> SentTube:
        """A closed tube of ten with these people."""
        now = self.world.clock.at
        said = {
            "uid": uid(),
            "revision": 1,
            "code": self.code(),
            "method": "pool_10",
            "opened_at": now - timedelta(minutes=3),
            "closed_at": now,
            "people": list(people),
        }
        return SentTube.model_validate({**said, **facts})

    def batch(self, tubes: Sequence[SentTube] = (), boxes: Sequence[SentBox] = (), **facts: Any) -> Batch:
        """What a phone sends now, with a clock that is right."""
        said = {
            "device": DEVICE,
            "sent_at": self.world.clock.at,
            "site": self.site_id,
            "boxes": list(boxes),
            "tubes": list(tubes),
        }
        return Batch.model_validate({**said, **facts})


def running_round(world: World, due: int = 200) -> Ground:
    """A round that runs since an hour ago, `due` people due in each of two grids; rows made directly, no plan."""
    district = world.area(level="district")
    community = world.area(district, level="community")
    grids = [world.area(community, level="grid") for _ in range(2)]
    clinic, lab = world.clinic(community), world.site(district, "laboratory")
    incident = world.incident(district)
    with world.as_system() as w:
        round_ = w.add(_round(w, district, incident.id))
        site = w.add(_site(w, round_, clinic, lab, grids, due))
        for grid in grids:
            w.add(RoundArea(round_id=round_.id, place_id=grid.id, registered=due, due=due))
        w.add(RoundLab(round_id=round_.id, place_id=lab.id, tubes_a_day=1000))
        w.tell(
            RoundDrafted(
                round=round_.id,
                starts=round_.starts_at,
                due=round_.due_at,
                place=district.id,
                incident=incident.id,
            )
        )
        w.tell(RoundSitesSet(round=round_.id, sites=1, covered=1.0, place=district.id))
        return Ground(world, district, grids, clinic, lab, round_.id, site.id)


def _round(w: Work, district: Place, incident: int) -> Round:
    starts: datetime = w.now - timedelta(hours=1)
    return Round(
        code=f"R{district.id}",
        place_id=district.id,
        incident_id=incident,
        method="pool_10",
        starts_at=starts,
        due_at=starts + timedelta(hours=24),
        plan={},
        state="running",
        since=starts,
        made_by=w.actor.name,
        made_at=starts,
        opened_at=starts,
    )


def _site(w: Work, round_: Round, clinic: Place, lab: Place, grids: list[Place], due: int) -> RoundSite:
    return RoundSite(
        round_id=round_.id,
        number=1,
        place_id=clinic.id,
        lab_id=lab.id,
        name_zh="一号采样点",
        name_en="Site 1",
        lon=120.0,
        lat=30.0,
        areas=[grid.id for grid in grids],
        expected=due * len(grids),
        benches=1,
        samplers=2,
        state="open",
        since=w.now,
    )
