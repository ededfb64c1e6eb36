"""Which area lies in which, when a file does not say: by the share of each child that a parent covers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from region.formats.areas.model import Feature, Parentage


def parent_by_geometry(
    children: Sequence[Feature], parents: Sequence[Feature], *, wanted_share: float = 0.98
) -> list[Parentage]:
    """For each child, in order, the parent with the largest overlap; equal overlaps go to the lower number.

    `share` is that overlap over the child's area (both in degrees: the same distortion cancels). A child
    that no parent touches has None, and one whose share is below `wanted_share` carries a warning.
    """
    if not children:
        return []
    shapes = np.array([child.geometry for child in children], dtype=object)
    if not parents:
        return [Parentage(child.number, None, 0.0, "no_parent") for child in children]
    outlines = np.array([parent.geometry for parent in parents], dtype=object)
    at, over = shapely.STRtree(outlines).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[at], outlines[over]))
    best: dict[int, tuple[float, int]] = {}
    for child, parent, area in zip(at.tolist(), over.tolist(), shared.tolist(), strict=True):
        if area > 0:
            entry = (float(area), -parents[parent].number)
            best[child] = max(best.get(child, entry), entry)
    found: list[Parentage] = []
    for index, child in enumerate(children):
        if index not in best:
            found.append(Parentage(child.number, None, 0.0, "no_parent"))
            continue
        area, parent = best[index]
        share = min(area / child.geometry.area, 1.0)
        note = None if share >= wanted_share else "does_not_nest"
        found.append(Parentage(child.number, -parent, share, note))
    return found
