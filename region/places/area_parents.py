"""Under which place each row of a file of areas belongs: by a column, by geometry, or under the top."""

from __future__ import annotations

from typing import Any

import shapely

from region.formats.areas import Feature, parent_by_geometry
from region.places import reading
from region.places.plan import AreaOptions, PlannedRow, refusal
from region.places.queries.standing import Ground, Standing
from region.spine.errors import Invalid

NESTED = 0.98


def find_parents(
    rows: dict[int, PlannedRow],
    features: dict[int, Feature],
    options: AreaOptions,
    ground: Ground,
    refused: list[dict[str, Any]],
) -> None:
    """Give each row its parent, with a warning where shapes do not nest; refuse a row that finds none.

    A column that names no area that stands, and a shape that no parent touches, fall back to the smallest
    area that holds at least half of the shape, with a warning, then to the place named by `under`.
    """
    under = _under(options, ground)
    if options.parent == "geometry":
        _by_geometry(rows, features, options, ground)
    elif options.parent:
        codes = {row.code for row in rows.values()}
        for row in rows.values():
            _by_column(row, features[row.number], codes, options, ground)
    for row in rows.values():
        if row.parent is None and row.parent_code is None:
            asked = bool(options.parent) and not row.values.pop("top", False)
            _by_default(row, features[row.number], ground, under, asked, refused)
        elif row.parent is not None and not ground.by_id[row.parent].mine:
            refused.append(refusal(row.number, "not_yours", given=ground.by_id[row.parent].code))


def _under(options: AreaOptions, ground: Ground) -> Standing | None:
    if options.under:
        found = ground.area(options.under)
        if found is None:
            raise Invalid("no-such-parent", field="under", given=options.under[:40])
        return found
    roots = ground.roots()
    return roots[0] if len(roots) == 1 else None


def _by_column(
    row: PlannedRow, feature: Feature, codes: set[str], options: AreaOptions, ground: Ground
) -> None:
    code = reading.code_of(feature.properties, options.parent)
    if not code:
        row.values["top"] = bool(options.level_column)  # in a file of several levels, the top has no parent
        return
    stands = ground.area(code, options.parent_level)
    if stands is not None:
        row.parent = stands.id
        row.values["named_parent"] = code
        if stands.geometry is not None:
            share = shapely.intersection(feature.geometry, stands.geometry).area / feature.geometry.area
            if share < NESTED:
                row.warn("outside_parent", parent=code, share=round(share * 100, 1))
    elif code in codes and code != row.code:
        row.parent_code = code
    else:
        row.warn("parent_unknown", parent=code[:40], column=options.parent)


def _by_geometry(
    rows: dict[int, PlannedRow], features: dict[int, Feature], options: AreaOptions, ground: Ground
) -> None:
    if not options.parent_level:
        raise Invalid("parent-level-not-stated", field="parent_level")
    above = ground.at_level(options.parent_level)
    parents = [Feature(area.id, {}, area.geometry) for area in above]  # type: ignore[arg-type]
    for found in parent_by_geometry([features[number] for number in rows], parents, wanted_share=NESTED):
        row = rows[found.child_number]
        row.parent = found.parent_number
        if found.note == "does_not_nest" and found.parent_number is not None:
            parent = ground.by_id[found.parent_number].code
            row.warn("does_not_nest", parent=parent, share=round(found.share * 100, 1))


def _by_default(
    row: PlannedRow,
    feature: Feature,
    ground: Ground,
    under: Standing | None,
    asked: bool,
    refused: list[dict[str, Any]],
) -> None:
    level = str(row.values["level"])
    chosen = ground.holding(feature.geometry, not_level=level) if asked else None
    chosen = chosen or under
    if chosen is not None and (chosen.code, chosen.level) == (row.code, level):
        row.parent = chosen.parent  # the top of the tree itself, loaded again
        return
    if chosen is None:
        if asked or any(root.level != level for root in ground.roots()):
            refused.append(refusal(row.number, "no_parent"))
        return
    if not chosen.mine:
        refused.append(refusal(row.number, "not_yours", given=chosen.code))
        return
    row.parent = chosen.id
    if asked:
        row.warn("parent_by_geometry", parent=chosen.code, level=chosen.level)
    elif chosen.geometry is not None and not chosen.geometry.intersects(feature.geometry):
        row.warn("outside_parent", parent=chosen.code, share=0.0)
