"""The duty desk's questions on both databases: what waits, who is late and where, one site's history, what to offer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from region.board.queries import desk, desk_compose, desk_directive, desk_history
from region.board.queries.desk_areas import areas
from region.dispatch.actions import answering, writing
from region.dispatch.models import Directive, Escalation, Recipient
from region.dispatch.queries.progress import status
from region.dispatch.schemas import Choice, Draft, Saying, TaskReport
from region.places.events import SiteWentDark
from region.places.models import Place, Site
from region.spine.errands import Errand
from region.spine.errors import Invalid
from tests.world import World


@dataclass
class Stage:
    """A district with two towns, an office in the first, three clinics there and one in the second."""

    world: World
    district: Place
    towns: list[Place]
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
            "choice": Choice(types=("community_health_centre",)),
        }
        return Draft.model_validate({**said, **facts})

    def issued(self, **facts: Any) -> Directive:
        with self.world.as_("duty_officer", self.district, "duty") as w:
            directive = writing.compose(w, self.draft(**facts), self.district.id)
            writing.submit(w, directive)
            writing.issue(w, directive)
        self.world.run()
        return directive

    def recipient(self, w: Any, site: Place) -> Recipient:
        return w.session.scalars(select(Recipient).where(Recipient.place_id == site.id)).one()

    def say(self, site: Place, act: Any) -> None:
        with self.world.as_("clinic", site) as w:
            act(w, self.recipient(w, site))

    def kinds(self, role: str = "duty_officer", name: str = "duty") -> list[str]:
        with self.world.as_(role, self.district, name) as w:
            return [one.kind for one in desk.decisions(w)]


@pytest.fixture
def stage(world: World) -> Stage:
    district = world.area(level="district", name_en="Linjiang")
    towns = [world.area(district, level="subdistrict", name_en=name) for name in ("Nanping", "Liuzhen")]
    return Stage(
        world,
        district,
        towns,
        world.site(towns[0], "subdistrict_office", name_en="Nanping Town Office"),
        [world.clinic(towns[0], connected_at=world.clock.at, phone="010-55501234") for _ in range(3)],
        world.clinic(towns[1], connected_at=world.clock.at),
        world.incident(district).id,
    )


def report(w: Any, recipient: Recipient) -> None:
    answering.report(w, recipient, TaskReport(uid=f"report-{recipient.id:04}", text="done"))


def test_a_quiet_desk_says_nothing(stage: Stage) -> None:
    assert stage.kinds() == []


def test_late_sites_are_one_sentence_with_their_town_and_whom_it_was_passed_up_to(stage: Stage) -> None:
    directive = stage.issued()
    for site in (stage.clinics[0], stage.elsewhere):
        stage.say(site, answering.acknowledge)
    for _ in range(2):
        stage.world.wait(minutes=61)
        stage.world.run()
    with stage.world.as_("duty_officer", stage.district) as w:
        (late,) = desk.decisions(w)
        assert (late.kind, late.count, late.tone(w.now)) == ("late_sign", 2, "bad")
        assert [(group.area.en, group.count) for group in late.groups if group.area] == [("Nanping", 2)]
        assert [place.name_en for place in late.told] == ["Nanping Town Office"]
        assert late.due == directive.acknowledge_due
        (line,) = desk.running_orders(w)
        assert (line.clock, line.counts.signed, line.counts.late) == ("sign", 2, 2)


def test_a_dark_site_is_not_late(stage: Stage) -> None:
    stage.issued()
    with stage.world.as_system() as w:
        w.session.execute(update(Site).values(dark_since=w.now))
        w.tell(SiteWentDark(site=stage.clinics[0].id, reason="-", place=stage.clinics[0].id))
    stage.world.wait(minutes=61)
    assert stage.kinds() == []


def test_what_waits_is_sorted_by_the_clock(stage: Stage) -> None:
    stage.issued()
    for site in (*stage.clinics, stage.elsewhere):
        stage.say(site, answering.acknowledge)
    stage.say(stage.clinics[0], report)
    stage.world.wait(minutes=5)
    stage.say(
        stage.clinics[1],
        lambda w, r: answering.raise_trouble(w, r, Saying(uid="trouble-01", text="no masks left")),
    )
    assert stage.kinds() == ["trouble", "review"]
    stage.world.wait(minutes=300)
    assert stage.kinds() == ["trouble", "late_report", "review"]


def test_a_draft_waits_for_another_person_never_for_its_writer(stage: Stage) -> None:
    with stage.world.as_("approver", stage.district, "leader") as w:
        writing.submit(w, writing.compose(w, stage.draft(urgency="flash"), stage.district.id))
    assert stage.kinds("approver", "leader") == ["waits_for_other"]
    assert stage.kinds("approver", "second") == ["approve"]
    assert stage.kinds("duty_officer", "duty") == ["waits_for_other"]


def test_an_escalation_waits_for_the_office_that_was_told(stage: Stage) -> None:
    stage.issued()
    for _ in range(2):
        stage.world.wait(minutes=61)
        stage.world.run()
    with stage.world.as_("subdistrict_officer", stage.towns[0]) as w:
        found = [one for one in desk.decisions(w) if one.kind == "escalation"]
        told = w.session.scalars(select(Escalation).where(Escalation.place_id == stage.office.id)).all()
        assert [one.escalation for one in found] == [row.id for row in told]
        assert found[0].count == 3


def test_dead_work_is_shown_to_those_who_operate_alone(stage: Stage) -> None:
    with stage.world.as_system() as w:
        w.owe("dispatch.look", key="dead-one", directive=0, limit="acknowledge", times=1)
        w.session.execute(update(Errand).values(state="dead", ended_at=w.real_now))
    with stage.world.as_system() as w:
        assert [(one.kind, one.runners) for one in desk.decisions(w)] == [("dead", ("dispatch.look",))]
    assert stage.kinds() == []


def test_the_words_in_sql_are_those_of_dispatch(stage: Stage) -> None:
    directive = stage.issued()
    stage.say(stage.clinics[0], answering.acknowledge)
    stage.say(stage.clinics[1], report)
    stage.say(stage.clinics[2], answering.begin)
    stage.world.wait(minutes=61)
    with stage.world.as_("duty_officer", stage.district) as w:
        page = desk_directive.recipients(w, directive, areas(w))
        assert len(page.lines) == 4
        for line in page.lines:
            assert line.word == status(line.recipient, directive, line.site, w.now)
        assert [line.word for line in page.lines] == ["late", "working", "signed", "reported"]
        counts = desk_directive.counts(w, directive)
        assert counts == {"late": 1, "working": 1, "signed": 1, "reported": 1, "troubled": 0}
        late = desk_directive.recipients(w, directive, areas(w), status="late")
        assert [line.place.id for line in late.lines] == [stage.elsewhere.id]
        town = desk_directive.recipients(w, directive, areas(w), area=str(stage.towns[0].id))
        assert {line.place.id for line in town.lines} == {clinic.id for clinic in stage.clinics}


def test_the_table_goes_on_where_it_stopped(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_directive, "PAGE", 3)
    directive = stage.issued()
    with stage.world.as_("duty_officer", stage.district) as w:
        first = desk_directive.recipients(w, directive, areas(w))
        rest = desk_directive.recipients(w, directive, areas(w), after=first.after)
        seen = [line.recipient.id for line in (*first.lines, *rest.lines)]
        assert (len(first.lines), len(rest.lines), rest.after) == (3, 1, "")
        assert len(set(seen)) == 4


def test_a_history_tells_who_when_what(stage: Stage) -> None:
    stage.issued()
    for _ in range(2):
        stage.world.wait(minutes=61)
        stage.world.run()
    stage.say(stage.clinics[0], report)
    with stage.world.as_("duty_officer", stage.district) as w:
        told = desk_history.history(w, stage.recipient(w, stage.clinics[0]))
    says = [one.says for one in told][::-1]
    assert says[0] == "The order was issued"
    assert "Late: reminded on another channel" in says
    assert "Late: passed up to {told}" in says
    assert says[-2:] == ["The site signed", "The site reported"]
    signed = next(one for one in told if one.says == "The site signed")
    assert signed.late and signed.actor == "clinic"
    passed = next(one for one in told if one.says == "Late: passed up to {told}")
    assert [place.name_en for place in passed.told] == ["Nanping Town Office"]
    assert told[0].report is not None and told[0].report.text == "done"


def test_a_neighbours_history_is_not_in_it(stage: Stage) -> None:
    stage.issued()
    stage.say(stage.clinics[0], answering.acknowledge)
    with stage.world.as_("duty_officer", stage.district) as w:
        told = desk_history.history(w, stage.recipient(w, stage.clinics[1]))
    assert [one.says for one in told] == ["The order was issued"]


def test_blanks_are_prefilled_near_now(stage: Stage) -> None:
    stage.world.clock.at = datetime(2022, 8, 1, 9, 21, tzinfo=UTC)
    with stage.world.as_("duty_officer", stage.district) as w:
        offers = {offer.id: offer for offer in desk_compose.offers(w)}
        values = {blank.name: blank.value for blank in offers["seal_zone"].blanks}
    assert (values["start"], values["deadline"]) == ("2022-08-01T17:30", "2022-08-01T23:30")
    assert offers["seal_zone"].minutes == 360


def test_the_tree_counts_sites_and_keeps_to_the_actors_places(stage: Stage) -> None:
    with stage.world.as_("subdistrict_officer", stage.towns[0]) as w:
        (branch,) = desk_compose.tree(w)
        assert (branch.area.en, branch.sites, branch.below) == ("Nanping", 4, ())
        assert desk_compose.types(w) == [("community_health_centre", 3), ("subdistrict_office", 1)]
    with stage.world.as_("duty_officer", stage.district) as w:
        (top,) = desk_compose.tree(w)
        assert (top.sites, [one.sites for one in top.below]) == (5, [4, 1])


def test_telephones_are_whole_only_for_those_who_may_press(stage: Stage) -> None:
    ids = [clinic.id for clinic in stage.clinics]
    with stage.world.as_("duty_officer", stage.district) as w:
        assert {one["dial"] for one in desk_compose.phones(w, ids)} == {"010-55501234"}
    with stage.world.as_("planner", stage.district) as w:
        found = desk_compose.phones(w, ids)
        assert {one["dial"] for one in found} == {""}
        assert {one["phone"] for one in found} == {"010-******34"}


def test_the_preview_is_what_will_be_fixed(stage: Stage) -> None:
    given = {"area": {"zh": "南屏镇", "en": "Nanping"}, "persons": "12", "deadline": "2022-08-01T20:00"}
    with stage.world.as_("duty_officer", stage.district) as w:
        shown = desk_compose.preview(w, "door_knock_visits", given)
        draft = Draft(
            form_token="form-0009",
            incident_id=stage.incident,
            template="door_knock_visits",
            given=given,
            choice=Choice(areas=(stage.towns[0].id,)),
        )
        fixed = writing.compose(w, draft, stage.district.id)
    assert shown == {name: getattr(fixed, name) for name in ("title_zh", "title_en", "body_zh", "body_en")}
    assert "Nanping" in shown["title_en"] and "12" in shown["body_zh"]


def test_a_missing_blank_is_named(stage: Stage) -> None:
    with stage.world.as_("duty_officer", stage.district) as w, pytest.raises(Invalid) as caught:
        desk_compose.preview(w, "door_knock_visits", {"persons": "12"})
    assert "area" in caught.value.facts["names"]
