"""Linjiang's sites and people: as many of each as needed, on dry land in their area, someone on duty."""

import json

import numpy as np
import pytest
import shapely
from shapely import Point, box

from region.exercise.linjiang.enrolment import to_geojson, to_spreadsheet_rows
from region.exercise.linjiang.institutions import INSTITUTIONS
from region.exercise.linjiang.region import Region, build
from region.exercise.linjiang.sites import CAPACITY_UNITS, SHORT
from region.exercise.linjiang.siting import Ground

COUNTS = {
    "commission": 1,
    "cdc": 1,
    "hospital": 3,
    "designated_hospital": 1,
    "fever_clinic": 3,
    "laboratory": 3,
    "quarantine_site": 6,
    "shelter_hospital": 1,
    "warehouse": 2,
    "school": 3,
    "transfer_team": 2,
    "subdistrict_office": 8,
    "community_office": 96,
    "community_health_centre": 8,
    "community_health_station": 30,
    "village_clinic": 40,
    "sampling_site": 150,
}


@pytest.fixture(scope="module")
def linjiang() -> Region:
    return build()


def of_type(linjiang: Region, kind: str):
    return linjiang.sites[linjiang.sites["type"] == kind]


def test_there_are_as_many_sites_of_each_type_as_the_drill_needs(linjiang):
    assert linjiang.sites["type"].value_counts().to_dict() == COUNTS
    assert set(COUNTS) == set(SHORT)


def test_capacities_are_those_the_script_begins_with(linjiang):
    assert sorted(of_type(linjiang, "laboratory")["capacity"]) == [3_000, 5_000, 30_000]
    assert of_type(linjiang, "quarantine_site")["capacity"].sum() == 780
    assert list(of_type(linjiang, "shelter_hospital")["capacity"]) == [200]
    assert list(of_type(linjiang, "designated_hospital")["capacity"]) == [120]
    assert of_type(linjiang, "sampling_site")["capacity"].sum() == 360_000
    assert of_type(linjiang, "sampling_site")["capacity"].min() > 0


def test_only_types_with_a_unit_have_a_capacity(linjiang):
    has = linjiang.sites["capacity"].notna()
    assert (has == linjiang.sites["type"].isin(CAPACITY_UNITS)).all()


def test_an_order_to_all_reaches_104_offices_one_for_each_area(linjiang):
    offices = linjiang.sites[linjiang.sites["type"].isin(["subdistrict_office", "community_office"])]
    areas = linjiang.areas[linjiang.areas["level"].isin(["subdistrict", "community"])]
    assert len(offices) == 104
    assert sorted(offices["area_code"]) == sorted(areas["code"])


def test_each_site_stands_in_its_area_on_dry_land(linjiang):
    shapes = linjiang.areas.set_index("code").geometry
    surfaces = linjiang.water.loc[linjiang.water["kind"] != "river_line", "geometry"].to_numpy()
    for site in linjiang.sites.itertuples():
        at = Point(site.lon, site.lat)
        assert shapes[site.area_code].contains(at), site.code
        assert not shapely.intersects(surfaces, at).any(), site.code


def test_a_site_that_serves_part_of_an_area_stands_in_that_part(linjiang):
    shapes = linjiang.areas.set_index("code").geometry
    for kind in ("sampling_site", "village_clinic"):
        for site in of_type(linjiang, kind).itertuples():
            assert shapely.contains_xy(shapes[site.catchment_codes].to_numpy(), site.lon, site.lat).any()


def test_sites_keep_their_distance(linjiang):
    lon, lat = linjiang.sites["lon"].to_numpy() * 96.7, linjiang.sites["lat"].to_numpy() * 110.85
    apart = np.hypot(lon[:, None] - lon, lat[:, None] - lat) + np.eye(len(lon)) * 99
    assert apart.min() > 0.06  # km


def test_each_grid_has_exactly_one_sampling_site(linjiang):
    served = [code for codes in of_type(linjiang, "sampling_site")["catchment_codes"] for code in codes]
    assert sorted(served) == sorted(linjiang.areas.loc[linjiang.areas["level"] == "grid", "code"])


