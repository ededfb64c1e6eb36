"""A sub-district with its office and clinics, and orders from the district, for the tests of the inbox."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from region.dispatch.actions import writing
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Choice, Draft
from region.places.models import Place
from tests.world import World


@dataclass
class Stage:
    """Who is there; `order` issues one, `part` finds a site's part in it."""

    world: World
    realm: int = 0
    district: Place = field(init=False)
    office: Place = field(init=False)
    clinic: Place = field(init=False)
    second: Place = field(init=False)
    incident: int = field(init=False)

    def __post_init__(self) -> None:
        world, self.world.realm = self.world, self.realm
        self.district = world.area(level="district", name_zh="临江区", name_en="Linjiang District")
        subdistrict = world.area(self.district, level="subdistrict")
        self.office = world.site(
            subdistrict, "subdistrict_office", name_zh="湖滨街道办事处", name_en="Lakeside Office"
        )
        connected = world.clock.at
        self.clinic = world.clinic(
            subdistrict,
            name_zh="湖滨街道社区卫生服务中心",
            name_en="Lakeside Community Health Centre",
            connected_at=connected,
        )
        self.second = world.clinic(
            subdistrict,
            name_zh="南屏社区卫生服务站",
            name_en="Nanping Community Health Station",
            phone="0990-5550 0142",
            connected_at=connected,
        )
        self.incident = world.incident(self.district).id

    def order(self, token: str = "form-0001", sites: tuple[Place, ...] = (), **facts: Any) -> Directive:
        """Issue an order to the clinic, or to `sites`; free words, or `template` with `given`."""
        chosen = Choice(sites=tuple(site.id for site in sites or (self.clinic,)))
        words = {
            "kind": "directive",
            "urgency": "priority",
            "title_zh": "清点口罩",
            "title_en": "Count masks",
            "body_zh": "今晚清点。",
            "body_en": "Count tonight.",
            "task_minutes": 240,
        }
        said = {} if "template" in facts else words
        draft = {"form_token": token, "incident_id": self.incident, "choice": chosen, **said, **facts}
        with self.world.as_("duty_officer", self.district, "duty") as w:
            directive = writing.compose(w, Draft.model_validate(draft), self.district.id)
            writing.submit(w, directive)
        if directive.state == "awaiting_approval":
            with self.world.as_("approver", self.district, "leader") as w:
                directive = w.get(Directive, directive.id)
                writing.approve(w, directive)
        with self.world.as_("duty_officer", self.district, "duty") as w:
            directive = w.get(Directive, directive.id)
            writing.issue(w, directive)
        self.world.run()
        return directive

    def count(self, token: str = "form-0002") -> Directive:
        """An order that asks for two numbers."""
        given = {"as_of": "2022-08-01T18:00:00+08:00", "deadline": "2022-08-01T22:00:00+08:00"}
        return self.order(token, template="stock_count", given=given, task_minutes=240)

    def part(self, directive: Directive, site: Place | None = None) -> Recipient:
        """The part of the clinic, or of `site`, as it stands now."""
        with self.world.as_system() as w:
            wanted = select(Recipient).where(Recipient.directive_id == directive.id)
            return w.session.scalars(wanted.where(Recipient.place_id == (site or self.clinic).id)).one()
