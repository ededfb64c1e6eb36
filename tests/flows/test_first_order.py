"""The first evening's order to 104 offices: 97 sign in time, six more are pressed, one is telephoned, and once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from region.board.queries import standing
from region.board.queries.tiles import tiles
from region.dispatch.actions import answering, reviewing, writing
from region.dispatch.actions.signing_for import sign_for
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.indicators import indicators
from region.dispatch.queries.progress import progress
from region.dispatch.schemas import Choice, Draft, Saying
from region.places.models import Place
from tests.promises.test_errands import again, everything
from tests.world import World

GIVEN = {
    "zone": {"zh": "湖滨小区", "en": "Hubin estate"},
    "start": "2022-08-01T18:00",
    "deadline": "2022-08-01T23:30",
    "contact": "值班室 8001",
}


@dataclass
class Evening:
    """Half past five on the first day: eight sub-districts with 96 communities, each with its office."""

    world: World
    district: Place = field(init=False)
    offices: list[Place] = field(init=False)
    order: int = 0
    parts: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.clock.at = datetime(2022, 8, 1, 17, 30, tzinfo=self.world.office.clock.zone)
        self.district = self.world.area(level="district", code="LJ")
        streets = self.world.areas(self.district, 8, "subdistrict")
        communities = [one for street in streets for one in self.world.areas(street, 12, "community")]
        self.offices = [
            *self.world.sites(streets, "subdistrict_office"),
            *self.world.sites(communities, "community_office"),
        ]

    def issue(self) -> None:
        """The commander's order: written at the duty desk, approved by the leader, issued."""
        incident = self.world.incident(self.district)
        draft = Draft(
            form_token="first-order-0001",
            incident_id=incident.id,
            template="seal_zone",
            given=GIVEN,
            choice=Choice(types=("subdistrict_office", "community_office")),
        )
        with self.world.as_("duty_officer", self.district, "duty") as w:
            order = writing.compose(w, draft, self.district.id)
            writing.submit(w, order)
            self.order = order.id
        with self.world.as_("approver", self.district, "leader") as w:
            writing.approve(w, w.get(Directive, self.order))
            writing.issue(w, w.get(Directive, self.order))
            found = w.get(Directive, self.order)
            self.parts = {one.place_id: one.id for one in found.recipients}
        self.world.run()

    def sign(self, offices: list[Place]) -> None:
        for office in offices:
            with self.world.as_("community_officer", office) as w:
                answering.acknowledge(w, w.get(Recipient, self.parts[office.id]))
        self.world.run()

    def wait_until(self, minute: int) -> None:
        """Minutes after half past five, one after another, with everything done that falls due."""
        begun = datetime(2022, 8, 1, 17, 30, tzinfo=self.world.office.clock.zone)
        while self.world.clock.at < begun + timedelta(minutes=minute):
            self.world.wait(minutes=1)
            self.world.run()

    def told(self, event: str) -> list[list[int]]:
        return [entry.data["recipients"] for entry in self.world.journal(f"dispatch.{event}")]

    def figures(self) -> dict[str, tuple[int, int]]:
        with self.world.as_("duty_officer", self.district) as w:
            found = indicators(w, w.now - timedelta(days=1), w.now)
            return {one.id: (one.numerator, one.denominator) for one in found}

    def wall(self) -> dict[str, str]:
        with self.world.as_("wall_display", self.district) as w:
            shown = tiles(standing.read(w, "en"))
        return next(one for one in shown if one["key"] == "in-time")


@pytest.fixture
def evening(world: World) -> Evening:
    return Evening(world)


def test_at_08_first_order(evening: Evening) -> None:
    evening.issue()
    with evening.world.as_("duty_officer", evening.district) as w:
        assert w.get(Directive, evening.order).number == "LJ-0801-001"
    assert len(evening.parts) == 104
    evening.wait_until(6)
    evening.sign(evening.offices[:50])
    evening.wait_until(14)
    evening.sign(evening.offices[50:97])
    silent = [evening.parts[office.id] for office in evening.offices[97:]]
    evening.wait_until(16)
    assert evening.told("RecipientsReminded") == [silent]
    evening.wait_until(24)
    evening.sign(evening.offices[97:103])
    last = evening.parts[evening.offices[103].id]
    evening.wait_until(31)
    before = everything(evening.world)
    again(evening.world)
    evening.world.run()
    assert everything(evening.world) == before
    assert evening.told("LatenessPassedUp") == [[last]], "exactly one recipient, exactly once"
    phoned(evening, last)
    assert evening.figures() == {"K34": (97, 104), "K35": (0, 0), "K36": (0, 1)}
    shown = evening.wall()
    assert (shown["value"], shown["unit"], shown["tone"]) == ("93.3", "%", "watch")
    assert shown["note"] == "target 95% · 97 of 104"
    evening.wait_until(62)
    assert evening.told("LatenessPassedUp") == [[last]]
    assert not evening.world.errands("dead")


def phoned(evening: Evening, last: int) -> None:
    """The duty officer telephones the last one, who signs on the phone at 41 minutes."""
    evening.wait_until(41)
    with evening.world.as_("duty_officer", evening.district, "duty") as w:
        recipient = w.get(Recipient, last)
        reviewing.note_call(w, recipient, Saying(uid="phoned-0001", text="was at the gate"))
        sign_for(w, recipient, Saying(uid="behalf-0001", text="reads it now"), "值班员")
    evening.world.run()
    with evening.world.as_("duty_officer", evening.district) as w:
        order, recipient = w.get(Directive, evening.order), w.get(Recipient, last)
        assert recipient.acknowledged_at - order.issued_at == timedelta(minutes=41)
        assert (recipient.acknowledged_way, recipient.pressed, recipient.pressure) == ("behalf", 0, 0)
        counts = progress(w, [order])[order.id]
        assert (counts.total, counts.signed, counts.signed_in_time, counts.late) == (104, 104, 97, 0)
