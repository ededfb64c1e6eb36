"""Boxes, the bench, a tube's life and the work-list by the web: what is done there stands, strangers see nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from region.sampling.actions.syncing import sync
from region.sampling.actions.worklist import raise_item
from region.sampling.models import Box, Tube
from region.sampling.models.field import RESULTS
from region.sampling.queries.boxes import STEPS, TURN
from region.sampling.queries.timeline import PURPOSES
from region.sampling.queries.worklist import KINDS
from region.sampling.states import BOX, TUBE
from region.spine.i18n import catalogue
from tests.region.sampling.carrying import items, packed, sent, states
from tests.region.sampling.ground import running_round
from tests.world import World


def pressed(browser: Any, path: str, **form: Any) -> Any:
    return browser.post(path, data=form, follow_redirects=True)


@pytest.mark.parametrize(
    ("lang", "sealed", "counted"),
    [
        ("zh", "已封箱，待取走", "已清点"),
        ("en", "sealed, waits for the courier", "counted"),
    ],
)
def test_a_box_goes_all_the_way_by_the_screens(
    sqlite_world: World, lang: str, sealed: str, counted: str
) -> None:
    world = sqlite_world
    ground = running_round(world)
    box = sent(ground, 3, people=2)
    site = world.browser_as("sampler", ground.clinic, lang=lang)
    driver = world.browser_as("courier", ground.district, lang=lang)
    lab = world.browser_as("laboratory", ground.lab, lang=lang)
    at = f"/sampling/boxes/{box.id}"
    assert sealed in site.get("/sampling/boxes").text and sealed in site.get(at).text
    assert site.post("/sampling/boxes", data={"code": box.code}).location == at
    pressed(site, f"{at}/give", step="collect", tubes="3")
    assert pressed(site, f"{at}/collect").status_code == 403
    page = pressed(driver, f"{at}/collect", tubes="3", celsius="9,5").text
    assert "9.5 °C" in page and "<svg" in page
    pressed(driver, f"{at}/give", step="receive")
    assert pressed(driver, f"{at}/give", step="home").status_code == 422
    assert pressed(lab, f"{at}/receive", celsius="warm").status_code == 422
    bench = f"/sampling/bench/{ground.lab.id}"
    came = lab.post(f"{bench}/scan", data={"code": box.code}, headers={"Accept": "application/json"}).json
    assert (came["kind"], came["new"], came["tubes"]) == ("box", True, 3)
    done = lab.post(came["unpack"], data={"whole": "1"}, headers={"Accept": "application/json"}).json
    assert (done["here"], done["said"]) == (3, 3)
    assert counted in lab.get(at).text and [one.kind for one in items(ground)] == ["temperature_wrong"]
    assert lab.get("/sampling/bench").location.endswith(f"lab={ground.lab.id}")
    assert lab.get(f"/sampling/bench?lab={ground.lab.id}").status_code == 200
    assert lab.get("/sampling/bench?lab=999999").status_code == 404
    assert pressed(lab, f"{bench}/scan", code=box.code).status_code == 200


def test_a_stranger_finds_neither_boxes_nor_tubes_nor_a_bench(sqlite_world: World) -> None:
    world = sqlite_world
    ground, foreign = running_round(world), running_round(world)
    box = sent(foreign, 1)
    lab, site = world.browser_as("laboratory", ground.lab), world.browser_as("sampler", ground.clinic)
    for browser in (lab, site):
        assert browser.get(f"/sampling/boxes/{box.id}").status_code == 404
        assert box.code not in browser.get("/sampling/boxes").text
        assert browser.get("/sampling/boxes/late").json["features"] == []
    assert lab.get(f"/sampling/bench/{foreign.lab.id}/now").status_code in (403, 404)
    there = f"/sampling/bench/{foreign.lab.id}/scan"
    assert lab.post(there, data={"code": box.code}).status_code in (403, 404)
    assert lab.post(f"/sampling/bench/boxes/{box.id}/unpack", data={"whole": "1"}).status_code == 404
    assert states(foreign, box.id)["closed"] == 1


def test_a_tube_s_life_is_read_by_its_code_and_its_people_open_for_a_purpose_alone(
    sqlite_world: World,
) -> None:
    world = sqlite_world
    ground = running_round(world)
    box = packed(ground, 1, people=2)
    box.send()
    tube, person = box.tubes[0], box.tubes[0].people[0]
    nurse = world.browser_as("epidemiologist", ground.district, lang="en")
    page = pressed(nurse, "/sampling/tubes", code=tube.code).text
    assert box.box.code in page and "the site sealed the box and signed" in page
    assert person.number not in page and "<b>2</b> / 10" in page
    assert f"{person.number[:6]}********{person.number[14:]}" in page
    with world.as_system() as w:
        id = w.session.scalars(select(Tube.id)).one()
    assert pressed(nurse, f"/sampling/tubes/{id}/people", purpose="curiosity").status_code == 422
    opened = pressed(nurse, f"/sampling/tubes/{id}/people", purpose="tell_result").text
    assert person.number in opened and person.name in opened
    assert [one.data["purpose"] for one in world.journal("people.PersonOpened")] == ["tell_result"]
    lab = world.browser_as("laboratory", ground.lab, lang="en")
    seen = pressed(lab, "/sampling/tubes", code=tube.code).text
    assert "********" not in seen and "<b>2</b> / 10" in seen
    assert pressed(lab, f"/sampling/tubes/{id}/people", purpose="tell_result").status_code == 403
    foreign = running_round(world)
    stranger = world.browser_as("clinic", foreign.clinic, lang="en")
    assert stranger.get(f"/sampling/tubes/{id}").status_code == 404
    assert pressed(stranger, f"/sampling/tubes/{id}/people", purpose="tell_result").status_code == 404


def test_a_code_that_is_looked_up_never_stands_in_an_address(sqlite_world: World) -> None:
    world = sqlite_world
    ground = running_round(world)
    box = packed(ground, 1, people=2)
    box.send()
    code, carton = box.tubes[0].code, box.box.code
    with world.as_system() as w:
        tube, row = w.session.scalars(select(Tube.id)).one(), w.session.scalars(select(Box.id)).one()
    site = world.browser_as("sampler", ground.clinic, lang="en")
    found = site.post("/sampling/tubes", data={"code": f" {code.lower()} "})
    assert (found.status_code, found.location) == (303, f"/sampling/tubes/{tube}")
    assert code in site.get(found.location).text
    found = site.post("/sampling/boxes", data={"code": carton})
    assert (found.status_code, found.location) == (303, f"/sampling/boxes/{row}")
    for page, sought in (("/sampling/tubes", code), ("/sampling/boxes", carton)):
        form = site.get(page).text.split('<form class="scan-line"')[1].split("</form>")[0]
        assert 'method="post"' in form and f'action="{page}"' in form and "csrf_token" in form
        assert "autofocus" in form
        ignored = site.get(page, query_string={"code": sought})
        assert ignored.status_code == 200 and f'value="{sought}"' not in ignored.text
    stranger = world.browser_as("clinic", running_round(world).clinic, lang="en")
    wrong = code[:-1] + ("1" if code[-1] != "1" else "2")
    tries = [
        (stranger, "/sampling/tubes", code, 404, "No tube with this code is known here"),
        (stranger, "/sampling/tubes", ground.code(), 404, "No tube with this code is known here"),
        (site, "/sampling/tubes", wrong, 422, "check character"),
        (stranger, "/sampling/boxes", carton, 404, f"No box with the code {carton} is known here"),
        (site, "/sampling/boxes", "BX-0000", 404, "No box with the code BX-0000 is known here"),
    ]
    for browser, page, sought, status, said in tries:
        answer = browser.post(page, data={"code": sought})
        assert (answer.status_code, answer.location) == (status, None) and said in answer.text, sought
        assert f'value="{sought}"' in answer.text and "autofocus" in answer.text
    assert stranger.get(f"/sampling/tubes/{tube}").status_code == 404


def test_the_work_list_has_alarms_first_and_an_item_is_settled_once(sqlite_world: World) -> None:
    world = sqlite_world
    ground = running_round(world)
    first, second = packed(ground, 1, people=2), packed(ground, 1)
    first.send()
    second.tubes[0] = second.tubes[0].model_copy(update={"code": first.tubes[0].code})
    with ground.sampler() as w:
        sync(w, ground.batch(second.tubes, [second.box]))
    with world.as_system() as w:
        raise_item(w, "unknown_tube", ground.lab.id, "T-9999", lab=ground.lab.id, alarm=True)
    duty = world.browser_as("duty_officer", ground.district, lang="en")
    page = duty.get("/sampling/work").text
    assert 0 < page.index("T-9999") < page.index('href="/sampling/work/1"')
    assert "T-9999" not in duty.get("/sampling/work?kind=tube_twice").text
    twice = next(one for one in items(ground) if one.kind == "tube_twice")
    shown = duty.get(f"/sampling/work/{twice.id}").text
    assert "Two versions, side by side" in shown and shown.count('class="card card-edge tube-card') == 2
    at = f"/sampling/work/{twice.id}"
    assert pressed(duty, at, verdict="both_real", code="x").status_code == 422
    assert "The first stays" in pressed(duty, at, verdict="first_stays").text
    alarm = next(one for one in items(ground) if one.alarm)
    at = f"/sampling/work/{alarm.id}"
    assert pressed(duty, at, verdict="nonsense").status_code == 422
    assert "found the label" in pressed(duty, at, verdict="matched", note="found the label").text
    assert pressed(duty, at, verdict="matched", note="again").status_code == 200
    assert len(world.journal("sampling.WorkSettled")) == 2
    assert pressed(duty, at, verdict="no_fault").status_code == 409
    assert (
        "found the label" in duty.get(at).text and "T-9999" in duty.get("/sampling/work?state=settled").text
    )
    stranger = world.browser_as("duty_officer", running_round(world).district)
    assert stranger.get(at).status_code == 404 and pressed(stranger, at, verdict="matched").status_code == 404


def test_late_boxes_are_points_for_a_map(sqlite_world: World) -> None:
    ground = running_round(sqlite_world)
    box = sent(ground, 1)
    sqlite_world.wait(hours=3)
    sqlite_world.run()
    duty = sqlite_world.browser_as("duty_officer", ground.district)
    feature = duty.get("/sampling/boxes/late").json["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [120.0, 30.0]}
    assert (feature["properties"]["box"], feature["properties"]["state"]) == (box.id, "sealed")
    assert box.code in duty.get("/sampling/boxes?late=1").text
    with sqlite_world.as_system() as w:
        assert w.get(Box, box.id).late_at is not None


def test_every_kind_state_and_step_has_words_in_both_languages() -> None:
    said = [f"sampling-work:{kind}" for kind in KINDS]
    said += [f"sampling-box:{state}" for state in BOX.states] + [
        f"sampling-turn:{one}" for one in TURN.values()
    ]
    said += [f"sampling-tube:{state}" for state in TUBE.states]
    said += [f"sampling-moved:{move.verb}" for move in BOX.moves]
    said += [f"sampling-step:{step}_{side}" for step, side in STEPS]
    said += [f"sampling-purpose:{one}" for one in PURPOSES] + [f"sampling-result:{one}" for one in RESULTS]
    for lang in ("zh", "en"):
        assert not [one for one in said if one not in catalogue(lang)]