def test_catchments_name_areas_that_exist(linjiang):
    known = set(linjiang.areas["code"])
    assert all(codes and set(codes) <= known for codes in linjiang.sites["catchment_codes"])


def test_codes_names_and_telephones_are_unique_and_cannot_be_dialled(linjiang):
    sites, people = linjiang.sites, linjiang.people
    assert sites["code"].is_unique
    assert sites["name_zh"].is_unique and sites["name_en"].is_unique
    numbers = [*sites["phone"], *people["phone"]]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("1000000") and len(number) == 11 for number in numbers)


def test_someone_is_on_duty_at_each_site_and_offices_and_clinics_have_a_deputy(linjiang):
    sites, people = linjiang.sites, linjiang.people
    assert set(people["site_code"]) == set(sites["code"])
    for site in sites.itertuples():
        staff = people[people["site_code"] == site.code]
        assert staff["phone"].iloc[0] == site.duty_phone
        deputies = staff.loc[staff["deputy_of"] != "", "deputy_of"]
        assert set(deputies) <= {staff["login"].iloc[0]}
        assert len(deputies) == (0 if site.type in {"sampling_site", "school"} else 1), site.code


def test_people_have_their_own_names_and_short_logins(linjiang):
    people = linjiang.people
    assert people["name_zh"].is_unique
    assert people["login"].is_unique
    assert people["login"].str.fullmatch(r"[a-z]{4,12}\d{2,3}").all()
    assert "hubin01" in set(people["login"])


def test_every_institution_is_placed_in_the_community_it_names(linjiang):
    communities = linjiang.areas[linjiang.areas["level"] == "community"].set_index("name_zh")
    for one in INSTITUTIONS:
        site = linjiang.sites[linjiang.sites["name_zh"] == one.name_zh].iloc[0]
        home = communities.loc[
            one.community + ("村" if one.community == "泉口" or one.community == "竹溪" else "社区")
        ]
        assert home["geometry"].contains(Point(site["lon"], site["lat"])), one.name_en


def test_spreadsheet_rows_are_plain_and_lose_nothing(linjiang):
    rows = to_spreadsheet_rows(linjiang)
    assert list(rows[0]) == list(linjiang.sites.columns)
    assert len(rows) == len(linjiang.sites)
    assert {type(value) for row in rows for value in row.values()} == {str, int, float}
    for row, codes in zip(rows, linjiang.sites["catchment_codes"], strict=True):
        assert row["catchment_codes"].split(";") == codes
    assert {row["capacity"] for row in rows if row["type"] == "village_clinic"} == {""}
    assert [row["code"] for row in to_spreadsheet_rows(linjiang, "areas")] == list(linjiang.areas["code"])
    assert to_spreadsheet_rows(linjiang, "people")[0]["login"] == linjiang.people["login"].iloc[0]


def test_boundaries_survive_the_way_through_geojson(linjiang):
    written = json.loads(json.dumps(to_geojson(linjiang, "community"), ensure_ascii=False))
    kept = linjiang.areas[linjiang.areas["level"] == "community"]
    assert [feature["properties"]["code"] for feature in written["features"]] == list(kept["code"])
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in written["features"]]
    assert shapely.equals_exact(shapes, kept.geometry.to_numpy()).all()
    with pytest.raises(ValueError, match="province"):
        to_geojson(linjiang, "province")


def test_ground_refuses_to_build_on_water():
    ground = Ground(np.random.default_rng(1), box(0, 0, 2, 2))
    with pytest.raises(ValueError, match="dry land"):
        ground.place(box(0.5, 0.5, 1, 1))


def test_ground_prefers_the_wanted_spot_but_not_on_top_of_another_site():
    ground = Ground(np.random.default_rng(1), box(9, 9, 10, 10))
    square, wanted = box(114, 29, 114.02, 29.02), Point(114.01, 29.01)
    first, second = ground.place(square, wanted), ground.place(square, wanted)
    assert Point(first).distance(wanted) < 0.004
    assert Point(second).distance(Point(first)) > 0.0008
