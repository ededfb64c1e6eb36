"""Boundaries: three containers read alike; repairs are told, and what cannot stand is refused."""

import io
import json
import zipfile

import numpy as np
import pyogrio.raw
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import box
from shapely.geometry import mapping

from region.formats.areas import (
    AreaLimits,
    Feature,
    area_km2,
    check_shapes,
    parent_by_geometry,
    read_areas,
)
from region.formats.coordinates import wgs84_to_gcj02
from region.formats.findings import Unreadable

WEST, SOUTH = 121.40, 31.20


def cell(x, y, size=0.01):
    return box(WEST + x * size, SOUTH + y * size, WEST + (x + 1) * size, SOUTH + (y + 1) * size)


def collection(*pairs, crs=None):
    shapes = [shape if isinstance(shape, dict | None) else mapping(shape) for _code, shape in pairs]
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": shape}
        for (code, _shape), shape in zip(pairs, shapes, strict=True)
    ]
    document = {"type": "FeatureCollection", "features": features}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(document).encode()


def polygon(*points):
    return {"type": "Polygon", "coordinates": [[list(point) for point in points]]}


def read(*pairs, crs=None, **options):
    return read_areas(collection(*pairs, crs=crs), "a.geojson", **options)


def refused(areas):
    return [(problem.number, problem.code) for problem in areas.refused]


def written(folder, name, driver, crs="EPSG:4326", encoding=None):
    """A two-feature file with a Chinese name, made by GDAL."""
    path = folder / name
    shapes = np.array([shapely.to_wkb(cell(0, 0)), shapely.to_wkb(cell(1, 0))], dtype=object)
    fields = np.array(["code", "name"], dtype=object)
    data = [np.array(["A1", "A2"], dtype=object), np.array(["徐汇区", "黄浦区"], dtype=object)]
    options = {"encoding": encoding} if encoding else {}
    pyogrio.raw.write(path, shapes, data, fields, driver=driver, geometry_type="Polygon", crs=crs, **options)
    return path


def zipped(folder, stem, leave_out=(), prefix=""):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(folder.glob(f"{stem}.*")):
            if path.suffix not in leave_out:
                archive.write(path, f"{prefix}{path.name}")
    return buffer.getvalue()


def test_geojson_without_a_system_is_wgs84_and_says_so():
    areas = read(("A1", cell(0, 0)), ("A2", cell(1, 0)))
    assert [feature.properties["code"] for feature in areas.features] == ["A1", "A2"]
    assert areas.crs == "EPSG:4326"
    assert [notice.code for notice in areas.notices] == ["crs_implied"]
    assert len(areas.digest) == 64


def test_a_geopackage(tmp_path):
    path = written(tmp_path, "a.gpkg", "GPKG")
    areas = read_areas(path.read_bytes(), "a.gpkg")
    assert [feature.properties["name"] for feature in areas.features] == ["徐汇区", "黄浦区"]
    assert areas.features[0].geometry.equals(cell(0, 0))
    assert areas.crs == "EPSG:4326"


@pytest.mark.parametrize(
    ("encoding", "leave_out"), [("UTF-8", ()), ("GB18030", (".cpg",)), ("UTF-8", (".cpg",))]
)
def test_a_zipped_shapefile_and_its_encoding(tmp_path, encoding, leave_out):
    written(tmp_path, "a.shp", "ESRI Shapefile", encoding=encoding)
    areas = read_areas(zipped(tmp_path, "a", leave_out, prefix="folder/"), "a.zip")
    assert [feature.properties["name"] for feature in areas.features] == ["徐汇区", "黄浦区"]


def test_a_shapefile_without_its_system_or_its_parts(tmp_path):
    written(tmp_path, "a.shp", "ESRI Shapefile")
    areas = read_areas(zipped(tmp_path, "a", (".prj",)), "a.zip")
    assert areas.crs is None
    assert "crs_missing" in {notice.code for notice in areas.notices}
    with pytest.raises(Unreadable, match="shapefile_incomplete"):
        read_areas(zipped(tmp_path, "a", (".dbf",)), "a.zip")
    written(tmp_path, "b.shp", "ESRI Shapefile")
    both = zipped(tmp_path, "*")
    with pytest.raises(Unreadable, match="several_layers"):
        read_areas(both, "a.zip")
    assert len(read_areas(both, "a.zip", layer="b").features) == 2


