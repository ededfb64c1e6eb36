"""What a laboratory's bench must know at once: what came today, what is late, what failed, what waits for a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, literal, select

from region.places.models import Place, Site
from region.sampling.models import Box, LabDay, Tube
from region.sampling.states import BOX
from region.spine.work import Work

TYPES = ("laboratory", "hospital", "designated_hospital", "cdc")
MOST = 12


@dataclass(frozen=True)
class Bench:
    """The figures of one laboratory, tubes unless said otherwise; None where nothing is known.

    `coming` and `late` are boxes; `oldest` is when the tube came that waits longest for its result.
    """

    day: date
    received: int
    rejected: int
    waiting: int
    oldest: datetime | None
    coming: int
    coming_tubes: int
    late: int


def bench(w: Work, lab: int) -> Bench:
    """The figures of a laboratory now; its day is a day of the region."""
    day = w.office.clock.day(w.now)
    kept = w.session.scalars(select(LabDay).where(LabDay.place_id == lab, LabDay.day == day)).first()
    # The state is written out, so that the partial index of waiting tubes serves it on both databases.
    waits = Tube.state == literal("received", literal_execute=True)
    waiting = select(func.count(), func.min(Tube.received_at)).where(Tube.lab_id == lab, waits)
    number, oldest = w.session.execute(waiting).one()
    late = func.sum(case((Box.late_at.is_not(None), 1), else_=0))
    sums = select(func.count(), func.coalesce(func.sum(Box.tubes), 0), func.coalesce(late, 0))
    coming = w.session.execute(sums.where(Box.lab_id == lab, Box.state.in_(("sealed", "collected")))).one()
    received, rejected = (kept.received, kept.rejected) if kept else (0, 0)
    return Bench(day, received, rejected, number, oldest, *(int(one) for one in coming))


def laboratories(w: Work) -> Sequence[Place]:
    """Laboratories at whose bench the actor may stand: where boxes or tubes go, or that are laboratories."""
    theirs = select(Box.lab_id).where(Box.lab_id.is_not(None)).distinct()
    known = select(Site.place_id).where(Site.type.in_(TYPES))
    wanted = select(Place).where(Place.kind == "site", Place.id.in_(known) | Place.id.in_(theirs))
    rows = w.session.scalars(wanted.order_by(Place.code, Place.id).limit(200)).all()
    return [one for one in rows if w.may("sampling.receive", one.id)]


def to_unpack(w: Work, lab: int) -> Sequence[Box]:
    """Boxes that stand in the laboratory and are not counted yet, the newest first."""
    wanted = select(Box).where(Box.lab_id == lab, Box.state == "received")
    return w.session.scalars(wanted.order_by(Box.received_at.desc(), Box.id.desc()).limit(MOST)).all()


def under_way(w: Work, lab: int) -> Sequence[Box]:
    """Boxes that are on their way to the laboratory: late ones first, then by the clock."""
    wanted = select(Box).where(Box.lab_id == lab, Box.state.not_in((*BOX.ends, "open", "received")))
    first = case((Box.late_at.is_(None), 1), else_=0)
    return w.session.scalars(wanted.order_by(first, Box.sealed_at, Box.id).limit(MOST)).all()
