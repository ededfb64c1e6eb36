"""K17, how long boxes are on their way: from sealing at the site to receipt in the laboratory, and how many in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import select

from region.sampling.models import Box
from region.sampling.states import PACK
from region.spine.work import Work


@dataclass(frozen=True)
class Transport:
    """Boxes received, those of them in time, and the part (0 to 1) that is the target; `median` of all, in hours."""

    received: int
    in_time: int
    target: float
    limit: timedelta
    median: float | None

    @property
    def share(self) -> float | None:
        """The part in time, 0 to 1; None where no box came."""
        return self.in_time / self.received if self.received else None


def transport(
    w: Work, *, round: int | None = None, lab: int | None = None, day: date | None = None
) -> Transport:
    """K17 (DOMAIN.md section 10): laboratory receipt minus box sealed, share of at most `box.carry`.

    Of one round, of one laboratory, of the boxes received on one day of the region, or of any of them together.
    A clock that is wrong enough to receive before it sealed counts as in time.
    """
    limit = w.rules.duration(PACK, "box.carry")
    lengths = _lengths(w, round, lab, day)
    in_time = sum(one <= limit for one in lengths)
    middle = median(one.total_seconds() / 3600 for one in lengths) if lengths else None
    target = float(w.rules.value(PACK, "transport.target_share"))
    return Transport(len(lengths), in_time, target, limit, middle)


def _lengths(w: Work, round: int | None, lab: int | None, day: date | None) -> Sequence[timedelta]:
    wanted = select(Box.sealed_at, Box.received_at).where(
        Box.sealed_at.is_not(None), Box.received_at.is_not(None)
    )
    if round is not None:
        wanted = wanted.where(Box.round_id == round)
    if lab is not None:
        wanted = wanted.where(Box.lab_id == lab)
    if day is not None:
        start, end = (_midnight(w, one) for one in (day, day + timedelta(days=1)))
        wanted = wanted.where(Box.received_at >= start, Box.received_at < end)
    return [row.received_at - row.sealed_at for row in w.session.execute(wanted)]


def _midnight(w: Work, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=w.office.clock.zone)
