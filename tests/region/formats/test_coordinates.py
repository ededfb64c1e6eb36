"""Coordinate systems: published pairs, exact inverses, China only, and shifted batches pointed out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from region.formats.coordinates import (
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    looks_shifted,
    to_wgs84,
    wgs84_to_gcj02,
)
from region.formats.findings import Unreadable

LON, LAT = st.floats(73.0, 135.0), st.floats(3.0, 54.0)


def test_published_pairs():
    assert wgs84_to_gcj02(116.404, 39.915) == pytest.approx(
        (116.41024449916938, 39.91640428150164), abs=1e-12
    )
    assert gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-12)
    assert wgs84_to_gcj02(121.5272106, 31.1774276) == pytest.approx(
        (121.531541859215, 31.17530398364597), abs=1e-12
    )


@given(LON, LAT)
def test_gcj02_and_back(lon, lat):
    assert gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)


@given(LON, LAT)
def test_bd09_and_back(lon, lat):
    assert bd09_to_gcj02(*gcj02_to_bd09(lon, lat)) == pytest.approx((lon, lat), abs=1e-9)
    shifted = gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))
    assert to_wgs84(*shifted, "BD09") == pytest.approx((lon, lat), abs=1e-9)


def test_systems_that_are_the_same_and_projected_ones():
    assert to_wgs84(121.5, 31.2, "CGCS2000") == (121.5, 31.2)
    lon, lat = to_wgs84([500000.0], [0.0], "EPSG:32651")
    assert (lon[0], lat[0]) == pytest.approx((123.0, 0.0), abs=1e-9)


@pytest.mark.parametrize(
    ("lon", "lat", "crs", "code"),
    [
        (-73.9, 40.7, "GCJ02", "outside_china"),
        (-73.9, 40.7, "BD-09", "outside_china"),
        (1.0, 1.0, "EPSG:999999", "crs_unknown"),
        (1.0, 1.0, "nonsense", "crs_unknown"),
        (1e30, 1e30, "EPSG:32651", "not_convertible"),
    ],
)
def test_what_cannot_be_converted_is_refused(lon, lat, crs, code):
    with pytest.raises(Unreadable) as caught:
        to_wgs84(lon, lat, crs)
    assert caught.value.code == code


def grid(shift=None, west=121.40, south=31.20):
    """Thirty-six small areas and the middle of each, moved by `shift`."""
    corners = [(west + i * 0.004, south + j * 0.004) for i in range(6) for j in range(6)]
    areas = {str(n): box(x, y, x + 0.004, y + 0.004) for n, (x, y) in enumerate(corners)}
    lon = np.array([x + 0.002 for x, _ in corners])
    lat = np.array([y + 0.002 for _, y in corners])
    return (*(shift(lon, lat) if shift else (lon, lat)), list(areas), areas)


def test_a_shifted_batch_is_pointed_out_with_its_system():
    gcj = looks_shifted(*grid(wgs84_to_gcj02))
    assert (gcj.system, gcj.points, gcj.inside_before, gcj.inside_after) == ("GCJ02", 36, 0.0, 1.0)
    bd = looks_shifted(*grid(lambda lon, lat: gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))))
    assert (bd.system, bd.inside_after) == ("BD09", 1.0)
    assert bd.other < 0.5


def test_right_few_foreign_and_random_points_are_not_suspected():
    assert looks_shifted(*grid()) is None
    lon, lat, names, areas = grid(wgs84_to_gcj02)
    assert looks_shifted(lon[:4], lat[:4], names[:4], areas) is None
    assert looks_shifted(*grid(lambda lon, lat: (lon + 0.005, lat), west=-74.0, south=40.7)) is None
    assert looks_shifted(lon + 0.05, lat - 0.05, names, areas) is None
    assert looks_shifted(lon, lat, ["unknown"] * len(lon), areas) is None
