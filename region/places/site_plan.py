"""A table of sites against what stands: which rows are new, changed, the same or refused, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import shapely

from region.formats.codes import phone
from region.formats.coordinates import looks_shifted, to_wgs84
from region.formats.findings import Unreadable
from region.formats.tables import Row, Table, read_table
from region.places import reading
from region.places.levels import KNOWN_TYPES, type_code
from region.places.plan import Plan, PlannedRow, SiteOptions, noted, refusal
from region.places.queries.standing import Ground, Standing
from region.spine.errors import Invalid

COLUMNS = (
    "code",
    "name_zh",
    "name_en",
    "type_column",
    "lon",
    "lat",
    "phone",
    "duty_phone",
    "capacity",
    "catchment",
)
SEPARATORS = str.maketrans("；,，、|", ";;;;;")
FAR = 1.0  # degrees outside the areas at which a point cannot be meant

Point = tuple[float, float]


@dataclass
class Drafting:
    """One file of sites while it is planned."""

    options: SiteOptions
    ground: Ground
    refused: list[dict[str, Any]] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    away: set[int] = field(default_factory=set)
    odd_types: Counter[str] = field(default_factory=Counter)
    odd_phones: Counter[str] = field(default_factory=Counter)

    def refuse(self, number: int, why: str, **facts: Any) -> None:
        """Leave a row out, and say why."""
        self.refused.append(refusal(number, why, **facts))
        self.away.add(number)

    def tallies(self) -> list[dict[str, Any]]:
        """What was odd in so many rows that one line says it better than one a row."""
        types = [{"type": one, "count": count} for one, count in sorted(self.odd_types.items())]
        phones = [{"column": one, "count": count} for one, count in sorted(self.odd_phones.items())]
        found = [("type_unknown", facts) for facts in types] + [("phone_as_given", facts) for facts in phones]
        return [{"number": None, "code": code, "facts": facts} for code, facts in found]


def plan_sites(data: bytes, file_name: str, options: SiteOptions, ground: Ground, tree: int) -> Plan:
    """What applying a CSV or XLSX of sites would do.

    Raises Invalid for a file that cannot be read as a whole, for columns that it does not have, and when
    nobody stated the coordinate system.
    """
    if not options.crs:
        raise Invalid("crs-not-stated", field="crs")
    table = reading.read_file(
        lambda: read_table(data, file_name, encoding=options.encoding or None, sheet=options.sheet or None)
    )
    options = _checked(options, table)
    draft = Drafting(options, ground, refused=noted(table.refused))
    points = _points(table, draft)
    rows = [row for one in table.rows if (row := _row(one, points.get(one.number), draft)) is not None]
    refused = sorted(draft.refused, key=lambda one: one["number"])
    shift = _shift(rows, points, draft)
    return Plan(table.digest, tree, rows, refused, [*noted(table.notices), *draft.tallies()], shift)


def _checked(options: SiteOptions, table: Table) -> SiteOptions:
    area = () if options.area == "geometry" else ("area",)
    reading.need_columns(options, (*COLUMNS, *area), table.columns)
    if not options.type and not options.type_column:
        raise Invalid("type-not-stated", field="type")
    return reading.with_names(options, table.columns)


def _points(table: Table, draft: Drafting) -> dict[int, Point]:
    """Each row's point in WGS-84 degrees; rows with unreadable or impossible ones are refused."""
    given: dict[int, Point] = {}
    for row in table.rows:
        texts = [reading.text_of(row.cells, name) for name in (draft.options.lon, draft.options.lat)]
        if not any(texts):
            continue
        try:
            lon, lat = (float(text) for text in texts)
        except ValueError:
            draft.refuse(row.number, "broken_coordinates", lon=texts[0][:20], lat=texts[1][:20])
            continue
        given[row.number] = lon, lat
    placed = _in_degrees(given, draft)
    for number, (lon, lat) in list(placed.items()):
        if _far(lon, lat, draft):
            impossible = not (-180 <= lon <= 180 and -90 <= lat <= 90)
            turned = _turned(given[number], draft)
            code = "axes_swapped" if turned else "out_of_range" if impossible else "far_away"
            draft.refuse(number, code, lon=given[number][0], lat=given[number][1])
            del placed[number]
    return placed


def _in_degrees(given: dict[int, Point], draft: Drafting) -> dict[int, Point]:
    """All points at once; one by one only when some cannot be converted, to refuse just those."""
    crs = draft.options.crs
    lon, lat = [point[0] for point in given.values()], [point[1] for point in given.values()]
    try:
        x, y = to_wgs84(lon, lat, crs)
    except Unreadable as error:
        if error.code == "crs_unknown":
            raise Invalid("crs-unknown", field="crs", given=crs[:40]) from error
        if len(given) > 1:
            single = (_in_degrees({number: point}, draft) for number, point in given.items())
            return {number: point for one in single for number, point in one.items()}
        [(number, point)] = given.items()
        code = "axes_swapped" if _turned(point, draft) else error.code
        draft.refuse(number, code, lon=point[0], lat=point[1])
        return {}
    return {number: (float(a), float(b)) for number, a, b in zip(given, x, y, strict=True)}


def _far(lon: float, lat: float, draft: Drafting) -> bool:
    if draft.ground.bounds is None:
        return not (-180 <= lon <= 180 and -90 <= lat <= 90)
    west, south, east, north = draft.ground.bounds
    return not (west - FAR <= lon <= east + FAR and south - FAR <= lat <= north + FAR)


