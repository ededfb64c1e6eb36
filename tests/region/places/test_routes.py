"""The screens of places: seen, loaded and refused through the web."""

from __future__ import annotations

import io
import re
from typing import Any

from region.formats.tables import write_csv
from region.places import queries
from region.places.models import Place
from tests.world import World

COLUMNS = ["code", "name_zh", "type", "area", "lon", "lat"]


def token(browser: Any, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).get_data(as_text=True))
    assert found is not None
    return found.group(1)


def region(world: World) -> tuple[Place, Place, Place]:
    city = world.area(level="city", code="9901", name_en="Yunchuan")
    east = world.area(city, code="990106", name_zh="东区<b>", name_en="East")
    return city, east, world.clinic(east, code="S1", name_en="Clinic")


def test_the_tree_the_search_and_a_place_are_shown(sqlite_world: World) -> None:
    city, east, clinic = region(sqlite_world)
    browser = sqlite_world.browser_as("administrator", city, lang="en")
    assert "Yunchuan" in browser.get("/places").get_data(as_text=True)
    assert f"/places/{clinic.id}" in browser.get("/places?q=clin").get_data(as_text=True)
    page = browser.get(f"/places/{east.id}?lang=zh").get_data(as_text=True)
    assert "东区&lt;b&gt;" in page and f"/places/{clinic.id}" in page


def test_a_stranger_s_place_is_not_there(sqlite_world: World) -> None:
    city, east, clinic = region(sqlite_world)
    west = sqlite_world.area(city)
    browser = sqlite_world.browser_as("duty_officer", west, lang="en")
    for path in (f"/places/{east.id}", f"/places/{clinic.id}"):
        assert browser.get(path).status_code == 404
    assert browser.get("/places/load").status_code == 403
    features = browser.get("/places/areas.geojson").get_json()["features"]
    assert [f["id"] for f in features] == [west.id]


def test_features_are_sent_once_until_places_change(sqlite_world: World) -> None:
    city, east, _ = region(sqlite_world)
    browser = sqlite_world.browser_as("duty_officer", city, lang="en")
    for path in ("/places/areas.geojson?level=city,district", "/places/sites.geojson"):
        first = browser.get(path)
        assert first.mimetype == "application/geo+json" and "private" in first.headers["Cache-Control"]
        again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        sqlite_world.clinic(east)
        assert browser.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def send(browser: Any, data: bytes, **fields: str) -> Any:
    form = {"kind": "sites", "type_column": "type", "area": "area", "name_zh": "name_zh", "crs": "WGS84"}
    file = {"file": (io.BytesIO(data), "sites.csv"), "csrf_token": token(browser, "/places/load?kind=sites")}
    return browser.post("/places/load", data={**form, **fields, **file}, content_type="multipart/form-data")


def test_a_file_is_sent_seen_and_applied(sqlite_world: World) -> None:
    city, _, _ = region(sqlite_world)
    browser = sqlite_world.browser_as("administrator", city, lang="en")
    rows = [["S2", "新诊所", "医院", "990106", "113.25", "29.05"], ["S2", "重复", "医院", "990106", "", ""]]
    answer = send(browser, write_csv(COLUMNS, rows))
    assert answer.status_code == 302
    page = browser.get(answer.location).get_data(as_text=True)
    assert "新诊所" in page and "was used before, in row 2" in page
    with sqlite_world.as_system() as w:
        assert queries.find_code(w, "S2") is None
    data = {"csrf_token": token(browser, answer.location)}
    assert browser.post(f"{answer.location}/apply", data=data).status_code == 302
    with sqlite_world.as_system() as w:
        assert queries.by_code(w, "S2").name_zh == "新诊所"
    assert "Applied" in browser.get(answer.location).get_data(as_text=True)


def test_what_is_wrong_is_said_beside_the_form_and_nothing_typed_is_lost(sqlite_world: World) -> None:
    city, _, _ = region(sqlite_world)
    browser = sqlite_world.browser_as("administrator", city, lang="en")
    data = write_csv(COLUMNS, [["S2", "x", "hospital", "990106", "113.25", "29.05"]])
    for fields, sentence in (
        ({"crs": ""}, "State the coordinate system"),
        ({"crs": "EPSG", "epsg": "99999999"}, "There is no coordinate system"),
        ({"code": "kode"}, "The file has no column kode"),
    ):
        answer = send(browser, data, **fields)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422 and sentence in page and 'value="name_zh"' in page


def test_a_plan_is_dropped(sqlite_world: World) -> None:
    city, _, _ = region(sqlite_world)
    browser = sqlite_world.browser_as("administrator", city, lang="en")
    answer = send(browser, write_csv(COLUMNS, [["S2", "x", "hospital", "990106", "113.25", "29.05"]]))
    data = {"csrf_token": token(browser, answer.location)}
    assert browser.post(f"{answer.location}/drop", data=data).status_code == 302
    assert browser.post(f"{answer.location}/apply", data=data).status_code == 409


def test_a_site_is_silenced_reached_moved_and_retired_from_its_page(sqlite_world: World) -> None:
    city, _, clinic = region(sqlite_world)
    west = sqlite_world.area(city, code="990107")
    path = f"/places/{clinic.id}"
    browser = sqlite_world.browser_as("duty_officer", city, lang="en")
    data = {"csrf_token": token(browser, path)}
    assert browser.post(f"{path}/dark", data={**data, "reason": "power_cut"}).status_code == 302
    assert "Silent since" in browser.get(path).get_data(as_text=True)
    assert browser.post(f"{path}/back", data=data).status_code == 302
    browser = sqlite_world.browser_as("administrator", city, login="admin", lang="en")
    data = {"csrf_token": token(browser, path)}
    answer = browser.post(f"{path}/channel", data={**data, "webhook_url": "https://his.example.org/in"})
    assert "shown this once" in answer.get_data(as_text=True)
    assert "shown this once" not in browser.get(path).get_data(as_text=True)
    assert browser.post(f"{path}/parent", data={**data, "parent": "990107"}).status_code == 302
    assert browser.post(f"{path}/retire", data=data).status_code == 302
    with sqlite_world.as_system() as w:
        place = w.get(Place, clinic.id)
        assert (place.parent_id, str(place.valid_to)) == (west.id, "2022-08-01")


def test_what_is_wrong_with_a_place_is_said_beside_its_field_with_what_was_typed(sqlite_world: World) -> None:
    city, east, clinic = region(sqlite_world)
    browser = sqlite_world.browser_as("administrator", city, lang="en")
    data = {"csrf_token": token(browser, f"/places/{clinic.id}")}
    for place, verb, field, typed in (
        (clinic, "channel", "webhook_url", "ftp://his"),
        (clinic, "parent", "parent", "NOWHERE"),
        (east, "letters", "letters", "4711"),
    ):
        answer = browser.post(f"/places/{place.id}/{verb}", data={**data, field: typed})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert 'role="alert"' in page and f'value="{typed}"' in page
    answer = browser.post(f"/places/{east.id}/retire", data=data)
    assert (answer.status_code, "still in use" in answer.get_data(as_text=True)) == (409, True)
    assert browser.post(f"/places/{east.id}/letters", data={**data, "letters": "lj"}).status_code == 302
    assert 'value="LJ"' in browser.get(f"/places/{east.id}").get_data(as_text=True)
    assert browser.post("/places/4711/letters", data={**data, "letters": "LJ"}).status_code == 404
