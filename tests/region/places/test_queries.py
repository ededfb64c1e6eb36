"""What can be asked of places, by whom, on both databases."""

from __future__ import annotations

import pytest
from shapely.geometry import Polygon, box

from region.places import queries
from region.places.models import Alias
from region.places.queries.features import generalised
from region.spine.errors import Invalid, Missing
from tests.world import World


def test_a_place_is_found_by_code_alias_and_level(world: World) -> None:
    city = world.area(level="city", code="31")
    district = world.area(city, code="31")
    clinic = world.clinic(district, code="S1")
    with world.as_system() as w:
        w.add(Alias(place_id=clinic.id, system="his", code="A7"))
        with pytest.raises(Invalid, match="ambiguous-code"):
            queries.by_code(w, "31")
        assert queries.by_code(w, "31.0", level="city").id == city.id
        assert queries.by_code(w, " S1 ").id == queries.by_code(w, "A7", system="his").id == clinic.id
        with pytest.raises(Missing):
            queries.by_code(w, "S1", system="his")
    with world.as_("duty_officer", world.area()) as w, pytest.raises(Missing):
        queries.by_code(w, "S1")


def test_a_tree_begins_at_what_one_may_see_and_knows_the_names_above(world: World) -> None:
    city = world.area(level="city", name_en="Yunchuan")
    east = world.area(city, name_en="East")
    clinic = world.clinic(east, name_en="Clinic")
    world.area(city)
    with world.as_("duty_officer", east) as w:
        assert [one.id for one in queries.roots(w)] == [east.id]
        assert [one.id for one in queries.children(w, east.id)] == [clinic.id]
        assert queries.children(w, city.id) == [] or all(
            p.id == east.id for p in queries.children(w, city.id)
        )
        assert queries.name_path(w, clinic, "en") == ["Yunchuan", "East", "Clinic"]
        assert queries.place_name(w, city.id)[1] == "Yunchuan"
        assert [one.id for one in queries.search(w, "clin")] == [clinic.id]
        assert queries.search(w, "yunch") == []


def test_sites_within_a_polygon_are_found_in_scope_and_anew_after_a_change(world: World) -> None:
    east, west = world.area(), world.area()
    inside = world.clinic(east, lon=113.12, lat=29.05)
    world.clinic(west, lon=113.13, lat=29.05)
    world.clinic(east, lon=115.0, lat=29.05)
    shape = box(113.1, 29.0, 113.2, 29.1)
    with world.as_("duty_officer", east) as w:
        assert [one.id for one in queries.sites_within(w, shape)] == [inside.id]
    second = world.site(east, "hospital", lon=113.14, lat=29.05)
    with world.as_("duty_officer", east) as w:
        assert {one.id for one in queries.sites_within(w, shape)} == {inside.id, second.id}
        assert [one.id for one in queries.sites_within(w, shape, types=["hospital"])] == [second.id]
        assert [one.id for one in queries.sites_in(w, [east.id], types=["hospital"])] == [second.id]


def test_features_are_scoped_rounded_and_named_in_the_reader_s_language(world: World) -> None:
    city = world.area(level="city", geometry=None)
    square = Polygon([(113.1234567, 29), (113.3, 29), (113.3, 29.2), (113.1234567, 29.2)])
    east = world.area(city, name_zh="东区", name_en="East", geometry=square)
    world.area(city)
    world.clinic(east, name_en="Clinic", lon=113.2000049, lat=29.1)
    with world.as_("duty_officer", east) as w:
        found = queries.area_features(w, "district", "zh")["features"]
        assert [f["properties"]["name"] for f in found] == ["东区"]
        assert found[0]["properties"]["level"] == "district"
        assert found[0]["properties"]["at"] == pytest.approx([113.21173, 29.1])
        assert found[0]["geometry"]["coordinates"][0][0] == (113.12346, 29.0)
        [site] = queries.site_features(w, "en")["features"]
        assert site["geometry"]["coordinates"] == [113.2, 29.1]
        assert {"type", "name", "state"} <= site["properties"].keys()
    with world.as_system() as w:
        assert len(queries.area_features(w, None, "en")["features"]) == 2


def test_borders_stay_shared_when_outlines_are_generalised() -> None:
    wavy = [(1 + 0.00001 * (n % 2), n / 1000) for n in range(1001)]
    left = Polygon([(0, 1), (0, 0), *wavy])
    right = Polygon([(2, 0), (2, 1), *reversed(wavy)])
    simple = generalised([left, right])
    assert sum(len(one.exterior.coords) for one in simple) < 100  # type: ignore[attr-defined]
    assert simple[0].intersection(simple[1]).area == 0
    assert simple[0].union(simple[1]).area == pytest.approx(2, abs=1e-4)
    overlapping = [box(0, 0, 2, 1), box(1, 0, 3, 1)]
    assert generalised(overlapping) == overlapping


def test_the_word_of_a_page_changes_with_places_and_with_the_reader(world: World) -> None:
    east = world.area()
    with world.as_("duty_officer", east) as w:
        before = queries.etag(w, "areas")
        assert queries.etag(w, "areas") == before != queries.etag(w, "sites")
    world.clinic(east)
    with world.as_("duty_officer", east) as w:
        assert queries.etag(w, "areas") != before