def _turned(point: Point, draft: Drafting) -> bool:
    """Whether the point lies in the region with latitude and longitude exchanged."""
    return draft.ground.bounds is not None and not _far(point[1], point[0], draft)


def _row(source: Row, point: Point | None, draft: Drafting) -> PlannedRow | None:
    options, cells = draft.options, source.cells
    if source.number in draft.away:
        return None
    row = PlannedRow(source.number, reading.code_of(cells, options.code), {})
    if not row.code:
        draft.refuse(row.number, "no_code", field=options.code)
        return None
    if row.code in draft.seen:
        draft.refuse(row.number, "duplicate_code", code=row.code, first=draft.seen[row.code])
        return None
    draft.seen[row.code] = row.number
    reading.names_of(row, cells, options.name_zh, options.name_en)
    if not _type(row, cells, draft) or not _area(row, cells, point, draft):
        return None
    if point is not None:
        row.values |= {
            "lon": round(point[0], 7),
            "lat": round(point[1], 7),
            "crs_source": crs_name(options.crs),
        }
    elif options.lon:
        row.warn("no_coordinates")
    _reach(row, cells, draft)
    if field_name := reading.too_long(row):
        draft.refuse(row.number, "too_long", field=field_name)
        return None
    return _against(row, draft)


def _type(row: PlannedRow, cells: Mapping[str, object], draft: Drafting) -> bool:
    given = reading.text_of(cells, draft.options.type_column) or draft.options.type
    code = type_code(given)
    if code is None:
        draft.refuse(row.number, "type_unusable", given=given[:40])
        return False
    if code not in KNOWN_TYPES:
        draft.odd_types[code] += 1
    row.values["type"] = code
    return True


def _area(row: PlannedRow, cells: Mapping[str, object], point: Point | None, draft: Drafting) -> bool:
    """Find the area that the site belongs to: named by its column, or the smallest around its point."""
    options, ground = draft.options, draft.ground
    code = "" if options.area == "geometry" else reading.code_of(cells, options.area)
    named = ground.area(code, options.area_level) if code else None
    shape = None if point is None else shapely.Point(point)
    if named is None:
        chosen = (
            None
            if shape is None
            else ground.holding(shape, level=options.area_level) or ground.holding(shape)
        )
        if chosen is not None and options.area != "geometry":
            row.warn("parent_unknown", parent=code[:40] or "–", column=options.area)
            row.warn("parent_by_geometry", parent=chosen.code, level=chosen.level)
    else:
        chosen = named
        if shape is not None and named.geometry is not None and not named.geometry.intersects(shape):
            row.warn("outside_area", parent=named.code, metres=_metres(named, shape))
    if chosen is None:
        draft.refuse(row.number, "no_parent" if not code else "parent_not_found", given=code[:40])
        return False
    if not chosen.mine:
        draft.refuse(row.number, "not_yours", given=chosen.code)
        return False
    row.parent = chosen.id
    row.values["declared"] = chosen.code if named is not None else ""
    return True


def crs_name(crs: str) -> str:
    """The system of coordinates as it is kept beside a site: GCJ-02 is GCJ02."""
    return crs.upper().replace("-", "")[:20]


def _metres(area: Standing, point: shapely.Point) -> int:
    """About how far a point lies outside an area."""
    return round(shapely.distance(area.geometry, point) * 111_000)


def _reach(row: PlannedRow, cells: Mapping[str, object], draft: Drafting) -> None:
    """Telephones, capacity, catchment, other codes."""
    options = draft.options
    for name in ("phone", "duty_phone"):
        column = getattr(options, name)
        if column:
            read = phone(reading.text_of(cells, column))
            row.values[name] = read.value.number if read.value else read.original[:40] or None
            if not read.certain and read.reason != "missing":
                draft.odd_phones[column] += 1
    reading.count_of(row, cells, options.capacity, "capacity")
    if options.catchment:
        codes = reading.text_of(cells, options.catchment).translate(SEPARATORS).split(";")
        areas = {code: draft.ground.area(code) for one in codes if (code := one.strip())}
        row.values["catchment"] = [area.id for area in areas.values() if area is not None]
        unknown = [code for code, area in areas.items() if area is None]
        if unknown:
            row.warn("catchment_unknown", given=", ".join(unknown)[:80])
    reading.aliases_of(row, cells, options.aliases)


def _against(row: PlannedRow, draft: Drafting) -> PlannedRow | None:
    stands = draft.ground.site(row.code)
    if stands is not None:
        if not stands.mine:
            draft.refuse(row.number, "not_yours", given=row.code)
            return None
        reading.compare(row, stands)
    reading.settle(row)
    return row


def _shift(rows: list[PlannedRow], points: dict[int, Point], draft: Drafting) -> dict[str, Any] | None:
    """Whether the points miss the areas that the file names for them, but would fit with a shift undone."""
    declared = [
        (row, points[row.number]) for row in rows if row.values.get("declared") and row.number in points
    ]
    if not declared or draft.options.crs.upper().replace("-", "") in ("GCJ02", "BD09"):
        return None
    lon, lat = np.array([point for _, point in declared]).T
    codes = [str(row.parent) for row, _ in declared]
    known = {str(area.id): area.geometry for area in draft.ground.areas if area.geometry is not None}
    found = looks_shifted(lon, lat, codes, known) or looks_shifted(
        lon, lat, codes, known, least_points=20, most_inside=0.85, fits=0.97
    )
    return None if found is None else asdict(found)
