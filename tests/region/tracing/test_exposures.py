"""Exposure places: written once, a route by hours, who else was there, and who of them becomes a contact."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from region.spine.errors import Invalid, Missing
from region.tracing.actions import determining, exposures
from region.tracing.actions.determining import GivenContact, Link
from region.tracing.actions.exposures import GivenExposure
from region.tracing.models import Case, ContactLink, ExposurePlace
from region.tracing.queries import exposures as shown
from region.tracing.queries import listing
from tests.region.tracing.ground import Ground, ground_of
from tests.world import World


def given(ground: Ground, **facts: Any) -> GivenExposure:
    said = {"incident": ground.incident.id, "place": ground.here.id, "kind": "open_coach", "name": "8 路"}
    return GivenExposure(**(said | facts))


def test_a_place_and_a_visit_are_written_once(world: World) -> None:
    ground = ground_of(world)
    world.wait(hours=5)
    with ground.desk() as w:
        case = ground.case(w)
        bus = exposures.record(w, given(ground))
        assert exposures.record(w, given(ground)).id == bus.id
        for _ in range(2):
            exposures.visit(w, case, bus, ground.at(1, 9), ground.at(1, 10), "4A")
        assert [(one.seat, where.name) for one, where in shown.route(w, case.id)] == [("4A", "8 路")]
        exposures.record(w, given(ground, point=(114.3, 30.6)))
        (row,) = shown.listed(w, ground.incident.id)
        assert (row.visits, row.row.lon, list(shown.on_map([row])["state"])) == (1, 114.3, ["watch"])
        for wrong in ({"kind": "ufo"}, {"name": " "}, {"point": (200.0, 1.0)}, {"crs": "MARS"}):
            with pytest.raises(Invalid):
                exposures.record(w, given(ground, **wrong))
        for first, last in ((10, 9), (9, 23)):
            with pytest.raises(Invalid):
                exposures.visit(w, case, bus, ground.at(1, first), ground.at(1, last))
    assert len(world.journal("tracing.ExposureKept")) == 2
    assert len(world.journal("tracing.LinksKept")) == 1


def test_who_else_was_there_is_proposed_and_linked_by_a_decision(world: World) -> None:
    ground = ground_of(world)
    world.wait(hours=5)
    with ground.desk() as w:
        first, second, later = (ground.case(w) for _ in range(3))
        bus = exposures.record(w, given(ground))
        link = Link(case=first.id, last_on=ground.today, setting="vehicle", exposure_place=bus.id)
        person = ground.people(w, 1)[0]
        who = GivenContact(person, ground.here.id, "close_contact", ground.today, (link,))
        (contact,) = determining.determine(w, [who], incident=ground.incident.id)
        exposures.visit(w, first, bus, ground.at(1, 8), ground.at(1, 9))
        mine = exposures.visit(w, second, bus, ground.at(1, 8, 30), ground.at(1, 10))
        exposures.visit(w, later, bus, ground.at(1, 10), ground.at(1, 11))
        there = shown.there(w, mine)
        assert [case.id for _, case in there.cases] == [first.id]
        assert [one.id for one in there.contacts] == [contact.id]
        for _ in range(2):
            exposures.link_proposed(w, mine, [contact.id, 999])
        links = w.session.scalars(select(ContactLink).where(ContactLink.contact_id == contact.id)).all()
        assert sorted(one.case_id or 0 for one in links) == [first.id, second.id]
        assert shown.there(w, mine).contacts == []


def flown(browser: Any, place: int, case: int) -> None:
    """The case was on an aircraft for an hour, as the forms of the pages take it; twice is once."""
    form = {"place": str(place), "kind": "aircraft", "name": "CZ1", "lon": "114.3", "lat": "30.6"}
    assert browser.post("/tracing/exposures", data=form).status_code == 303
    hours = {"started": "2022-08-01T08:30", "ended": "2022-08-01T09:30"}
    visit = {"case": str(case), "seat": "7C", **hours}
    assert browser.post("/tracing/exposures/1/visits", data=visit).status_code == 303


def test_the_pages_show_place_route_and_contacts_of_contacts(sqlite_world: World) -> None:
    ground = ground_of(sqlite_world)
    sqlite_world.wait(hours=5)
    with ground.desk() as w:
        case = ground.case(w)
        (contact,) = ground.contacts(w, 1, case=case)
        via = GivenContact(
            ground.people(w, 1)[0], ground.here.id, "secondary_contact", ground.today, (Link(via=contact.id),)
        )
        (second,) = determining.determine(w, [via], incident=ground.incident.id)
        assert [one.id for one, _ in listing.contacts_via(w, [contact.id])] == [second.id]
    for lang in ("en", "zh"):
        browser = ground.world.browser_as("epidemiologist", ground.district, lang=lang)
        flown(browser, ground.here.id, case.id)
        pages = ("exposures", "exposures/1", f"contacts/{contact.id}", f"contacts/{second.id}", "quality")
        lists = ("quality?list=contact_twice", "quality?list=case_without_onset")
        for page in (*pages, *lists, f"cases/{case.id}"):
            answer = browser.get(f"/tracing/{page}")
            assert answer.status_code == 200 and "trace-" not in answer.text, page
            assert "测试1" not in answer.text
        assert "CZ1" in browser.get(f"/tracing/cases/{case.id}").text
        assert browser.get("/tracing/exposures.geojson").json["features"][0]["properties"]["state"] == "watch"
        assert browser.get("/tracing/exposures/areas.geojson").status_code == 200
    stranger = ground.world.browser_as("community_officer", ground.there)
    for page in ("exposures/1", f"contacts/{contact.id}"):
        assert stranger.get(f"/tracing/{page}").status_code == 404
    assert stranger.get("/tracing/exposures.geojson").json["features"] == []
    with sqlite_world.as_("community_officer", ground.there) as w, pytest.raises(Missing):
        w.get(ExposurePlace, 1)
    with ground.desk() as w:
        assert w.get(Case, case.id).state == "found"
