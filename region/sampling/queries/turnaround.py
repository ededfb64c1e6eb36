"""How long results take and how often they are positive: K16, K19 and K21, from kept counts (DOMAIN.md, section 10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil

from sqlalchemy import ColumnElement, distinct, func, select

from region.sampling.models import Recall, RecallMember, Tube, TubeMember, Turnaround
from region.spine.work import Work

HOURS = (6, 12, 24)
"""The limits whose shares K16 shows."""
A_STEP = 10
"""Steps of an hour."""


@dataclass(frozen=True)
class Times:
    """K16: tubes with a result, median and 90th percentile in hours, the part within each of HOURS; else None."""

    tubes: int
    median: float | None
    p90: float | None
    within: Mapping[int, float | None]


@dataclass(frozen=True)
class Share:
    """Some of all; `value` is None where there is nothing to divide by."""

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


def times(tubes_by_step: Mapping[int, int]) -> Times:
    """K16 from tubes by tenths of an hour (rounded down: a step stands for the time from it up to the next).

    The percentile is that of the nearest rank: the smallest step that so many tubes reach. "Within 12 h" counts
    steps below 120: a tube reported after exactly twelve hours is in step 120, and late by less than six minutes.
    """
    steps = sorted((step, number) for step, number in tubes_by_step.items() if number > 0)
    total = sum(number for _step, number in steps)
    if not total:
        return Times(0, None, None, dict.fromkeys(HOURS))
    within = {
        hours: sum(number for step, number in steps if step < hours * A_STEP) / total for hours in HOURS
    }
    return Times(total, _rank(steps, total, 0.5), _rank(steps, total, 0.9), within)


def _rank(steps: list[tuple[int, int]], total: int, part: float) -> float:
    wanted, passed = ceil(part * total), 0
    for step, number in steps:
        passed += number
        if passed >= wanted:
            return step / A_STEP
    raise AssertionError("the last step reaches all")


def times_of(w: Work, rounds: Collection[int], *, lab: int | None = None, stream: str | None = None) -> Times:
    """K16 of rounds, of one laboratory or stream where named."""
    wanted = select(Turnaround.steps, func.sum(Turnaround.tubes)).where(*_of(rounds, lab, stream))
    return times({step: int(number) for step, number in w.session.execute(wanted.group_by(Turnaround.steps))})


def pool_positivity(
    w: Work, rounds: Collection[int], *, stream: str = "round", lab: int | None = None
) -> Share:
    """K19: positive or grey pools of all pools reported."""
    sums = func.coalesce(func.sum(Turnaround.positive), 0), func.coalesce(func.sum(Turnaround.pools), 0)
    positive, pools = w.session.execute(select(*sums).where(*_of(rounds, lab, stream))).one()
    return Share(int(positive), int(pools))


def _of(rounds: Collection[int], lab: int | None, stream: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Turnaround.round_id.in_(rounds)]
    found += [Turnaround.place_id == lab] if lab is not None else []
    return found + ([Turnaround.stream == stream] if stream is not None else [])


def positivity(w: Work, rounds: Collection[int]) -> dict[str, Share]:
    """K21: persons positive of persons tested, by stream; streams are never mixed.

    Tested are the people of tubes with a result that is not invalid; positive are those alone in a positive tube,
    and, for the stream of a pool, its members whose own tube said so.
    """
    reported = Tube.round_id.in_(rounds), Tube.result.is_not(None), Tube.result != "invalid"
    wanted = select(Tube.stream, func.sum(Tube.members)).where(*reported).group_by(Tube.stream)
    tested = {stream: int(number or 0) for stream, number in w.session.execute(wanted)}
    positive = {**dict.fromkeys(tested, 0), **_alone(w, rounds)}
    for stream, number in _from_pools(w, rounds).items():
        positive[stream] = positive.get(stream, 0) + number
    return {stream: Share(number, tested.get(stream, 0)) for stream, number in sorted(positive.items())}


def _alone(w: Work, rounds: Collection[int]) -> dict[str, int]:
    wanted = select(Tube.stream, func.count(distinct(TubeMember.person_id)))
    wanted = wanted.join(TubeMember, TubeMember.tube_id == Tube.id)
    found = wanted.where(Tube.round_id.in_(rounds), Tube.members == 1, Tube.result == "positive")
    rows = w.session.execute(found.where(TubeMember.void.is_(None)).group_by(Tube.stream))
    return {stream: int(number) for stream, number in rows}


def _from_pools(w: Work, rounds: Collection[int]) -> dict[str, int]:
    wanted = select(Tube.stream, func.count(distinct(RecallMember.person_id)))
    wanted = wanted.select_from(RecallMember).join(Recall, Recall.id == RecallMember.recall_id)
    found = wanted.join(Tube, Tube.id == Recall.tube_id).where(Tube.round_id.in_(rounds))
    rows = w.session.execute(found.where(RecallMember.state == "positive").group_by(Tube.stream))
    return {stream: int(number) for stream, number in rows}