def test_a_zip_that_leaves_its_folder_is_refused(tmp_path):
    written(tmp_path, "a.shp", "ESRI Shapefile")
    with pytest.raises(Unreadable, match="zip_path_outside"):
        read_areas(zipped(tmp_path, "a", prefix="../"), "a.zip")


def test_projected_files_arrive_in_degrees(tmp_path):
    document = polygon((351000, 3454000), (353000, 3454000), (353000, 3456000), (351000, 3456000))
    areas = read(("A1", document), crs="urn:ogc:def:crs:EPSG::32651")
    west, south, east, north = areas.features[0].geometry.bounds
    assert 121.3 < west < east < 121.6
    assert 31.1 < south < north < 31.3
    assert "reprojected" in {notice.code for notice in areas.notices}


def test_a_stated_gcj02_is_undone():
    moved = shapely.transform(cell(0, 0), lambda p: np.column_stack(wgs84_to_gcj02(p[:, 0], p[:, 1])))
    feature = read(("A1", moved), crs=None, near=None).features[0]
    assert feature.geometry.distance(cell(0, 0).centroid) == 0
    again = read_areas(collection(("A1", moved)), "a.geojson", crs="GCJ02").features[0]
    assert again.geometry.hausdorff_distance(cell(0, 0)) < 1e-9


def test_invalid_rings_are_repaired_with_the_change_in_area():
    bow_tie = polygon(
        (WEST, SOUTH), (WEST + 0.02, SOUTH + 0.02), (WEST + 0.02, SOUTH), (WEST, SOUTH + 0.02), (WEST, SOUTH)
    )
    areas = read(("A1", bow_tie))
    notice = next(notice for notice in areas.notices if notice.code == "shape_repaired")
    assert notice.number == 1
    assert notice.facts["share_changed"] == 1.0
    assert notice.facts["km2_after"] == pytest.approx(2.11, abs=0.02)
    assert areas.features[0].geometry.is_valid


def test_open_rings_are_closed_with_notice():
    areas = read(("A1", polygon((WEST, SOUTH), (WEST + 0.01, SOUTH), (WEST + 0.01, SOUTH + 0.01))))
    assert [(n.code, n.number) for n in areas.notices if n.number] == [("ring_closed", 1)]
    assert areas.features[0].geometry.area == pytest.approx(0.00005)


def test_features_that_are_no_areas_are_refused():
    line = {"type": "LineString", "coordinates": [[WEST, SOUTH], [WEST + 1, SOUTH]]}
    areas = read(
        ("ok", cell(0, 0)),
        ("null", None),
        ("line", line),
        ("metres", box(448000, 3454000, 450000, 3456000)),
        ("turned", box(31.2, 121.4, 31.3, 121.5)),
        ("flat", polygon((WEST, SOUTH), (WEST + 1, SOUTH), (WEST + 2, SOUTH), (WEST, SOUTH))),
        ("two points", polygon((WEST, SOUTH), (WEST + 1, SOUTH), (WEST, SOUTH))),
        ("words", {"type": "Polygon", "coordinates": [[["a", 1], [2, 3], [4, 5]]]}),
        ("numbers", {"type": "Polygon", "coordinates": [1, 2]}),
    )
    assert [feature.number for feature in areas.features] == [1]
    assert refused(areas) == [
        (2, "empty_geometry"),
        (3, "not_an_area"),
        (4, "out_of_range"),
        (5, "axes_swapped"),
        (6, "no_area"),
        (7, "too_few_points"),
        (8, "broken_coordinates"),
        (9, "broken_geometry"),
    ]


def test_turned_axes_are_found_by_the_others_or_by_the_expected_box():
    here = [box(-73.9 - i / 100, 40.7, -73.89 - i / 100, 40.71) for i in range(3)]
    turned = box(40.7, -73.9, 40.71, -73.89)
    pairs = [*((f"A{i}", shape) for i, shape in enumerate(here)), ("T", turned)]
    assert refused(read(*pairs)) == [(4, "axes_swapped")]
    assert refused(read(("T", turned))) == []
    assert refused(read(("T", turned), near=(-75, 40, -73, 42))) == [(1, "axes_swapped")]


def test_codes_must_be_there_and_once():
    areas = read(
        ("A1", cell(0, 0)), (None, cell(1, 0)), ("A1", cell(2, 0)), (306.0, cell(3, 0)), ("306", cell(4, 0))
    )
    problems = check_shapes(areas.features)
    assert [(p.number, p.code) for p in problems] == [
        (2, "no_code"),
        (3, "duplicate_code"),
        (5, "duplicate_code"),
    ]
    assert problems[1].facts == {"code": "A1", "first": 1}
    with pytest.raises(Unreadable) as caught:
        check_shapes(areas.features, code_field="adcode")
    assert caught.value.facts["fields"] == ["code"]


