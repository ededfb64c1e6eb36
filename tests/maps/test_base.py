"""A map is drawn from constants alone: local files, no data in the page, columns checked at the door."""

import json
import re

import geopandas as gpd
import pytest
from folium.plugins import MousePosition
from shapely.geometry import LineString, Point, box

from maps import base, palette
from maps.features import MissingColumns
from maps.layers import LAYERS
from maps.layers.moves import UnknownMove
from maps.layers.sites import UnknownState
from maps.layers.zones import UnknownGrade

NASTY = "</script><script>alert(1)</script>${alert(2)}`"
URLS = {name: f"/maps/{name}.geojson" for name in LAYERS}


class Unknown(LookupError):
    pass


def assets(url: str) -> str:
    if not url.startswith(("leaflet", "map-", "live-map")):
        raise Unknown(url)
    return f"/static/{url}"


def areas():
    rows = {
        "id": [1, 2],
        "level": ["district", "community"],
        "name_zh": ["临江区", NASTY],
        "name_en": ["Linjiang", ""],
    }
    return gpd.GeoDataFrame(rows, geometry=[box(114, 30, 115, 31), box(114, 30, 114.5, 30.5)], crs=4326)


def sites(state="late"):
    rows = {"id": [7], "type": ["clinic"], "name": [NASTY], "state": [state]}
    return gpd.GeoDataFrame(rows, geometry=[Point(114.1, 30.2)], crs=4326)


def test_names_are_never_in_the_page():
    page = base.draw({"sites": sites(), "areas": areas()}, "zh", assets, urls=URLS)
    parts = base.parts(page, assets)
    text = parts.header_html + parts.body_html + parts.script_js
    assert "alert" not in text
    assert "临江" not in text
    assert "/maps/sites.geojson" in text


def test_only_local_files_and_only_those_that_are_used():
    page = base.draw({"areas": areas()}, "en", assets, urls=URLS)
    header = base.parts(page, assets).header_html
    assert re.findall(r'(?:src|href)="([^"]+)"', header) == [
        "/static/leaflet.js",
        "/static/leaflet.css",
        "/static/map-marks.js",
        "/static/live-map.js",
    ]
    assert "http" not in header


def test_drawing_brings_its_own_files():
    page = base.draw({"areas": areas(), "draw": None}, "en", assets, urls=URLS)
    parts = base.parts(page, assets)
    assert "/static/leaflet-draw.js" in parts.header_html
    assert "Draw an area" in parts.script_js
    assert '"kind": "drawing"' in parts.script_js


def test_an_unknown_file_is_an_error_and_so_is_a_foreign_one():
    page = base.draw({"areas": areas()}, "en", assets, urls=URLS)
    MousePosition().add_to(page)
    with pytest.raises(Unknown):
        base.parts(page, assets)
    with pytest.raises(base.ForeignPart, match="another host"):
        base.draw({"areas": areas()}, "en", lambda url: f"https://cdn.example/{url}", urls=URLS)


def test_an_address_cannot_end_the_script():
    page = base.draw({"areas": areas()}, "en", assets, urls={"areas": '/x"</script><b>`${1}'})
    script = base.parts(page, assets).script_js
    assert "</script>" not in script
    assert "<b>" not in script


def test_layers_are_drawn_from_the_ground_up():
    page = base.draw({"sites": sites(), "water": None, "areas": areas()}, "en", assets, urls=URLS)
    script = base.parts(page, assets).script_js
    assert re.findall(r'"layer": "(\w+)"', script) == ["areas", "water", "sites"]


def test_bounds_come_from_the_frames_or_from_the_caller():
    page = base.draw({"areas": areas(), "sites": None}, "en", assets, urls=URLS)
    assert '"bounds": [114.0, 30.0, 115.0, 31.0]' in base.parts(page, assets).script_js
    page = base.draw({"areas": None}, "en", assets, urls=URLS, bounds=(1.0, 2.0, 3.0, 4.0))
    assert '"bounds": [1.0, 2.0, 3.0, 4.0]' in base.parts(page, assets).script_js


def test_unknown_layers_and_layers_without_an_address_are_refused():
    with pytest.raises(base.UnknownLayer, match="weather"):
        base.draw({"weather": None}, "en", assets, urls=URLS)
    with pytest.raises(base.UnknownLayer, match="no address"):
        base.draw({"areas": None}, "en", assets, urls={})


@pytest.mark.parametrize("name", [name for name in LAYERS if name != "draw"])
def test_every_layer_names_the_columns_that_it_misses(name):
    with pytest.raises(MissingColumns) as caught:
        base.features(name, gpd.GeoDataFrame({"colour": [1]}, geometry=[Point(0, 0)], crs=4326), "en")
    assert "id" in caught.value.names
    assert caught.value.layer == name


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_takes_no_features(name, lang):
    assert base.features(name, None, lang).collection == {"type": "FeatureCollection", "features": []}


def test_areas_carry_name_label_point_and_class():
    frame = areas().assign(value=[99.5, float("nan")])
    frame["class"] = [4, 0]
    first, second = base.features("areas", frame, "en").collection["features"]
    assert first["properties"] == {
        "id": 1,
        "level": "district",
        "value": 99.5,
        "class": 4,
        "name": "Linjiang",
        "at": [114.5, 30.5],
        "size": 1.0,
    }
    assert second["properties"]["value"] is None
    assert second["properties"]["name"] == NASTY


def test_collections_are_plain_json():
    for name, frame in {"areas": areas(), "sites": sites()}.items():
        collection = base.features(name, frame, "zh").collection
        assert json.loads(json.dumps(collection, allow_nan=False))["features"]


def test_frames_in_metres_are_brought_to_degrees():
    layer = base.features("sites", sites().to_crs(32650), "en")
    assert layer.collection["features"][0]["geometry"]["coordinates"] == pytest.approx((114.1, 30.2))
    assert layer.bounds == pytest.approx((114.1, 30.2, 114.1, 30.2))


def test_states_and_grades_that_cannot_be_drawn_are_refused():
    with pytest.raises(UnknownState, match="puzzled"):
        base.features("sites", sites("puzzled"), "en")
    zone = gpd.GeoDataFrame({"id": [1], "grade": ["purple"]}, geometry=[box(0, 0, 1, 1)], crs=4326)
    with pytest.raises(UnknownGrade, match="purple"):
        base.features("zones", zone, "en")
    zone["grade"] = "high"
    assert base.features("zones", zone, "en").collection["features"][0]["properties"]["grade"] == "high"


def test_moves_are_lines_from_giver_to_taker_with_a_state_that_can_be_drawn():
    line = gpd.GeoDataFrame(
        {"id": [1], "state": ["under_way"], "breadth": [3]}, geometry=[LineString([(0, 0), (1, 1)])]
    )
    layer = base.features("moves", line, "zh")
    assert layer.kind == "arrows"
    assert layer.collection["features"][0]["geometry"]["coordinates"] == [[0.0, 0.0], [1.0, 1.0]]
    line["state"] = "teleported"
    with pytest.raises(UnknownMove, match="teleported"):
        base.features("moves", line, "zh")
    assert [entry.css for entry in palette.move_legend("en", "dark")] == [
        "move move-late",
        "move move-under_way",
        "move move-planned",
    ]


def test_rows_without_a_geometry_are_left_out():
    river = gpd.GeoDataFrame({"id": [1, 2]}, geometry=[LineString([(0, 0), (1, 1)]), None], crs=4326)
    assert [f["id"] for f in base.features("water", river, "en").collection["features"]] == [1]
