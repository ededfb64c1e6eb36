"""Which lots are recalled where: a recall holds below the place that ordered it, whoever asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from region.places.models import Place
from region.resources.models import LotRecall
from region.spine.scope import path_of
from region.spine.work import Work

Pair = tuple[int, int]
"""A lot and a place."""


def recalled(w: Work, pairs: Collection[Pair]) -> set[Pair]:
    """Those of these pairs of a lot and a place where the lot is recalled there, or by an area above."""
    with w.beyond_scope("a recall by an area above holds here too"):
        rows = w.session.execute(select(LotRecall.lot_id, LotRecall.place_id)).all()
    by_lot: dict[int, set[int]] = {}
    for lot, place in rows:
        by_lot.setdefault(lot, set()).add(place)
    concerned = {(lot, place) for lot, place in pairs if lot in by_lot}
    above = {place: _above(w, place) for place in {place for _lot, place in concerned}}
    return {(lot, place) for lot, place in concerned if by_lot[lot] & above[place]}


def _above(w: Work, place: int) -> set[int]:
    return {int(step) for step in (path_of(w.session, place) or "").strip("/").split("/") if step}


def recalls_of(w: Work, lot_id: int) -> Sequence[tuple[LotRecall, Place]]:
    """The recalls of a lot that hold for any place of the reader, oldest first, each with the place that ordered it."""
    mine = [int(step) for path in w.actor.paths for step in path.strip("/").split("/") if step]
    with w.beyond_scope("a recall by an area above holds here too"):
        wanted = select(LotRecall, Place).join(Place, Place.id == LotRecall.place_id)
        rows = w.session.execute(wanted.where(LotRecall.lot_id == lot_id).order_by(LotRecall.id)).all()
    below = w.actor.paths
    return [
        (recall, place)
        for recall, place in rows
        if place.id in mine or any(place.path.startswith(path) for path in below)
    ]
