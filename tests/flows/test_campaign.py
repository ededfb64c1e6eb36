"""An order of a whole campaign: from the district down, summed up again, compared, projected, and nil reports."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from region.dispatch.actions import answering, cascading, progressing, reviewing
from region.dispatch.actions.proving import hold_against
from region.dispatch.actions.tallying import keep_tallies
from region.dispatch.models import Directive, Progress, Recipient
from region.dispatch.queries.campaign import campaign
from region.dispatch.queries.pace import paces
from region.dispatch.schemas import Choice, PassOn, Saying, TaskReport, Told
from region.spine.errors import Refused
from tests.flows.campaign_stage import SAMPLED, ordered, part, report, tell
from tests.flows.stage import Stage, stage

__all__ = ["stage"]
NEW_CASES = {**SAMPLED, "name": "new_cases", "target": None, "measure": None}


def everywhere(stage: Stage) -> Choice:
    return Choice(types=("community_health_centre",), areas=(stage.district.id,))


def test_areas_are_compared_and_the_furthest_behind_stands_first(stage: Stage) -> None:
    order = ordered(stage, choice=everywhere(stage))
    tell(stage, order, stage.clinics[0], 100, "uid-00001")
    tell(stage, order, stage.clinics[1], 20, "uid-00002")
    stage.world.wait(minutes=300)
    with stage.world.as_("duty_officer", stage.district) as w:
        found = campaign(w, w.get(Directive, order.id))
    assert found.whole.counts == {"contradicted": 0, "late": 3, "not_begun": 0, "working": 0, "done": 1}
    assert [(area.area, area.sites, round(area.share or 0, 3)) for area in found.areas] == [
        (stage.elsewhere.parent_id, 1, 0.0),
        (stage.subdistrict.id, 3, 0.4),
    ]
    assert found.areas[1].per_thousand("sampled") == 120
    assert [one.place for one in found.behind] == [
        *(stage.clinics[2].id, stage.elsewhere.id, stage.clinics[1].id)
    ]
    with stage.world.as_("duty_officer", stage.district) as w:
        by_district = campaign(w, w.get(Directive, order.id), "district").areas
    assert [(area.area, area.sites) for area in by_district] == [(stage.district.id, 4)]


def test_a_waived_site_is_asked_for_nothing_and_a_contradicted_one_stands_first(stage: Stage) -> None:
    order = ordered(stage)
    report(stage, order, stage.clinics[0], "uid-00001", sampled=100)
    with stage.world.as_("duty_officer", stage.district) as w:
        reviewing.waive(
            w, stage.recipient(w, order, stage.clinics[2]), Saying(uid="uid-00002", text="flooded")
        )
    with stage.world.as_("site_system", stage.clinics[0]) as w:
        count = {"measure": "sampled", "at": (w.now + timedelta(seconds=1)).isoformat(), "value": 5}
        keep_tallies(w, stage.clinics[0].id, [count])
    stage.world.wait(minutes=1)
    mine = part(stage, order, stage.clinics[0]).id
    with stage.world.as_system() as w:
        hold_against(w, w.get(Recipient, mine))
    with stage.world.as_("duty_officer", stage.district) as w:
        found = campaign(w, w.get(Directive, order.id))
    assert found.whole.counts["contradicted"] == 1 and found.whole.sites == 2
    assert found.whole.tasks["sampled"].target == 200
    assert [one.word for one in found.behind] == ["contradicted"]


def test_what_those_below_tell_counts_for_whoever_passed_the_order_on(stage: Stage) -> None:
    choice = Choice(sites=(stage.office.id, stage.elsewhere.id))
    order = ordered(stage, choice=choice)
    mine = part(stage, order, stage.office)
    sites = tuple(clinic.id for clinic in stage.clinics)
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w:
        said = PassOn(form_token="child-0001", choice=Choice(sites=sites))
        below = cascading.pass_on(w, w.get(Recipient, mine.id), said)
    tell(stage, below, stage.clinics[0], 40, "uid-00001")
    tell(stage, below, stage.clinics[1], 30, "uid-00002")
    with stage.world.as_("subdistrict_officer", stage.office) as w:
        own = Told(uid="uid-00003", task="sampled", value=10)
        progressing.report_progress(w, w.get(Recipient, mine.id), own)
    with stage.world.as_("duty_officer", stage.district) as w:
        found = campaign(w, w.get(Directive, order.id))
        by_community = campaign(w, w.get(Directive, order.id), "community")
        curve = paces(w, w.get(Directive, order.id), {"sampled": 200})["sampled"]
    assert found.whole.tasks["sampled"].value == 70 and found.orders == 1
    assert {area.area: area.tasks["sampled"].value for area in found.areas} == {
        stage.subdistrict.id: 70,
        stage.elsewhere.parent_id: None,
    }
    assert by_community.areas[0].sites == 4, "by those below, where it lies above the level"
    assert curve.points[-1][1] == 70, "not twice"
    with stage.world.as_("subdistrict_officer", stage.office) as w:
        partial = campaign(w, w.get(Directive, order.id))
    assert partial.whole.sites == 1, "the neighbour's part is not its business"


def test_the_curve_and_the_finish_at_the_last_hours_pace(stage: Stage) -> None:
    order = ordered(stage)
    begun = stage.world.clock.at
    for hour, value in enumerate((20, 50, 110), start=1):
        stage.world.clock.at = begun + timedelta(hours=hour, minutes=-10)
        tell(stage, order, stage.clinics[0], value, f"uid-0000{hour}")
    stage.world.clock.at = begun + timedelta(hours=3)
    with stage.world.as_("duty_officer", stage.district) as w:
        directive = w.get(Directive, order.id)
        pace = paces(w, directive, {"sampled": 220.0})["sampled"]
        assert paces(w, directive, {"sampled": 100.0})["sampled"].done
        nobody = paces(w, directive, {"sampled": None})["sampled"]
        never = paces(w, directive, {"sampled": 1e9})["sampled"]
    assert [(at - begun, value) for at, value in pace.points] == [
        (timedelta(hours=n), value) for n, value in enumerate((0, 20, 50, 110))
    ]
    assert pace.rate == pytest.approx(110 / 3)
    assert pace.finish == begun + timedelta(hours=6)
    assert nobody.finish is None and never.finish is None
    with stage.world.as_("clinic", stage.clinics[1]) as w:
        hidden = paces(w, w.get(Directive, order.id), {"sampled": 220.0})["sampled"]
    assert [value for _, value in hidden.points] == [0], "another site's numbers are not its business"


def test_a_nil_report_is_one_tap_and_a_late_one_is_listed(stage: Stage) -> None:
    order = ordered(stage, NEW_CASES, template="nil_report", task_minutes=60)
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        progressing.report_nil(w, stage.recipient(w, order, stage.clinics[0]), "uid-00001")
        progressing.report_nil(w, stage.recipient(w, order, stage.clinics[0]), "uid-00001")
    report(stage, order, stage.clinics[1], "uid-00002", new_cases=3)
    stage.world.wait(minutes=61)
    with stage.world.as_("clinic", stage.clinics[2]) as w:
        progressing.report_nil(w, stage.recipient(w, order, stage.clinics[2]), "uid-00003")
    with stage.world.as_("duty_officer", stage.district) as w:
        found = campaign(w, w.get(Directive, order.id))
    assert (found.whole.nil, found.whole.tasks["new_cases"].value) == (2, 3)
    assert [one.place for one in found.late_nils] == [stage.clinics[2].id]
    other = ordered(stage, NEW_CASES, form_token="form-0002")
    with stage.world.as_("clinic", stage.clinics[0]) as w, pytest.raises(Refused, match="nil-not-asked"):
        progressing.report_nil(w, stage.recipient(w, other, stage.clinics[0]), "uid-00004")


def test_a_task_with_a_deadline_of_its_own_is_late_before_the_order(stage: Stage) -> None:
    order = ordered(stage, {**SAMPLED, "limit": {"minutes": 30}})
    tell(stage, order, stage.clinics[0], 50, "uid-00001")
    tell(stage, order, stage.clinics[1], 100, "uid-00002")
    stage.world.wait(minutes=31)
    with stage.world.as_("duty_officer", stage.district) as w:
        counts = campaign(w, w.get(Directive, order.id)).whole.counts
    assert counts == {"contradicted": 0, "late": 2, "not_begun": 0, "working": 0, "done": 1}


def test_ten_times_the_sites_take_no_more_queries(stage: Stage) -> None:
    order = ordered(stage)
    for n, site in enumerate(stage.clinics):
        tell(stage, order, site, 10, f"uid-1000{n}")
    seen: list[str] = []
    engine = stage.world.office.engine

    def count(_c: object, _u: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    def asked() -> int:
        with stage.world.as_("duty_officer", stage.district) as w:
            directive = w.get(Directive, order.id)
            before = len(seen)
            found = campaign(w, directive)
            paces(w, directive, {"sampled": 1000.0})
            assert found.whole.sites
            return len(seen) - before

    event.listen(engine, "before_cursor_execute", count)
    few = asked()
    more = [stage.world.clinic(stage.subdistrict) for _ in range(12)]
    big = ordered(stage, form_token="form-0002", choice=Choice(sites=tuple(site.id for site in more)))
    order = big
    for n, site in enumerate(more):
        tell(stage, order, site, 10, f"uid-2000{n:02}")
    assert asked() == few <= 12
    event.remove(engine, "before_cursor_execute", count)


def test_a_report_is_the_last_word_on_each_task(stage: Stage) -> None:
    order = ordered(stage)
    tell(stage, order, stage.clinics[0], 80, "uid-00001")
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        said = TaskReport(uid="uid-00002", numbers={"sampled": 75})
        answering.report(w, stage.recipient(w, order, stage.clinics[0]), said)
        answering.report(w, stage.recipient(w, order, stage.clinics[0]), said)
        values = [row.value for row in w.session.query(Progress).order_by(Progress.id)]
    assert values == [80, 75]


def test_whoever_reached_its_targets_is_not_pressed_to_report(stage: Stage) -> None:
    order = ordered(stage)
    tell(stage, order, stage.clinics[0], 100, "uid-00001")
    tell(stage, order, stage.clinics[1], 99, "uid-00002")
    stage.world.wait(minutes=245)
    stage.world.run()
    pressed = [part(stage, order, site).pressure for site in stage.clinics[:2]]
    assert pressed[0] == 0 and pressed[1] > 0
