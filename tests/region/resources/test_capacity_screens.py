"""Capacity's screens and the programs' way in: told, confirmed by one tap, refused beside the field, read again."""

from __future__ import annotations

from typing import Any

import pytest

from region.places.models import Place
from tests.region.resources.test_capacity import ROOMS, known, tell, values
from tests.world import START, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def district(world: World) -> Place:
    return world.area(name_zh="临江区", name_en="Linjiang")


def test_a_site_tells_on_its_own_page_and_confirms_with_one_tap(world: World, district: Place) -> None:
    hotel = world.site(district, "quarantine_site")
    browser = world.browser_as("clinic", hotel, lang="en")
    assert browser.get("/capacity").headers["Location"].endswith(f"/capacity/{hotel.id}")
    page = f"/capacity/{hotel.id}"
    empty = browser.get(page).get_data(as_text=True)
    assert "Quarantine rooms" in empty and "Nothing changed" not in empty
    form = {"kind": ROOMS, f"{ROOMS}.total": "160", f"{ROOMS}.ready": "150", f"{ROOMS}.in_use": "41"}
    assert browser.post(f"{page}/report", data=form).status_code == 303
    assert values(world, hotel) == (160, 150, 41, None)
    world.wait(hours=30)
    shown = browser.get(page).get_data(as_text=True)
    assert 'value="150"' in shown and "1 d 6 h ago" in shown and "stale" in shown
    seen = {"kind": ROOMS, f"{ROOMS}.version": str(known(world, hotel).version)}
    assert browser.post(f"{page}/confirm", data=seen).status_code == 303
    assert "stale" not in browser.get(page).get_data(as_text=True)
    late = browser.post(f"{page}/confirm", data=seen)
    assert late.status_code == 409 and 'value="150"' in late.get_data(as_text=True)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "Quarantine rooms: in use 200 and out of use 0 are more than the total 160"),
        ("zh", "隔离房间：在用 200 加停用 0 超过总数 160"),
    ],
)
def test_what_cannot_be_true_is_said_beside_its_field(
    world: World, district: Place, lang: str, words: str
) -> None:
    hotel = world.site(district, "quarantine_site")
    browser = world.browser_as("clinic", hotel, lang=lang)
    form = {"kind": ROOMS, f"{ROOMS}.total": "160", f"{ROOMS}.in_use": "200"}
    answer = browser.post(f"/capacity/{hotel.id}/report", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and words in page
    assert 'value="200" aria-invalid="true"' in page and 'value="160"' in page
    nonsense = browser.post(f"/capacity/{hotel.id}/report", data={"kind": ROOMS, f"{ROOMS}.ready": "many"})
    assert nonsense.status_code == 422 and 'value="many"' in nonsense.get_data(as_text=True)
    assert browser.post(f"/capacity/{hotel.id}/report", data={}).status_code == 422


def test_the_desk_sees_an_area_by_kind_and_a_kind_by_place(world: World, district: Place) -> None:
    silent, awake = (world.site(district, "quarantine_site", name_en=name) for name in ("Old", "Young"))
    tell(world, silent, total=100, ready=100, in_use=10)
    world.wait(hours=30)
    tell(world, awake, total=100, ready=100, in_use=95)
    browser = world.browser_as("duty_officer", district, lang="en")
    page = browser.get("/capacity").get_data(as_text=True)
    assert "95.0%" in page and "nearly full" in page and "100 stale" in page and "1 d 6 h ago" in page
    rows = browser.get(f"/capacity?area={district.id}&kind={ROOMS}").get_data(as_text=True)
    assert rows.index(">Young<") < rows.index(">Old<"), "90 stale rooms come after 5 fresh ones"
    assert "not known" in rows
    stale = browser.get(f"/capacity?area={district.id}&kind={ROOMS}&stale=1").get_data(as_text=True)
    assert "Old" in stale and "Young" not in stale
    assert browser.get(f"/capacity?area={district.id}&kind=beds.sofa").status_code == 422
    assert "data-step" not in browser.get(f"/capacity/{awake.id}").get_data(as_text=True)


def sent(browser: Any, lines: Any, where: str = "") -> Any:
    """A program's list, and the answer."""
    return browser.post(f"/api/v1/capacity{where}", json=lines)


def test_a_program_tells_and_reads(world: World, district: Place) -> None:
    hospital = world.site(district, "hospital", code="990106-HO-009")
    browser = world.browser_as("clinic", hospital)
    lines: list[dict[str, Any]] = [
        {"kind": "beds.icu", "total": 12, "ready": 10, "in_use": 7, "at": START.isoformat()},
        {"kind": "beds.icu", "in_use": -1},
        {"kind": "beds.ward", "total": 5, "ready": 6},
    ]
    answer = sent(browser, lines).json
    assert (answer["ok"], answer["changed"], answer["known"]) == (False, ["beds.icu"], 0)
    assert [(one["line"], one["error"], one["facts"]["field"]) for one in answer["refused"]] == [
        (1, "fields-wrong", "in_use"),
        (2, "capacity-ready-over-total", "ready"),
    ]
    again = sent(browser, lines[:1]).json
    assert (again["ok"], again["changed"], again["known"]) == (True, [], 1)
    own = browser.get("/api/v1/capacity?place=990106-HO-009").json
    icu = next(one for one in own["kinds"] if one["kind"] == "beds.icu")
    assert icu["in_use"] == {"value": 7, "at": START.isoformat(), "stale": False} and icu["free"] == 3
    desk = world.browser_as("duty_officer", district)
    found = desk.get("/api/v1/capacity").json
    icu = next(one for one in found["kinds"] if one["kind"] == "beds.icu")
    assert (icu["use"], icu["share"]) == ({"part": 7, "whole": 10, "left_out": 0}, 0.7)


def test_a_program_says_whose_numbers_they_are(world: World, district: Place) -> None:
    hospital = world.site(district, "hospital", code="990106-HO-009")
    office = world.browser_as("planner", district)
    lines = [{"kind": "beds.icu", "total": 12}]
    assert sent(office, lines).status_code == 422
    assert sent(office, lines, "?place=990106-HO-009").json["changed"] == ["beds.icu"]
    assert sent(office, lines, "?place=990106-HO-999").status_code == 404
    assert sent(world.browser_as("clinic", hospital), {"kind": "beds.icu"}).status_code == 422
