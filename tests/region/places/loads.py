"""Builders of the tests of loads: small files of areas and sites, planned and applied."""

from __future__ import annotations

import json
from typing import Any

from shapely.geometry import box, mapping
from shapely.geometry.base import BaseGeometry

from region.places import actions, queries
from region.places.models import Place
from region.places.plan import AreaOptions, Plan, SiteOptions
from tests.world import World

DISTRICTS = AreaOptions(level="district", name_zh="名称", name_en="name")
COMMUNITIES = AreaOptions(level="community", name_en="name", parent="district", parent_level="district")
SITES = SiteOptions(name_en="name", type_column="type", area="area", crs="WGS84")


def areas_file(*rows: tuple[dict[str, Any], BaseGeometry]) -> bytes:
    """A GeoJSON of these areas."""
    features = [{"type": "Feature", "properties": p, "geometry": mapping(g)} for p, g in rows]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


TWO = areas_file(
    ({"code": "306.0", "名称": "东区", "name": "East"}, box(113.0, 29.0, 113.2, 29.2)),
    ({"code": 307.0, "名称": "西区", "name": "West"}, box(113.2, 29.0, 113.4, 29.2)),
)
SITE_COLUMNS = ["code", "name", "type", "area", "lon", "lat"]


def root(world: World) -> Place:
    with world.as_system() as w:
        return actions.make_root(w, code="9901", name_zh="云川市", name_en="Yunchuan", zone="Asia/Shanghai")


def plan(world: World, data: bytes, options: AreaOptions | SiteOptions, name: str = "f") -> tuple[int, Plan]:
    with world.as_system() as w:
        load = actions.plan_load(w, data, name, options)
        return load.id, queries.plan_of(load)


def load(world: World, data: bytes, options: AreaOptions | SiteOptions) -> Plan:
    number, planned = plan(world, data, options)
    with world.as_system() as w:
        actions.apply_load(w, number)
    return planned


def reasons(planned: Plan) -> list[tuple[int, str]]:
    return [(one["number"], one["code"]) for one in planned.refused]


def warnings(planned: Plan) -> dict[str, list[str]]:
    return {row.code: [one["code"] for one in row.warnings] for row in planned.rows if row.warnings}


def place(world: World, code: str) -> Place:
    with world.as_system() as w:
        return queries.by_code(w, code)
