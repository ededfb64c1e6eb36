"""Writes the rows of a plan: level by level, each level in a few statements."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from region.places.actions.shaping import move_below
from region.places.models import Alias, Area, Place, Site
from region.places.plan import PlannedRow
from region.spine.errors import Broken
from region.spine.work import Work

OF_AREA = ("level", "population", "population_year", "households")
OF_SITE = ("type", "crs_source", "phone", "duty_phone", "capacity", "catchment")
OF_PLACE = ("name_zh", "name_en", "lon", "lat")
SOME = 500  # databases limit how many values a statement may carry


def write_areas(w: Work, rows: Sequence[PlannedRow]) -> None:
    """Write new and changed areas; parents of the same file come before their children."""
    waiting = list(rows)
    ids: dict[str, int] = {row.code: row.place for row in rows if row.place is not None}
    while waiting:
        ready = [row for row in waiting if row.parent_code is None or row.parent_code in ids]
        if not ready:
            raise Broken("plan-out-of-order")
        waiting = [row for row in waiting if row.parent_code is not None and row.parent_code not in ids]
        for row in ready:
            if row.parent_code is not None:
                row.parent = ids[row.parent_code]
        made = _make(w, [row for row in ready if row.action == "new"], "area")
        ids |= {row.code: place.id for row, place in made}
        w.session.add_all(_put_area(place, Area(place_id=place.id), row) for row, place in made)
        for row, place in _found(w, [row for row in ready if row.action == "changed"]):
            area = w.get(Area, place.id)
            _put_area(place, area, row)
            _change(w, place, row)
        w.session.flush()


def write_sites(w: Work, rows: Sequence[PlannedRow]) -> None:
    """Write new and changed sites."""
    made = _make(w, [row for row in rows if row.action == "new"], "site")
    w.session.add_all(
        _put_site(Site(place_id=place.id, crs_source="WGS84", catchment=[]), row) for row, place in made
    )
    for row, place in _found(w, [row for row in rows if row.action == "changed"]):
        _put_site(w.get(Site, place.id), row)
        _change(w, place, row)
    w.session.flush()


def _make(w: Work, rows: Sequence[PlannedRow], kind: str) -> list[tuple[PlannedRow, Place]]:
    """New places in bulk; a path needs the id, so it is written in a second round."""
    paths = _paths(w, {row.parent for row in rows if row.parent is not None})
    made = [
        (row, Place(parent_id=row.parent, path=f"+{kind}{row.number}", kind=kind, code=row.code))
        for row in rows
    ]
    for row, place in made:
        place.facts = {}
        _put_place(place, row)
    w.session.add_all(place for _, place in made)
    w.session.flush()
    for row, place in made:
        above = "" if row.parent is None else paths[row.parent]
        place.path = f"{above}{place.id}/"
    w.session.flush()
    w.session.add_all(alias for row, place in made for alias in _aliases(place.id, row, set()))
    return made


def _paths(w: Work, ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    wanted = sorted(ids)
    for at in range(0, len(wanted), SOME):
        rows = w.session.execute(select(Place.id, Place.path).where(Place.id.in_(wanted[at : at + SOME])))
        found |= {row.id: row.path for row in rows}
    return found


def _found(w: Work, rows: Sequence[PlannedRow]) -> list[tuple[PlannedRow, Place]]:
    """The places of rows that change; a place that vanished meanwhile is Missing."""
    for at in range(0, len(rows), SOME):
        some = [row.place for row in rows[at : at + SOME]]
        w.session.scalars(select(Place).where(Place.id.in_(some))).all()
    return [(row, w.get(Place, row.place)) for row in rows]


def _change(w: Work, place: Place, row: PlannedRow) -> None:
    _put_place(place, row)
    if row.parent is not None and row.parent != place.parent_id:
        move_below(w, place, w.get(Place, row.parent))
    if "aliases" in row.changed:
        known = set(w.session.scalars(select(Alias).where(Alias.place_id == place.id)))
        w.session.add_all(_aliases(place.id, row, known))


def _put_place(place: Place, row: PlannedRow) -> None:
    for name in OF_PLACE:
        if name in row.values:
            setattr(place, name, row.values[name])
    if "valid_from" in row.values:
        day = row.values["valid_from"]
        place.valid_from = None if day is None else date.fromisoformat(day)
    if "lang" in row.values and place.facts.get("lang") != row.values["lang"]:
        others = {name: value for name, value in place.facts.items() if name != "lang"}
        place.facts = others | ({"lang": row.values["lang"]} if row.values["lang"] else {})


def _put_area(place: Place, area: Area, row: PlannedRow) -> Area:
    for name in OF_AREA:
        if name in row.values:
            setattr(area, name, row.values[name])
    if row.action == "new" or "geometry" in row.changed:
        shape: BaseGeometry = shapely.from_wkb(base64.b64decode(row.values["wkb"]))
        area.geometry = shape
        area.west, area.south, area.east, area.north = shape.bounds
        inside = shape.representative_point()
        place.lon, place.lat = round(inside.x, 7), round(inside.y, 7)
    return area


def _put_site(site: Site, row: PlannedRow) -> Site:
    values: dict[str, Any] = row.values
    for name in OF_SITE:
        if name in values:
            setattr(site, name, values[name])
    return site


def _aliases(place_id: int, row: PlannedRow, known: set[Alias]) -> list[Alias]:
    """Codes of other systems that the place does not carry yet; older ones stay, so that old files still match."""
    have = {(alias.system, alias.code) for alias in known}
    wanted = row.values.get("aliases", {})
    pairs = [(system, code) for system, code in wanted.items() if (system, code) not in have]
    return [Alias(place_id=place_id, system=system, code=code) for system, code in pairs]
