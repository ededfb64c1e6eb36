"""Sampling meets supplies: what laboratories declare as their capacity is what a round is planned against."""

from __future__ import annotations

from sqlalchemy import select

from region.places.models import Place
from region.resources.models import Capacity
from region.sampling.questions import Declared, LabCapacity
from region.spine.flow import answers
from region.spine.scope import below
from region.spine.work import Work

KIND = "lab.tubes_per_day"


@answers(LabCapacity)
def lab_capacity(w: Work, q: LabCapacity) -> dict[int, Declared]:
    """What each laboratory at or below the area declared as ready, else in total."""
    area = w.get(Place, q.area)
    wanted = select(Capacity.place_id, Capacity.ready, Capacity.ready_at, Capacity.total, Capacity.total_at)
    wanted = wanted.join(Place, Place.id == Capacity.place_id).where(below(Place.path, area.path))
    rows = w.session.execute(wanted.where(Capacity.kind == KIND))
    return {
        row.place_id: Declared(row.total or 0, row.total_at)
        if row.ready is None
        else Declared(row.ready, row.ready_at)
        for row in rows
    }
