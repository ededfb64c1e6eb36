"""Zones are drawn in a stated system or made from places, checked, and know what lies inside them."""

from __future__ import annotations

from typing import Any

import pytest
from shapely.geometry import Point, mapping
from sqlalchemy import select

from region.formats.areas.shapes import area_km2
from region.formats.coordinates import wgs84_to_gcj02
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from region.zones.actions import drawing
from region.zones.actions.drawing import Outline
from region.zones.models import Zone, ZonePlace
from tests.region.zones.ground import GROUND, SOUTH, WEST, Ground, square
from tests.world import World


def test_a_drawn_zone_counts_the_ground_the_people_and_the_sites_inside(world: World) -> None:
    ground = Ground.of(world)
    zone = ground.zone(ground.drawn())
    assert (zone.state, zone.grade, zone.made_from, zone.pack) == ("drawn", "high", "drawn", "CN-COVID-9ED")
    assert zone.place_id == ground.community.id and zone.code == f"{ground.incident.code}-Z01"
    with world.as_system() as w:
        found = {row.place_id: row for row in w.session.scalars(select(ZonePlace))}
    whole, half = ground.grids
    assert set(found) == {whole.id, half.id, ground.clinic.id}, (
        "neither the office beyond nor the community above"
    )
    assert (found[whole.id].share, found[whole.id].people) == (1.0, 1000)
    assert (found[half.id].share, found[half.id].people) == (0.5, 500)
    assert (zone.people, zone.sites) == (1500, 1)
    assert [entry.data["verb"] for entry in world.journal("zones.ZoneMoved")] == ["draw"]


def test_what_is_given_in_gcj02_lies_where_it_is_and_says_where_it_came_from(world: World) -> None:
    ground = Ground.of(world)
    shifted = [tuple(map(float, wgs84_to_gcj02(lon, lat))) for lon, lat in GROUND.exterior.coords]
    polygon = {"type": "Polygon", "coordinates": [shifted]}
    zone = ground.zone(ground.drawn(outline=Outline(polygon, "GCJ-02")))
    assert zone.crs_source == "GCJ02"
    assert zone.geometry.symmetric_difference(GROUND).area < 1e-9
    wrong = ground.zone(ground.drawn(outline=Outline(polygon)))
    assert wrong.geometry.symmetric_difference(GROUND).area > 1e-5, "unsaid, it lies some hundred metres off"


def test_zones_are_made_from_a_building_a_grid_and_a_community(world: World) -> None:
    ground = Ground.of(world)
    building = ground.zone(
        ground.drawn(outline=Outline(place=ground.clinic.id), name_zh="", name_en="One house")
    )
    assert (building.made_from, building.name_zh) == ("building", "One house")
    assert area_km2(building.geometry) == pytest.approx(3.1416 * 0.05**2, rel=0.02)
    assert building.geometry.contains(Point(ground.clinic.lon, ground.clinic.lat)) and building.sites == 1
    grid = ground.zone(ground.drawn(outline=Outline(place=ground.grids[0].id)))
    community = ground.zone(ground.drawn(outline=Outline(place=ground.community.id)))
    assert (grid.made_from, grid.people, grid.place_id) == ("grid", 1000, ground.grids[0].id)
    assert (community.made_from, community.people, community.sites) == ("community", 2000, 2)
    with pytest.raises(Invalid, match="zone-no-outline"):
        ground.drawn(outline=Outline(place=ground.district.id))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"outline": Outline(square(WEST, SOUTH), "MARS")}, "crs-not-stated"),
        ({"outline": Outline({"type": "Point", "coordinates": [WEST, SOUTH]})}, "zone-not-readable"),
        ({"outline": Outline({"type": "Polygon"})}, "zone-not-readable"),
        ({"outline": Outline({"type": "Polygon", "coordinates": "x"})}, "zone-not-readable"),
        (
            {"outline": Outline({"type": "Polygon", "coordinates": [[[30, 114], [31, 200], [2, 4]]]})},
            "zone-off-earth",
        ),
        ({"outline": Outline(square(-70.0, 40.0), "GCJ02")}, "zone-off-earth"),
        (
            {
                "outline": Outline(
                    {"type": "Polygon", "coordinates": [[[114, 30], [115, 31], [115, 30], [114, 31]]]}
                )
            },
            "zone-crosses-itself",
        ),
        ({"outline": Outline(square(WEST, SOUTH, 0.4))}, "zone-too-large"),
        ({"outline": Outline(square(116.0, 30.0))}, "zone-outside"),
        ({"outline": Outline()}, "zone-not-readable"),
        ({"grade": "low"}, "zone-grade-unknown"),
        ({"name_zh": " ", "name_en": ""}, "zone-unnamed"),
    ],
)
def test_what_cannot_be_a_zone_is_refused_with_the_reason(
    sqlite_world: World, facts: dict[str, Any], code: str
) -> None:
    ground = Ground.of(sqlite_world)
    with pytest.raises(Invalid, match=code):
        ground.drawn(**facts)


def test_a_pack_without_zones_says_so(sqlite_world: World) -> None:
    with pytest.raises(Refused, match="no-zones-in-pack"):
        Ground.of(sqlite_world, pack="CN-COVID-BB").drawn()


def test_only_who_may_draws_and_only_in_his_own_area(world: World) -> None:
    ground = Ground.of(world)
    stranger = world.area(level="district")
    with pytest.raises(Missing), world.as_("epidemiologist", stranger) as w:
        drawing.draw(w, ground.given())
    with pytest.raises(Forbidden), world.as_("community_officer", ground.district) as w:
        drawing.draw(w, ground.given())
    assert mapping(GROUND) and not world.journal("zones.ZoneMoved")


def test_a_draft_that_is_not_wanted_is_dropped_once_and_binds_nobody(world: World) -> None:
    ground = Ground.of(world)
    draft, standing = ground.drawn(), ground.declared()
    with pytest.raises(Forbidden), world.as_("community_officer", ground.community) as w:
        drawing.drop(w, w.get(Zone, draft))
    with world.as_("epidemiologist", ground.district) as w:
        drawing.drop(w, w.get(Zone, draft))
        with pytest.raises(Refused, match="not-from-here"):
            drawing.drop(w, w.get(Zone, draft))
        with pytest.raises(Refused, match="not-from-here"):
            drawing.drop(w, w.get(Zone, standing))
    assert (ground.zone(draft).state, ground.zone(draft).late_at) == ("dropped", None)
    assert [entry.data["verb"] for entry in world.journal("zones.ZoneMoved")][-1] == "drop"
    world.wait(hours=13)
    world.run()
    assert ground.zone(draft).late_at is None, "nobody is waited for any more"
