"""Sites come from files, in the coordinate system that is stated and no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from shapely.geometry import box

from region.formats.coordinates import wgs84_to_gcj02
from region.formats.tables import write_csv, write_xlsx
from region.places import queries
from region.places.models import Site
from region.places.plan import AreaOptions, SiteOptions
from region.spine.errors import Invalid
from tests.region.places.loads import (
    DISTRICTS,
    SITE_COLUMNS,
    SITES,
    TWO,
    areas_file,
    load,
    place,
    plan,
    reasons,
    root,
    warnings,
)
from tests.world import World


def site_rows(count: int = 30) -> tuple[np.ndarray, np.ndarray]:
    """Points along the inner border of a small area."""
    lon = 113.001 + np.linspace(0, 0.002, count)
    return lon, np.full(count, 29.001)


def small_area(world: World) -> None:
    root(world)
    data = areas_file(({"code": "306", "name": "small"}, box(113.0, 29.0, 113.004, 29.004)))
    load(world, data, AreaOptions(level="community", name_en="name"))


def test_a_batch_that_looks_shifted_is_pointed_out_and_not_moved(world: World) -> None:
    small_area(world)
    lon, lat = wgs84_to_gcj02(*site_rows())
    rows = [
        [f"S{n}", f"Site {n}", "hospital", "306", f"{x:.7f}", f"{y:.7f}"]
        for n, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    data = write_csv(SITE_COLUMNS, rows)
    planned = load(world, data, SITES)
    assert planned.shift is not None and planned.shift["system"] == "GCJ02"
    assert place(world, "S0").lon == pytest.approx(lon[0], abs=1e-6)
    stated = SiteOptions(name_en="name", type_column="type", area="area", crs="GCJ-02")
    planned = load(world, data, stated)
    assert planned.shift is None
    assert place(world, "S0").lon == pytest.approx(site_rows()[0][0], abs=1e-6)
    with world.as_system() as w:
        assert w.get(Site, queries.by_code(w, "S0").id).crs_source == "GCJ02"


def test_sites_need_a_stated_coordinate_system(world: World) -> None:
    with pytest.raises(Invalid, match="crs-not-stated"):
        plan(
            world,
            write_csv(SITE_COLUMNS, [["S1", "x", "hospital", "306", "113.1", "29.1"]]),
            SiteOptions(type="hospital"),
        )


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_sites_are_loaded_from_csv_and_xlsx(world: World, write: Any) -> None:
    root(world)
    load(world, TWO, DISTRICTS)
    columns = ["code", "name_zh", "name_en", "type", "area", "lon", "lat", "phone", "beds", "serves"]
    rows = [
        [
            "S1",
            "东区医院",
            "East Hospital",
            "医院",
            "306.0",
            "113.1",
            "29.1",
            "13800138000",
            "120",
            "306；307",
        ],
        ["S2", "西区诊所", "", "Child Health Center", "999", "113.3", "29.1", "call us", "", ""],
        ["S2", "重复", "", "hospital", "306", "113.3", "29.1", "", "", ""],
        ["S3", "无处", "", "hospital", "999", "", "", "", "", ""],
        ["S4", "远方", "", "hospital", "306", "10.0", "50.0", "", "", ""],
    ]
    options = SiteOptions(
        type_column="type", area="area", crs="CGCS2000", phone="phone", capacity="beds", catchment="serves"
    )
    planned = load(world, write(columns, rows), options)
    assert reasons(planned) == [(4, "duplicate_code"), (5, "parent_not_found"), (6, "far_away")]
    assert warnings(planned) == {"S2": ["parent_unknown", "parent_by_geometry"]}
    assert {one["code"] for one in planned.notices} >= {"type_unknown", "phone_as_given"}
    with world.as_system() as w:
        first = queries.by_code(w, "S1")
        site = w.get(Site, first.id)
        assert (site.type, site.phone, site.capacity) == ("hospital", "13800138000", 120)
        assert site.catchment == [queries.by_code(w, "306").id, queries.by_code(w, "307").id]
        assert first.parent_id == queries.by_code(w, "306").id
        assert [one.code for one in queries.sites_in(w, [queries.by_code(w, "307").id])] == ["S2"]
    assert plan(world, write(columns, rows[:2]), options)[1].empty
