"""A file of areas against what stands: which rows are new, changed, the same or refused, and why."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import numpy as np
import shapely

from region.formats.areas import AreaFile, Feature, check_shapes, read_areas
from region.formats.areas.shapes import feature_code
from region.formats.coordinates import looks_shifted
from region.places import reading
from region.places.area_parents import find_parents
from region.places.levels import level_code
from region.places.plan import AreaOptions, Plan, PlannedRow, noted, refusal
from region.places.queries.standing import Ground
from region.spine.errors import Invalid

COLUMNS = ("level_column", "code", "name_zh", "name_en", "population", "households", "valid_from")


def plan_areas(data: bytes, file_name: str, options: AreaOptions, ground: Ground, tree: int) -> Plan:
    """What applying a GeoJSON, GeoPackage or zipped Shapefile would do.

    Raises Invalid for a file that cannot be read as a whole, for columns that it does not have, and for a
    coordinate system that neither the file nor the options state.
    """
    file = reading.read_file(
        lambda: read_areas(
            data,
            file_name,
            crs=options.crs or None,
            near=ground.bounds,
            layer=options.layer or None,
            encoding=options.encoding or None,
        )
    )
    options = _checked(options, file)
    refused = noted(file.refused)
    rows: dict[int, PlannedRow] = {}
    features = {feature.number: feature for feature in _standing_beside(file, options, ground, refused)}
    for feature in features.values():
        _row(feature, options, rows, refused)
    find_parents(rows, features, options, ground, refused)
    for row in rows.values():
        _against(row, features[row.number], ground, refused)
    away = {one["number"] for one in refused}
    kept = _in_order([row for row in rows.values() if row.number not in away], refused)
    plan = Plan(file.digest, tree, kept, sorted(refused, key=lambda one: one["number"]), noted(file.notices))
    plan.shift = _shift(kept, features, ground)
    return plan


def _checked(options: AreaOptions, file: AreaFile) -> AreaOptions:
    if file.crs is None:
        raise Invalid("crs-not-stated", field="crs")
    columns = dict.fromkeys(name for feature in file.features for name in feature.properties)
    parent = () if options.parent == "geometry" else ("parent",)
    if file.features:
        reading.need_columns(options, (*COLUMNS, *parent), columns)
    if not options.level and not options.level_column:
        raise Invalid("level-not-stated", field="level")
    year = options.population_year
    if columns and options.population and not (year.isdigit() or year in columns):
        raise Invalid("population-without-year", field="population_year")
    return reading.with_names(options, columns)


def level_of(feature: Feature, options: AreaOptions) -> str:
    """The level of a feature, as stated for all or by its own column."""
    own = reading.text_of(feature.properties, options.level_column)
    return level_code(own or options.level)


def _standing_beside(
    file: AreaFile, options: AreaOptions, ground: Ground, refused: list[dict[str, Any]]
) -> Iterable[Feature]:
    """The features that can stand beside one another and beside the areas of their level that stand."""
    by_level: dict[str, list[Feature]] = {}
    for feature in file.features:
        by_level.setdefault(level_of(feature, options), []).append(feature)
    for level, features in by_level.items():
        codes = {feature_code(feature, options.code) for feature in features}
        others = [
            Feature(-area.id, {options.code: area.code}, area.geometry)  # type: ignore[arg-type]
            for area in ground.at_level(level)
            if area.code not in codes
        ]
        found = check_shapes([*others, *features], options.overlap, options.code)
        # One reason a row is enough; a standing area is never refused, its own faults were accepted once.
        problems = list({p.number: p for p in reversed(found) if p.number > 0}.values())
        refused += noted(problems)
        away = {problem.number for problem in problems}
        yield from (feature for feature in features if feature.number not in away)


def _row(
    feature: Feature, options: AreaOptions, rows: dict[int, PlannedRow], refused: list[dict[str, Any]]
) -> None:
    cells = feature.properties
    row = PlannedRow(
        feature.number, feature_code(feature, options.code), {"level": level_of(feature, options)}
    )
    reading.names_of(row, cells, options.name_zh, options.name_en)
    row.values["wkb"] = base64.b64encode(shapely.to_wkb(feature.geometry)).decode()
    reading.count_of(row, cells, options.population, "population")
    reading.count_of(row, cells, options.households, "households")
    if options.population:
        year = options.population_year
        row.values["population_year"] = (
            int(year if year.isdigit() else reading.code_of(cells, year) or 0) or None
        )
    reading.day_of(row, cells, options.valid_from, "valid_from")
    reading.aliases_of(row, cells, options.aliases)
    if field := reading.too_long(row):
        refused.append(refusal(row.number, "too_long", field=field))
    else:
        rows[row.number] = row


def _against(row: PlannedRow, feature: Feature, ground: Ground, refused: list[dict[str, Any]]) -> None:
    """Compare a row with the area of its level and code that stands, if one does."""
    stands = ground.area(row.code, str(row.values["level"]))
    if stands is not None:
        if not stands.mine:
            refused.append(refusal(row.number, "not_yours", given=row.code))
            return
        reading.compare(row, stands)
        if stands.geometry is None or shapely.to_wkb(stands.geometry) != shapely.to_wkb(feature.geometry):
            row.changed.append("geometry")
    reading.settle(row)


def _in_order(rows: list[PlannedRow], refused: list[dict[str, Any]]) -> list[PlannedRow]:
    """Parents of the same file before their children; a child whose parent is refused is refused."""
    done: list[PlannedRow] = []
    codes: set[str] = set()
    waiting = rows
    while waiting:
        ready = [row for row in waiting if row.parent_code is None or row.parent_code in codes]
        if not ready:
            refused += [refusal(row.number, "parent_refused", parent=row.parent_code) for row in waiting]
            break
        waiting = [row for row in waiting if row.parent_code is not None and row.parent_code not in codes]
        codes.update(row.code for row in ready)
        done += ready
    return done


def _shift(rows: list[PlannedRow], features: dict[int, Feature], ground: Ground) -> dict[str, Any] | None:
    """Whether the areas miss the parents that their columns name, but would fit with a shift undone."""
    known = {str(area.id): area.geometry for area in ground.areas if area.geometry is not None}
    declared = [(row, str(row.parent)) for row in rows if row.values.get("named_parent")]
    if not declared:
        return None
    points = shapely.centroid(np.array([features[row.number].geometry for row, _ in declared], dtype=object))
    lon, lat = shapely.get_x(points), shapely.get_y(points)
    found = looks_shifted(lon, lat, [parent for _, parent in declared], known)
    return None if found is None else asdict(found)
