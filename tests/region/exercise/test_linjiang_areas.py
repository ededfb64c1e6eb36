"""Linjiang's areas: the right number of each, sums that hold, and borders that tile exactly."""

import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from region.exercise.linjiang.names import TOWNSHIPS
from region.exercise.linjiang.partition import shares
from region.exercise.linjiang.region import Region, build
from region.exercise.linjiang.terrain import Terrain

LENGTHS = {"city": 4, "district": 6, "subdistrict": 9, "community": 12, "grid": 15}


@pytest.fixture(scope="module")
def linjiang() -> Region:
    return build()


def test_there_are_as_many_areas_of_each_level_as_the_script_of_the_drill_says(linjiang):
    counts = linjiang.areas["level"].value_counts().to_dict()
    assert counts == {"city": 1, "district": 1, "subdistrict": 8, "community": 96, "grid": 1080}


def test_codes_are_unique_and_nest_in_their_parents(linjiang):
    areas = linjiang.areas
    assert areas["code"].is_unique
    known = set(areas["code"])
    for code, parent, level in zip(areas["code"], areas["parent_code"], areas["level"], strict=True):
        assert code.isdigit() and len(code) == LENGTHS[level]
        assert parent == "" if level == "city" else (parent in known and code.startswith(parent))


def test_townships_and_villages_carry_the_numbers_of_their_kind(linjiang):
    areas = linjiang.areas
    townships = areas.loc[areas["level"] == "subdistrict", ["code", "name_zh"]]
    assert list(townships["code"]) == [t.code for t in TOWNSHIPS]
    for code, name in townships.itertuples(index=False):
        assert (100 <= int(code[-3:]) <= 199) == name.endswith("镇")
    for code, name in areas.loc[areas["level"] == "community", ["code", "name_zh"]].itertuples(index=False):
        in_town = 100 <= int(code[6:9]) <= 199
        assert name.endswith("村") == (200 <= int(code[-3:]) <= 399)
        assert in_town or 1 <= int(code[-3:]) <= 199


def test_names_differ_and_are_given_in_both_languages(linjiang):
    below = linjiang.areas[linjiang.areas["level"].isin(["subdistrict", "community", "grid"])]
    assert below["name_zh"].is_unique
    assert below["name_en"].is_unique
    assert below["name_en"].str.isascii().all()


@pytest.mark.parametrize("figure", ["population", "households"])
def test_each_level_is_the_sum_of_the_next(linjiang, figure):
    areas = linjiang.areas
    held = areas.set_index("code")[figure]
    summed = areas[areas["parent_code"] != ""].groupby("parent_code")[figure].sum()
    assert len(summed) == 1 + 1 + 8 + 96
    assert (held.loc[summed.index] == summed).all()


def test_360_000_people_live_here_and_the_old_town_is_the_densest(linjiang):
    areas = linjiang.areas.set_index("code")
    assert areas.loc["990106", "population"] == 360_000
    grids = areas[areas["level"] == "grid"]
    assert grids["population"].between(100, 800).all()
    assert (grids["households"] > 0).all()
    townships = areas[areas["level"] == "subdistrict"]
    density = townships["population"] / shapely.area(townships.geometry.to_numpy())
    assert density.idxmax() in {"990106002", "990106003"}
    assert density[density.index.str.contains("^9901061")].max() < density[["990106002", "990106003"]].min()


@pytest.mark.parametrize("level", ["subdistrict", "community", "grid"])
def test_a_level_tiles_without_gap_or_overlap(linjiang, level):
    shapes = linjiang.areas.loc[linjiang.areas["level"] == level, "geometry"].to_numpy()
    district = linjiang.areas.loc[linjiang.areas["level"] == "district", "geometry"].iloc[0]
    assert shapely.is_valid(shapes).all()
    assert (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON).all()
    assert (shapely.get_num_interior_rings(shapes) == 0).all()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(district.area, rel=1e-9)


def test_children_united_are_their_parent(linjiang):
    areas = linjiang.areas.set_index("code")
    for parent, children in areas[areas["parent_code"] != ""].groupby("parent_code"):
        whole = shapely.union_all(children.geometry.to_numpy())
        assert whole.symmetric_difference(areas.loc[parent, "geometry"]).area < 1e-12, parent


def test_corners_are_rounded_and_shared_by_neighbours(linjiang):
    grids = linjiang.areas.loc[linjiang.areas["level"] == "grid", "geometry"].to_numpy()
    corners = shapely.get_coordinates(grids)
    assert (np.round(corners, 6) == corners).all()
    coarser = shapely.get_coordinates(
        linjiang.areas.loc[linjiang.areas["level"] != "grid", "geometry"].to_numpy()
    )
    assert set(map(tuple, coarser)) <= set(map(tuple, corners))


def test_no_grid_is_a_sliver(linjiang):
    grids = linjiang.areas.loc[linjiang.areas["level"] == "grid", "geometry"].to_numpy()
    roundness = 4 * np.pi * shapely.area(grids) / shapely.length(grids) ** 2
    assert roundness.min() > 0.25
    assert shapely.area(grids).min() * 96.7 * 110.85 > 0.015  # square kilometres


def test_no_community_crosses_the_middle_of_the_river(linjiang):
    (line,) = linjiang.water.loc[linjiang.water["kind"] == "river_line", "geometry"]
    communities = linjiang.areas.loc[linjiang.areas["level"] == "community", "geometry"]
    # The line is drawn through more points than the borders have: the two part by a few metres at most.
    for shape in communities:
        assert shape.buffer(-0.0004).intersection(line).length < 1e-9


def test_the_water_is_valid_and_lies_in_the_district(linjiang):
    district = linjiang.areas.loc[linjiang.areas["level"] == "district", "geometry"].iloc[0]
    assert list(linjiang.water["kind"]) == ["river", "lake", "brook", "river_line"]
    for shape in linjiang.water.geometry:
        assert shape.is_valid and not shape.is_empty
        assert shape.difference(district.buffer(1e-9)).is_empty


def test_the_same_seed_gives_the_same_region_and_another_seed_another(linjiang):
    again, other = build(990106), build(7)
    assert_geodataframe_equal(linjiang.areas, again.areas)
    assert_geodataframe_equal(linjiang.water, again.water)
    assert linjiang.sites.equals(again.sites)
    assert linjiang.people.equals(again.people)
    assert not linjiang.areas.geometry.equals(other.areas.geometry)
    assert int(other.areas.loc[other.areas["level"] == "grid", "population"].sum()) == 360_000


def test_shares_sum_to_the_whole_and_follow_the_weights():
    assert shares(np.array([1.0, 1.0, 1.0]), 10).tolist() == [4, 3, 3]
    assert shares(np.array([5.0, 3.0, 2.0]), 100).tolist() == [50, 30, 20]
    assert shares(np.array([0.2, 0.2, 0.6]), 4).tolist() == [1, 1, 2]


def test_a_point_bends_to_the_same_place_alone_or_among_many():
    terrain = Terrain.raised(np.random.default_rng(3))
    points = np.random.default_rng(4).uniform(-8, 8, (101, 2))
    together = terrain.to_degrees(points)
    assert (together == np.concatenate([terrain.to_degrees(point[None]) for point in points])).all()
