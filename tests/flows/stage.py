"""A district with a commission, an office, three clinics below it, and one clinic elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from region.dispatch.actions import answering, reviewing, writing
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Choice, Draft, TaskReport
from region.places.models import Place
from tests.world import World


@dataclass
class Stage:
    """A district with a commission, a sub-district's office, three clinics below it, and one clinic elsewhere."""

    world: World
    district: Place
    subdistrict: Place
    office: Place
    clinics: list[Place]
    elsewhere: Place
    incident: int

    def draft(self, token: str = "form-0001", **facts: Any) -> Draft:
        said = {
            "form_token": token,
            "incident_id": self.incident,
            "kind": "directive",
            "urgency": "priority",
            "title_zh": "清点口罩",
            "title_en": "Count masks",
            "body_zh": "今晚清点。",
            "body_en": "Count tonight.",
            "task_minutes": 240,
            "choice": Choice(types=("community_health_centre",), areas=(self.subdistrict.id,)),
        }
        return Draft.model_validate({**said, **facts})

    def issued(self, **facts: Any) -> Directive:
        with self.world.as_("duty_officer", self.district, "duty") as w:
            directive = writing.compose(w, self.draft(**facts), self.district.id)
            writing.submit(w, directive)
            writing.issue(w, directive)
        self.world.run()
        return directive

    def recipient(self, w: Any, directive: Directive, site: Place) -> Recipient:
        wanted = select(Recipient).where(
            Recipient.directive_id == directive.id, Recipient.place_id == site.id
        )
        return w.session.scalars(wanted).one()

    def sign(self, directive: Directive, site: Place) -> None:
        with self.world.as_("clinic", site) as w:
            answering.acknowledge(w, self.recipient(w, directive, site))

    def finish(self, directive: Directive, site: Place, uid: str) -> None:
        with self.world.as_("clinic", site) as w:
            answering.report(w, self.recipient(w, directive, site), TaskReport(uid=uid, text="done"))
        with self.world.as_("duty_officer", self.district) as w:
            reviewing.accept(w, self.recipient(w, directive, site))


@pytest.fixture
def stage(world: World) -> Stage:
    district = world.area(level="district")
    subdistrict = world.area(district, level="subdistrict")
    other = world.area(district, level="subdistrict")
    return Stage(
        world,
        district,
        subdistrict,
        world.site(subdistrict, "subdistrict_office"),
        [world.clinic(subdistrict, connected_at=world.clock.at) for _ in range(3)],
        world.clinic(other),
        world.incident(district).id,
    )
