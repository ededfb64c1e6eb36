"""The pages of rounds: planned, blocked with a sentence, sited, ordered; the clinic's page; who is not sampled."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from sqlalchemy import select

from region.sampling.events.rounds import RoundSitesSet
from region.sampling.models import Round, RoundSite
from tests.region.sampling.ground import resident, running_round
from tests.region.sampling.planning_ground import Plan, drafted, planned_ground, sited
from tests.world import World


@pytest.fixture
def world(sqlite_world: World) -> World:
    """Screens have no SQL of their own: one database is enough."""
    return sqlite_world


def form(plan: Plan, **facts: Any) -> dict[str, Any]:
    """What the form of a new round sends."""
    said = {
        "area": plan.district.id,
        "code": "R1",
        "starts_at": "2022-08-02T06:00",
        "due_at": "2022-08-03T06:00",
        "method": "pool_10",
        "incident": plan.incident.id,
    }
    return {**said, **facts}


def test_a_round_from_the_form_to_the_order(world: World) -> None:
    plan = planned_ground(world, lab=1700)
    officer = world.browser_as("duty_officer", plan.district, lang="en")
    assert "No round yet" in officer.get("/sampling/rounds").text
    answer = officer.post("/sampling/rounds", data=form(plan))
    assert answer.status_code == 303
    assert officer.post("/sampling/rounds", data=form(plan)).location == answer.location  # a double click
    shown = officer.get(answer.location).text
    assert "18,000 people in 12 areas need 8 sites, 50 samplers and 1,810 tubes." in shown
    assert "missing 110 tubes a day" in shown and "106.5%" in shown
    assert "unverified" in shown and "Guide to regional testing" in shown
    assert "Approve the plan" not in shown  # that is somebody else's
    commander = world.browser_as("commander", plan.district, lang="en")
    blocked = commander.post(f"{answer.location}/approve", data={})
    assert blocked.status_code == 409 and "missing 110 tubes a day: the plan makes 1810" in blocked.text
    wrong = officer.post(f"{answer.location}/labs", data={"lab": plan.lab.id, "tubes_a_day": "x"})
    assert wrong.status_code == 422
    other = world.site(world.area(level="district"), "laboratory")
    aid = {"lab": other.id, "tubes_a_day": "400", "aid": "yes", "note_code": "YC-18"}
    assert officer.post(f"{answer.location}/labs", data=aid).status_code == 303
    assert commander.post(f"{answer.location}/approve", data={}).status_code == 303
    assert officer.post(f"{answer.location}/step", data={"verb": "order"}).status_code == 409
    assert officer.post(f"{answer.location}/propose", data={"everybody": "yes"}).status_code == 303
    assert "Sites are being placed" in officer.get(answer.location).text
    world.run()
    shown = officer.get(answer.location).text
    assert "Site by site" in shown and "Order it to" in shown and "YC-18" in shown
    points = json.loads(officer.get(f"{answer.location}/sites.geojson").text)["features"]
    areas = json.loads(officer.get(f"{answer.location}/areas.geojson").text)["features"]
    assert len(points) >= 6 and len(areas) == 12
    assert officer.post(f"{answer.location}/step", data={"verb": "order"}).status_code == 303
    world.run()
    assert "Its sites were told by order" in officer.get(answer.location).text
    for lang in ("zh", "en"):
        for path in ("/sampling/rounds", answer.location, f"{answer.location}/missing"):
            assert officer.get(path, headers={"Accept-Language": lang}).status_code == 200


def test_a_site_is_moved_added_and_taken_away(world: World) -> None:
    plan = sited(drafted(planned_ground(world)))
    officer = world.browser_as("duty_officer", plan.district, lang="en")
    with world.as_system() as w:
        site = w.session.scalars(select(RoundSite).order_by(RoundSite.number)).first()
        count = len(list(w.session.scalars(select(RoundSite.id))))
    assert site is not None
    base = f"/sampling/rounds/{plan.round_id}"
    wanted = {"name_zh": "新点", "lon": "113.002", "lat": "29.002", "benches": "3", "samplers": "5"}
    wanted |= {"runner": str(plan.clinics[0].id)}
    assert officer.post(f"{base}/sites/{site.id}", data={**wanted, "version": "99"}).status_code == 409
    assert officer.post(f"{base}/sites/{site.id}", data=wanted).status_code == 303
    assert "新点" in officer.get(f"{base}/sites/{site.id}").text
    assert officer.post(f"{base}/sites", data={**wanted, "lat": "x"}).status_code == 422
    assert officer.post(f"{base}/sites", data=wanted).status_code == 303
    assert officer.post(f"{base}/sites/{site.id}/remove", data={}).status_code == 303
    with world.as_system() as w:
        rows = list(w.session.scalars(select(RoundSite).where(RoundSite.state != "stopped")))
        assert len(rows) == count and sum(row.expected for row in rows) == 18_000
        assert {home for row in rows for home in row.areas} == {grid.id for grid in plan.grids}


def test_the_clinic_opens_its_site_and_a_stranger_finds_none(world: World) -> None:
    ground = running_round(world)
    where = f"/sampling/rounds/{ground.round_id}/sites/{ground.site_id}"
    clinic = world.browser_as("clinic", ground.clinic, lang="en")
    shown = clinic.get(where).text
    assert "Close the site" in shown and "400" in shown
    assert clinic.post(f"{where}/step", data={"verb": "close"}).status_code == 303
    assert clinic.post(f"{where}/step", data={"verb": "dance"}).status_code == 422
    assert clinic.get(f"/sampling/rounds/{ground.round_id}").status_code == 200
    stranger = world.browser_as("duty_officer", world.area(level="district"), lang="en")
    base = f"/sampling/rounds/{ground.round_id}"
    for path in (
        "",
        f"/sites/{ground.site_id}",
        "/missing",
        "/missing.csv",
        "/areas.geojson",
        "/sites.geojson",
    ):
        assert stranger.get(base + path).status_code == 404, path


def test_who_runs_a_site_finds_its_rounds_and_nobody_else_does(world: World) -> None:
    ground = running_round(world)
    district = world.area(level="district")
    far, beside = world.clinic(district), world.clinic(ground.district)
    with world.as_system() as w:
        w.get(RoundSite, ground.site_id).place_id = far.id
        w.tell(RoundSitesSet(round=ground.round_id, sites=1, covered=1.0, place=ground.district.id))
    code = f">R{ground.district.id}<"
    for role in ("clinic", "clinic_lead", "sampler"):
        runs = world.browser_as(role, far, lang="en")
        assert code in runs.get("/sampling/rounds").text, role
        assert runs.get(f"/sampling/rounds/{ground.round_id}").status_code == 200
        assert code not in runs.get(f"/sampling/rounds?before={ground.round_id}").text
    for place in (ground.clinic, beside, world.clinic(district)):
        stranger = world.browser_as("clinic", place, lang="en")
        shown = stranger.get("/sampling/rounds").text
        assert "No round yet" in shown and code not in shown
        assert stranger.get(f"/sampling/rounds/{ground.round_id}").status_code == 404


def test_a_list_is_sent_shown_taken_in_and_people_are_explained(world: World) -> None:
    plan = drafted(planned_ground(world))
    officer = world.browser_as("community_officer", plan.communities[0], lang="en")
    where = f"/sampling/rounds/{plan.round_id}"
    assert officer.post(f"{where}/lists", data={}).status_code == 422
    lines = [f"测试{n},{resident(n)},{plan.grids[0].code}" for n in range(1, 61)]
    text = "姓名,证件号码,网格代码\n" + "\n".join(lines) + f"\n坏人,123,{plan.grids[0].code}"
    answer = officer.post(f"{where}/lists", data={"file": (io.BytesIO(text.encode()), "list.csv")})
    assert answer.status_code == 303
    shown = officer.get(answer.location).text
    assert "Take in 60 people" in shown and "An identity number has 18 characters" in shown
    assert resident(1) not in shown
    assert officer.post(answer.location, data={"verb": "apply"}).status_code == 303
    first = officer.get(f"{where}/missing").text
    assert "Next page" in first and resident(1) not in first and "no reason yet" in first
    explained = officer.post(f"{where}/missing", data={"all": "yes", "why": "away"})
    assert explained.status_code == 303
    assert officer.post(f"{where}/missing", data={"why": "away"}).status_code == 422
    assert "no reason yet" not in officer.get(f"{where}/missing?reason=away").text
    csv = officer.get(f"{where}/missing.csv?reason=away").text
    assert csv.count("\n") == 61 and resident(1) not in csv and "Away" in csv
    with world.as_system() as w:
        assert w.get(Round, plan.round_id).state == "planned"
