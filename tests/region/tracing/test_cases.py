"""A case through its investigation: once a person, its clocks by the incident's pack, corrected, void, late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from region.spine.errors import Forbidden, Invalid, Missing, Refused
from region.tracing.actions import cases
from region.tracing.models import Case
from tests.region.tracing.ground import Ground, ground_of
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return ground_of(world)


def test_a_person_is_one_case_of_an_incident(ground: Ground) -> None:
    with ground.desk() as w:
        one = ground.case(w)
        assert ground.case(w, person=one.person_id, kind="asymptomatic") is one and one.kind == "confirmed"
        assert one.card_due_at == w.now + timedelta(hours=2) == one.care_due_at
        second = ground.case(w, diagnosed_at=None)
        assert second.code != one.code and second.card_due_at is None
    assert len(ground.world.journal("tracing.CaseOpened")) == 2


def test_an_investigation_runs_by_the_packs_clocks_to_its_end(ground: Ground) -> None:
    world = ground.world
    with ground.desk() as w:
        case = ground.case(w)
        cases.assign(w, case, "li.an")
        assert case.core_due_at == w.now + timedelta(hours=4)
        assert case.report_due_at == w.now + timedelta(hours=24)
    world.wait(hours=3)
    with ground.desk() as w:
        row = w.get(Case, case.id)
        cases.assign(w, row, "wang.bo")
        cases.save_core(w, row, {"occupation": "courier", "doses": 3, "onset": date(2022, 7, 31), "none": ""})
        cases.save_core(w, row, {"doses": 3, "severity": "mild"})
        assert row.facts == {"occupation": "courier", "doses": 3, "onset": "2022-07-31", "severity": "mild"}
        assert row.core_at is not None and row.core_due_at is not None and row.core_at < row.core_due_at
        cases.send_card(w, row, at=w.now - timedelta(hours=2))
        cases.arrive_in_care(w, row, ground.here.id)
        cases.report(w, row)
        cases.close(w, row)
        assert row.state == "closed" and row.assigned_to == "wang.bo"
    verbs = [entry.data["verb"] for entry in world.journal("tracing.CaseMoved")]
    assert verbs == ["assign", "save_core", "report", "close"]
    changed = [entry.data["what"] for entry in world.journal("tracing.CaseChanged")]
    assert changed == ["assigned_to", "facts", "card", "care"]


def test_late_is_told_once_for_each_clock_that_ran_out(ground: Ground) -> None:
    world = ground.world
    with ground.desk() as w:
        case, done = ground.case(w), ground.case(w)
        for row in (case, done):
            cases.assign(w, row, "li.an")
        cases.send_card(w, done)
        cases.arrive_in_care(w, done, None)
        cases.save_core(w, done, {})
        cases.report(w, done)
    world.wait(hours=30)
    world.run()
    late = [(entry.data["case"], entry.data["state"]) for entry in world.journal("tracing.CaseLate")]
    assert sorted(late) == [(case.id, "assigned"), (case.id, "card"), (case.id, "care")]


def test_core_facts_hold_no_texts_about_persons(ground: Ground) -> None:
    with ground.desk() as w:
        case = ground.case(w)
        cases.assign(w, case, "li.an")
        for fact in ("张三住在湖滨路", {"a": 1}, "x" * 100):
            with pytest.raises(Invalid, match="fact-not-plain"):
                cases.save_core(w, case, {"occupation": fact})


def test_a_correction_is_told_by_what_it_changed(ground: Ground) -> None:
    with ground.desk() as w:
        case = ground.case(w)
        cases.correct(w, case, kind="asymptomatic", day=ground.today)
        assert case.revised_at is None, "the day is the same"
        cases.correct(w, case, day=ground.today - timedelta(days=1), community=False)
        assert case.revised_at == w.now and case.first_day == ground.today
        with pytest.raises(Invalid, match="moment-in-future"):
            cases.correct(w, case, day=ground.today + timedelta(days=1))
        with pytest.raises(Invalid, match="case-kind-unknown"):
            cases.correct(w, case, kind="maybe")
    assert [one.data["what"] for one in ground.world.journal("tracing.CaseChanged")] == [
        "kind",
        "community",
        "day",
    ]


def test_a_void_case_goes_no_further(ground: Ground) -> None:
    with ground.desk() as w:
        case = ground.case(w)
        cases.void(w, case)
        assert case.revised_at == w.now
        with pytest.raises(Refused, match="not-from-here"):
            cases.assign(w, case, "li.an")
        with pytest.raises(Invalid, match="nobody-named"):
            cases.assign(w, case, " ")


def test_a_case_of_another_community_is_not_there(ground: Ground) -> None:
    with ground.desk() as w:
        case = ground.case(w)
    with ground.world.as_("epidemiologist", ground.there) as w:
        with pytest.raises(Missing):
            w.get(Case, case.id)
        with pytest.raises(Missing):
            ground.case(w, ground.there, person=case.person_id)
    with ground.world.as_("community_officer", ground.here) as w, pytest.raises(Forbidden):
        cases.void(w, w.get(Case, case.id))
