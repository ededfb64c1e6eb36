"""Stays begin on a ground and on evidence, once, many at a time, with a plan, tests, a clock and a last day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from region.quarantine.actions.beginning import begin
from region.quarantine.models import ScheduledTest, Stay
from region.spine.errors import Forbidden, Invalid, Refused
from tests.region.quarantine.ground import LAW, ground
from tests.world import World


def test_at_23_nobody_is_restricted_without_a_legal_ground_and_evidence(world: World) -> None:
    g = ground(world)
    (one,) = g.given()
    with g.epidemiologist() as w:
        with pytest.raises(Refused, match="no-legal-ground"):
            begin(w, [one], incident=g.incident, legal_ground="because")
        for nothing in ("", "  ", "he coughed in the lift"):
            with pytest.raises(Refused, match="no-evidence"):
                begin(w, [replace(one, evidence=nothing)], incident=g.incident, legal_ground=LAW)
        assert w.session.scalars(select(func.count()).select_from(Stay)).one() == 0
    with pytest.raises(Forbidden), world.as_("sampler", g.home) as w:
        begin(w, [one], incident=g.incident, legal_ground=LAW)
    assert not world.journal("quarantine.StaysBegun")


def test_a_stay_has_its_plan_its_tests_its_transfer_clock_and_an_expiry(world: World) -> None:
    g = ground(world)
    (id,) = g.stays(household="H1", care_needs=("elderly",))
    with world.as_system() as w:
        stay = w.get(Stay, id)
        tests = w.session.scalars(select(ScheduledTest.due_on).order_by(ScheduledTest.due_on)).all()
        digest = w.rules.pack("CN-COVID-9ED").digest
    assert (stay.state, stay.mode, stay.ends_on) == ("identified", "central_quarantine", date(2022, 8, 11))
    assert [day.day for day in tests] == [2, 3, 4, 6, 8, 11]
    assert stay.transfer_due_at == world.clock.at + timedelta(hours=8)
    assert stay.expires_at == datetime(2022, 8, 13, 16, tzinfo=UTC), (
        "two days after the last, region's midnight"
    )
    assert (stay.pack_digest, stay.household, stay.care_needs) == (digest, "H1", ["elderly"])
    (told,) = world.journal("quarantine.StaysBegun")
    assert (told.place_id, told.incident_id, told.data["legal_ground"]) == (g.home.id, g.incident, LAW)


def test_the_same_list_begins_once_and_a_person_has_one_open_stay(world: World) -> None:
    g = ground(world)
    given = g.given(3)
    with g.epidemiologist() as w:
        first = [stay.id for stay in begin(w, given, incident=g.incident, legal_ground=LAW)]
    again = [*given, replace(given[0], ref="contact:other")]
    with g.epidemiologist() as w:
        assert [stay.id for stay in begin(w, again, incident=g.incident, legal_ground=LAW)] == first
    assert len(world.journal("quarantine.StaysBegun")) == 1


def test_found_late_serves_what_is_left_and_after_the_end_nothing(world: World) -> None:
    g = ground(world)
    late = datetime(2022, 8, 5, 2, tzinfo=UTC)
    world.clock.at = late
    given = [*g.given(), *g.given(counts_from=date(2022, 7, 1))]
    with g.epidemiologist() as w:
        (stay,) = begin(w, given, incident=g.incident, legal_ground=LAW)
        kinds = w.session.execute(select(ScheduledTest.due_on, ScheduledTest.kind).order_by("due_on")).all()
    assert stay.plan["missed"] == ["2022-08-02", "2022-08-03", "2022-08-04"]
    assert [(day.day, kind) for day, kind in kinds][:3] == [
        (5, "admission"),
        (6, "scheduled"),
        (8, "scheduled"),
    ]


def test_a_category_that_the_pack_does_not_know_and_a_way_that_it_does_not_allow(world: World) -> None:
    g = ground(world, "CN-COVID-20M")
    (one,) = g.given(counts_from=date(2022, 8, 1))
    for wrong, code in (
        (replace(one, category="secondary_contact"), "no-schedule"),
        (replace(one, mode="home_quarantine"), "mode-not-allowed"),
    ):
        with pytest.raises(Invalid, match=code), g.epidemiologist() as w:
            begin(w, [wrong], incident=g.incident, legal_ground=LAW)
    with g.epidemiologist() as w:
        at_home = replace(one, mode="home_quarantine", care_needs=("dialysis",))
        (stay,) = begin(w, [at_home], incident=g.incident, legal_ground=LAW)
    assert (stay.mode, stay.transfer_due_at) == ("home_quarantine", None)


def test_a_list_of_hundreds_is_one_event_and_one_look(world: World) -> None:
    g = ground(world)
    (one,) = g.given()
    people = g.people(300)
    given = [replace(one, person=person, ref=f"contact:{person}") for person in people]
    with g.epidemiologist() as w:
        assert len(begin(w, given, incident=g.incident, legal_ground=LAW)) == 300
    (told,) = world.journal("quarantine.StaysBegun")
    assert len(told.data["stays"]) == 300
    assert [one.runner for one in world.errands("due")].count("quarantine.look") == 1
    world.wait(hours=3)
    world.run()
    (late,) = world.journal("quarantine.StaysLate")
    assert len(late.data["stays"]) == 300 and late.data["state"] == "identified"
    world.run()
    assert len(world.journal("quarantine.StaysLate")) == 1
