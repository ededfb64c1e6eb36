"""The indicators of one round, K14 to K21, each with its parts and its target (DOMAIN.md, section 10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from region.sampling.models import LabDay, Round, RoundArea, RoundLab
from region.sampling.queries import turnaround
from region.sampling.queries.recalls import follow_up
from region.sampling.queries.transport import transport
from region.sampling.states import PACK
from region.spine.work import Work

STREAM = "round"
"""The stream that the figures of a round are of; streams are never mixed."""


@dataclass(frozen=True)
class Indicator:
    """One figure: `part` of `whole`, and its target (0 to 1; None without one). K15 is `part` itself.

    `facts` are what stands beside it: hours of K16, the number done of K20, other streams of K21.
    """

    code: str
    part: int
    whole: int
    target: float | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def value(self) -> float | None:
        """Part ÷ whole; None (a dash) where there is nothing to divide by."""
        return self.part / self.whole if self.whole else None


def of_round(w: Work, round_: Round) -> dict[str, Indicator]:
    """K14 to K21 of a round by code, from kept counts, of what the reader may see."""
    found = (
        *_coverage(w, round_),
        _times(w, round_),
        _transport(w, round_),
        load(w, round_),
        _pools(w, round_),
        _follow_up(w, round_),
        _positivity(w, round_),
    )
    return {one.code: one for one in found}


def _target(w: Work, name: str) -> float:
    return float(w.rules.value(PACK, name))


def _coverage(w: Work, round_: Round) -> tuple[Indicator, Indicator]:
    """K14: persons sampled of persons due; K15: those due and not sampled, whom the round's list names by grid."""
    sums = select(func.sum(RoundArea.due), func.sum(RoundArea.sampled))
    due, sampled = w.session.execute(sums.where(RoundArea.round_id == round_.id)).one()
    due, sampled = int(due or 0), int(sampled or 0)
    return (
        Indicator("K14", sampled, due, _target(w, "coverage.target")),
        Indicator("K15", max(0, due - sampled), due),
    )


def _times(w: Work, round_: Round) -> Indicator:
    """K16: tubes with a result within the hours of the pack, of all with a result."""
    found = turnaround.times_of(w, [round_.id], stream=STREAM)
    hours = int(w.rules.value(PACK, "tat.target_hours"))
    soon = round((found.within[hours] or 0.0) * found.tubes)
    facts = {"median": found.median, "p90": found.p90, "hours": hours, "within": found.within}
    return Indicator("K16", soon, found.tubes, _target(w, "tat.target_share"), facts)


def _transport(w: Work, round_: Round) -> Indicator:
    """K17: boxes received within the limit after sealing, of all received."""
    found = transport(w, round=round_.id)
    return Indicator("K17", found.in_time, found.received, found.target, {"median": found.median})


def load(w: Work, round_: Round) -> Indicator:
    """K18: tubes that the round's laboratories received on its fullest day, of whatever round, against what they
    declared for it."""
    wanted = select(RoundLab.place_id, RoundLab.tubes_a_day).where(RoundLab.round_id == round_.id)
    with w.beyond_scope("the laboratories of a round, those lent by other places included"):
        labs = {row.place_id: row.tubes_a_day for row in w.session.execute(wanted)}
        day = w.office.clock.day
        # A round that ends at midnight ends on the day before.
        first, last = day(round_.starts_at), day(round_.due_at - timedelta(seconds=1))
        received = select(LabDay.day, func.sum(LabDay.received)).where(LabDay.place_id.in_(sorted(labs)))
        received = received.where(LabDay.day.between(first, last)).group_by(LabDay.day)
        most = max(
            ((int(number), one) for one, number in w.session.execute(received)), default=(0, first), key=_full
        )
    facts = {"day": most[1]}
    return Indicator("K18", most[0], sum(labs.values()), _target(w, "load.amber"), facts)


def _full(one: tuple[int, Any]) -> int:
    return one[0]


def _pools(w: Work, round_: Round) -> Indicator:
    """K19: positive or grey pools of all pools reported."""
    found = turnaround.pool_positivity(w, [round_.id], stream=STREAM)
    return Indicator("K19", found.part, found.whole)


def _follow_up(w: Work, round_: Round) -> Indicator:
    """K20: members of positive pools sampled again in time, of all."""
    found = follow_up(w, round=round_.id)
    return Indicator(
        "K20", found.in_time, found.members, _target(w, "recall.target_share"), {"done": found.done}
    )


def _positivity(w: Work, round_: Round) -> Indicator:
    """K21: persons positive of persons tested in the round's own stream; the others stand beside it, unmixed."""
    found = turnaround.positivity(w, [round_.id])
    own = found.pop(STREAM, turnaround.Share(0, 0))
    return Indicator("K21", own.part, own.whole, None, {"streams": found})