def test_overlaps_name_the_pair_and_the_size():
    areas = read(("A1", cell(0, 0)), ("A2", cell(0.7, 0)), ("A3", cell(5, 0)))
    (problem,) = check_shapes(areas.features)
    assert (problem.number, problem.code) == (2, "overlap")
    assert (problem.facts["with_number"], problem.facts["with_code"]) == (1, "A1")
    assert problem.facts["share"] == pytest.approx(0.3, abs=1e-6)
    assert problem.facts["km2"] == pytest.approx(0.3 * area_km2(cell(0, 0)), rel=1e-4)


def test_slivers_below_the_tolerance_and_shared_edges_pass():
    areas = read(("A1", cell(0, 0)), ("A2", cell(0.9995, 0)), ("A3", cell(0, 1)))
    assert check_shapes(areas.features, overlap_tolerance=0.001) == []
    assert [p.number for p in check_shapes(areas.features, overlap_tolerance=0.0001)] == [2]


def test_a_refused_area_refuses_no_other():
    areas = read(("A1", cell(0, 0)), ("A2", cell(0.5, 0)), ("A3", cell(1, 0)))
    assert [p.number for p in check_shapes(areas.features)] == [2]


def test_children_find_their_parents():
    parents = [Feature(1, {}, box(0, 0, 1, 1)), Feature(2, {}, box(1, 0, 2, 1))]
    children = [
        Feature(10, {}, box(0, 0, 0.5, 1)),
        Feature(11, {}, box(0.9, 0, 1.9, 1)),
        Feature(12, {}, box(5, 5, 6, 6)),
        Feature(13, {}, box(2, 0, 3, 1)),
        Feature(14, {}, box(0.5, 0, 1.5, 1)),
    ]
    found = parent_by_geometry(children, parents)
    assert [(p.child_number, p.parent_number, p.note) for p in found] == [
        (10, 1, None),
        (11, 2, "does_not_nest"),
        (12, None, "no_parent"),
        (13, None, "no_parent"),
        (14, 1, "does_not_nest"),
    ]
    assert found[1].share == pytest.approx(0.9)
    assert parent_by_geometry([], parents) == []
    assert [p.note for p in parent_by_geometry(children[:1], [])] == ["no_parent"]


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 4))
def test_a_grid_never_overlaps_and_nests_in_its_outline(columns, rows, skip):
    pairs = [(f"c{x}.{y}", cell(x, y)) for x in range(columns) for y in range(rows)]
    areas = read(*pairs)
    assert check_shapes(areas.features) == []
    outline = Feature(1, {}, shapely.union_all([shape for _code, shape in pairs]))
    assert {p.note for p in parent_by_geometry(areas.features[skip:], [outline])} <= {None}


def test_area_on_the_ellipsoid():
    assert area_km2(box(0, 0, 1, 1)) == pytest.approx(12308.78, abs=0.01)
    assert area_km2(shapely.Point(0, 0)) == 0.0


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"not json", b'{"features": 3}', b"[" * 100_000])
def test_what_is_no_geojson(data):
    with pytest.raises(Unreadable, match="not_geojson"):
        read_areas(data, "a.geojson")


def test_unknown_systems_broken_files_and_limits():
    with pytest.raises(Unreadable, match="crs_unknown"):
        read(("A1", cell(0, 0)), crs="urn:made:up")
    with pytest.raises(Unreadable, match="crs_unknown"):
        read(("A1", cell(0, 0)), crs="EPSG:999999")
    with pytest.raises(Unreadable, match="broken_geo_file"):
        read_areas(b"SQLite format 3\x00" + b"\x00" * 200, "a.gpkg")
    with pytest.raises(Unreadable, match="broken_geo_file"):
        read_areas(b"SQLite format 3\x00" + b"\x00" * 52 + b"GPKG" + b"\x00" * 200, "a.gpkg")
    with pytest.raises(Unreadable, match="too_large"):
        read(("A1", cell(0, 0)), ("A2", cell(1, 0)), limits=AreaLimits(features=1))
    with pytest.raises(Unreadable, match="too_large"):
        read(("A1", cell(0, 0)), limits=AreaLimits(vertices=3))
