"""Capacity as EDXL-HAVE: what goes out carries its own time, what comes in is taken or refused element by element."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from region.formats import have
from region.places.models import Place
from tests.region.resources.test_capacity import ROOMS, known, tell, values
from tests.world import START, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def district(world: World) -> Place:
    return world.area(name_zh="临江区", name_en="Linjiang")


def fetched(browser: Any) -> have.Report:
    """The report that a program gets."""
    answer = browser.get("/api/v1/have.xml")
    assert answer.status_code == 200 and answer.mimetype == "application/xml"
    assert have.check(answer.get_data()) == []
    return have.read(answer.get_data())


def test_beds_rooms_and_teams_go_out_with_the_age_of_their_numbers(world: World, district: Place) -> None:
    hospital = world.site(district, "hospital", code="990106-HO-001", name_en="People's Hospital")
    hotel = world.site(district, "quarantine_site", code="990106-QS-001")
    tell(world, hospital, "beds.icu", total=12, ready=10, in_use=10, broken=1)
    tell(world, hotel, total=160, ready=150, in_use=120)
    world.wait(hours=13)
    tell(world, hotel, in_use=130)
    found = fetched(world.browser_as("duty_officer", district, lang="en"))
    first, second = found.facilities
    assert (first.id, first.name, first.kind) == ("site.990106-HO-001", "People's Hospital", "Hospital")
    (icu,) = first.lists[0].services
    assert (icu.key, icu.beds and icu.beds.available, icu.beds and icu.beds.baseline) == ("AdultICU", 0, 12)
    assert icu.beds is not None and icu.beds.updated == START and icu.colour is None
    assert "stale" in str(icu.beds.note) and "13 hours" in str(icu.beds.note)
    assert (second.offers[0].kind, second.offers[0].amount, second.offers[0].unit) == (ROOMS, 20, "rooms")
    assert second.period == have.Period(START, START + timedelta(hours=13))
    outsider = fetched(world.browser_as("clinic", hotel))
    assert [one.id for one in outsider.facilities] == ["site.990106-QS-001"]


def report_of(*facilities: have.Facility) -> bytes:
    """A hospital's own report."""
    return have.write(have.Report("People's Hospital", facilities))


def beds(key: str, available: int, **facts: Any) -> have.Service:
    """One line of it."""
    return have.Service(key, key, beds=have.Counts(available, **facts))


def test_a_hospital_s_system_reports_its_beds(world: World, district: Place) -> None:
    hospital = world.site(district, "hospital", code="990106-HO-001")
    world.site(district, "hospital", code="990106-HO-002")
    services = (
        beds("AdultICU", 3, baseline=12, in_use=7, broken=1, updated=START - timedelta(minutes=5)),
        beds("MedicalSurgical", 40, baseline=300),
        beds("SpaceBeds", 1, baseline=1),
        beds("Pediatrics", 2, baseline=10, in_use=11),
        beds("EmergencyDepartment", 4),
    )
    own = have.Facility("site.990106-HO-001", "x", lists=(have.ServiceList(services),))
    other = have.Facility("site.990106-HO-002", "y", lists=(have.ServiceList(services[:1]),))
    browser = world.browser_as("clinic", hospital, lang="en")
    answer = browser.post("/api/v1/have", data=report_of(own, other)).json
    assert answer["changed"] == {"990106-HO-001": ["beds.icu", "beds.ward"]}
    assert values(world, hospital, "beds.icu") == (12, 10, 7, 1)
    assert values(world, hospital, "beds.ward") == (300, 300, 260, None)
    assert answer["derived"] == ["/HAVE/facility[1]/serviceList[1]/serviceListItem[2]"]
    assert known(world, hospital, "beds.icu").oldest == START - timedelta(minutes=5)
    refused = {one["element"].removeprefix("/HAVE/"): one["error"] for one in answer["refused"]}
    assert refused == {
        "facility[1]/serviceList[1]/serviceListItem[3]": "no-such-capacity",
        "facility[1]/serviceList[1]/serviceListItem[4]": "capacity-over-total",
        "facility[1]/serviceList[1]/serviceListItem[5]": "have-too-little",
        "facility[2]": "have-no-site",
    }
    assert not answer["ok"] and all(one["text"] for one in answer["refused"])
    again = browser.post("/api/v1/have", data=report_of(own)).json
    assert (again["changed"], again["known"]) == ({}, 2)


def test_what_goes_out_comes_in_again_and_changes_nothing(world: World, district: Place) -> None:
    hotel = world.site(district, "quarantine_site", code="990106-QS-001")
    tell(world, hotel, total=160, ready=150, in_use=120, broken=4)
    browser = world.browser_as("clinic", hotel)
    sent = browser.get("/api/v1/have.xml").get_data()
    answer = browser.post("/api/v1/have", data=sent).json
    assert (answer["ok"], answer["changed"], answer["known"], answer["refused"]) == (True, {}, 1, [])


def test_what_is_no_report_is_refused_whole(world: World, district: Place) -> None:
    browser = world.browser_as("clinic", world.site(district, "hospital"), lang="en")
    for data, code in ((b"<x/>", "edxl-not-have"), (b"no xml", "edxl-not-xml")):
        answer = browser.post("/api/v1/have", data=data, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.json["error"]) == (422, code)
