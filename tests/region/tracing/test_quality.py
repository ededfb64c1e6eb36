"""Twelve lists: each finds its fault, leads to the record, and is empty again once it is mended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from region.tracing.actions import cases, contacts, exposures, identity, letters
from region.tracing.actions.exposures import GivenExposure
from region.tracing.models import Case, Contact
from region.tracing.queries import quality
from tests.region.tracing.ground import Ground, ground_of
from tests.world import World


def found(ground: Ground) -> dict[str, int]:
    with ground.desk() as w:
        shown = quality.counted(w, ground.incident.id)
        for one in shown.lists:
            assert len(quality.items(w, one.code, ground.incident.id).rows) == one.items, one.code
            assert (one.oldest is None) == (one.items == 0), one.code
        return {one.code: one.items for one in shown.lists if one.items}


def test_there_are_twelve_and_an_incident_without_records_has_nothing_to_mend(world: World) -> None:
    ground = ground_of(world)
    assert len(quality.LISTS) == 12 and found(ground) == {}
    with ground.desk() as w:
        assert quality.counted(w, ground.incident.id).per_thousand is None


def test_each_fault_stands_on_its_list(world: World) -> None:
    ground = ground_of(world)
    with ground.desk() as w:
        case = ground.case(w)
        (exposed,) = ground.contacts(w, 1, case=case)
        ground.contacts(w, 1, days_ago=2)
        cases.assign(w, case, "li.an")
        place = ground.here.id
        exposures.record(w, GivenExposure(ground.incident.id, place, "shop", "小店"))
        gone = ground.contacts(w, 1, case=case)
        asked: dict[str, Any] = {"incident": ground.incident.id, "place": ground.district.id, "level": "city"}
        letters.send(w, gone, **asked, to_name="邻市", question="请协查")
        contacts.control(w, [exposed], "awaiting")
        ground.case(w, person=exposed.person_id, onset_on=ground.today)
    now = found(ground)
    assert now == {
        "case_without_onset": 1,
        "case_without_source": 1,
        "contact_without_link": 1,
        "contact_twice": 1,
        "exposure_without_time": 1,
    }
    world.wait(hours=25)
    late = found(ground)
    assert {code: late[code] for code in late if code not in now} == {
        "investigation_late": 1,
        "control_missing": 2,
        "transfer_late": 1,
        "letter_unanswered": 1,
    }
    with ground.desk() as w:
        cases.correct(w, w.get(Case, case.id), onset_on=ground.today - timedelta(days=2))
    assert "case_without_onset" not in found(ground)


def test_another_community_counts_nothing_of_it(world: World) -> None:
    ground = ground_of(world)
    with ground.desk() as w:
        ground.contacts(w, 3)
    with world.as_("community_officer", ground.there) as w:
        assert all(one.items == 0 for one in quality.counted(w, ground.incident.id).lists)


def test_a_funnel_that_does_not_add_up_is_told_once_a_day(world: World) -> None:
    ground = ground_of(world)
    with ground.desk() as w:
        ids = [one.id for one in ground.contacts(w, 2)]
    with world.as_system() as w:
        identity.check(w)
    assert world.journal("tracing.FunnelBroken") == []
    with ground.desk() as w:
        contacts.control(w, w.session.scalars(select(Contact).where(Contact.id.in_(ids))).all(), "home")
    with world.office.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM contact_controls")
    for _ in range(2):
        with world.as_system() as w:
            identity.check(w)
    assert [(one.data["own"], one.data["landed"]) for one in world.journal("tracing.FunnelBroken")] == [
        (0, 2)
    ]
    world.wait(days=1)
    with world.as_system() as w:
        identity.check(w)
    assert len(world.journal("tracing.FunnelBroken")) == 2
