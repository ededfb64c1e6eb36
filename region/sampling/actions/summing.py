"""Keeping a large round's sums by area on a clock, so that a city's board adds up nothing when it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, func, select

from region.places.models import Place
from region.sampling.models import Round, RoundArea, RoundSum
from region.sampling.queries.sums import AT_ONCE, add_up
from region.spine import bulk
from region.spine.work import Work

KEY = ("round_id", "place_id")
LIVE = ("running", "closing")


def large_rounds(w: Work) -> Sequence[int]:
    """The rounds under way that have more areas than are added up when somebody looks."""
    wanted = select(Round.id).join(RoundArea, RoundArea.round_id == Round.id).where(Round.state.in_(LIVE))
    wanted = wanted.group_by(Round.id).having(func.count() > AT_ONCE)
    return w.session.scalars(wanted.order_by(Round.id)).all()


def sum_round(w: Work, round_id: int) -> int:
    """Add up one round by area anew, and drop areas that are not in it any more; how many areas it has."""
    w.need("system.operate")
    top = w.get(Place, w.get(Round, round_id).place_id)
    found = add_up(w, round_id, top, above_grids=True)
    rows = [
        {**asdict(one), "round_id": round_id, "place_id": place, "summed_at": w.now}
        for place, one in sorted(found.items())
    ]
    gone = delete(RoundSum).where(RoundSum.round_id == round_id, RoundSum.place_id.not_in(sorted(found)))
    w.session.execute(gone, execution_options={"synchronize_session": False})
    bulk.put(w.session, RoundSum, rows, KEY)
    return len(rows)
