"""What results do: tubes are reported, counts of laboratories and of times to result follow, positives are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from region.sampling.actions import silence, worklist
from region.sampling.actions.tallying import INVALID
from region.sampling.events.results import PoolPositive, ResultChanged, SinglePositive
from region.sampling.models import LabDay, Round, Tube, TubeMember, TubeResult, Turnaround
from region.sampling.queries.results import parts
from region.sampling.result_told import SUSPECT, Judged, TubeNow
from region.spine import bulk
from region.spine.work import Work

STEP = timedelta(minutes=6)
"""A tenth of an hour: the grain in which times to result are counted."""
DAY_KEY = ("realm", "place_id", "day")
TIME_KEY = ("round_id", "place_id", "stream", "steps")


@dataclass(frozen=True)
class Turn:
    """What results told in one work did to one tube: the tube before, the first and the last that took effect."""

    tube: TubeNow
    first: Judged
    last: Judged

    @property
    def opened(self) -> bool:
        """Whether the tube had no result before."""
        return self.tube.result is None

    @property
    def swing(self) -> int:
        """By how much the count of positive or grey tubes changes: 1, 0 or -1."""
        return int(self.last.suspect) - int(self.tube.result in SUSPECT)


def take_effect(w: Work, told: Sequence[Judged]) -> list[Turn]:
    """Bring tubes and kept counts to what these results say, each kept under its `id` and judged in order.

    A tube counts on the day and for the laboratory of its first result, and as positive by the one that stands.
    """
    turns: dict[int, Turn] = {}
    first = {one.tube.id: one for one in sorted(told, key=lambda one: -one.id) if one.tube is not None}
    for one in sorted(told, key=lambda one: (one.told.reported_at, one.id)):
        if one.tube is None or one.meaning not in ("new", "changed"):
            continue
        turns[one.tube.id] = Turn(one.tube, first[one.tube.id], one)
    made = list(turns.values())
    _write_tubes(w, [turn for turn in made if turn.opened], state="reported", since=w.now)
    _write_tubes(w, [turn for turn in made if not turn.opened])
    _count_people(w, made)
    counted = _counted(w, made)
    _count_days(w, made, counted)
    _count_times(w, made, counted)
    _tell(w, made)
    return made


def _count_people(w: Work, turns: Sequence[Turn]) -> None:
    """Nobody counts by a tube whose result is invalid. Before the laboratory's day is written, as when a tube is
    rejected: of two works at once none then waits for the other."""
    silent = [turn.tube for turn in turns if turn.last.told.result == INVALID != turn.tube.result]
    heard = [turn.tube for turn in turns if turn.tube.result == INVALID != turn.last.told.result]
    silence.fall_silent(w, silent)
    silence.be_heard(w, heard)


def _write_tubes(w: Work, turns: Sequence[Turn], **more: Any) -> None:
    rows = [
        {
            "id": turn.tube.id,
            "result": turn.last.told.result,
            "result_at": turn.last.told.reported_at,
            "result_id": turn.last.id,
            **more,
        }
        for turn in turns
    ]
    for part in parts(rows):
        bulk.change(w.session, Tube, part, ("id",))
        w.touched.add("sampling")


@dataclass(frozen=True)
class Counted:
    """Where a tube is counted: the laboratory and the moment of its first result."""

    lab: int
    at: datetime


def _counted(w: Work, turns: Sequence[Turn]) -> dict[int, Counted]:
    """Where each tube is counted, by the tube's id."""
    found = {turn.tube.id: Counted(turn.first.lab, turn.first.told.reported_at) for turn in turns}
    with w.beyond_scope("another laboratory may have told the first result"):
        for part in parts(turn.tube.id for turn in turns if not turn.opened):
            firsts = select(func.min(TubeResult.id)).where(TubeResult.tube_id.in_(part))
            firsts = firsts.group_by(TubeResult.tube_id)
            wanted = select(TubeResult.tube_id, TubeResult.lab_id, TubeResult.reported_at)
            for row in w.session.execute(wanted.where(TubeResult.id.in_(firsts))):
                found[row.tube_id] = Counted(row.lab_id, row.reported_at)
    return found


def _count_days(w: Work, turns: Sequence[Turn], counted: dict[int, Counted]) -> None:
    reported: Counter[tuple[Any, ...]] = Counter()
    positive: Counter[tuple[Any, ...]] = Counter()
    for turn in turns:
        where = counted[turn.tube.id]
        key = (w.realm, where.lab, w.office.clock.day(where.at))
        reported[key] += turn.opened
        positive[key] += turn.swing
    rows = [
        {**dict(zip(DAY_KEY, key, strict=True)), "received": 0, "rejected": 0}
        | {"reported": reported[key], "positive": positive[key]}
        for key in sorted(reported)
    ]
    bulk.put(w.session, LabDay, rows, DAY_KEY, reported=bulk.added, positive=bulk.added)


def _count_times(w: Work, turns: Sequence[Turn], counted: dict[int, Counted]) -> None:
    sums: dict[tuple[Any, ...], Counter[str]] = {}
    for turn in turns:
        tube, where = turn.tube, counted[turn.tube.id]
        if tube.round_id is None or tube.taken_at is None:
            continue
        steps = max(0, (where.at - tube.taken_at) // STEP)
        sum_ = sums.setdefault((tube.round_id, where.lab, tube.stream, steps), Counter())
        sum_["tubes"] += turn.opened
        sum_["pools"] += turn.opened and tube.pool
        sum_["positive"] += turn.swing if tube.pool else 0
    rows = [
        dict(zip(TIME_KEY, key, strict=True))
        | {name: sums[key][name] for name in ("tubes", "pools", "positive")}
        for key in sorted(sums)
    ]
    add = bulk.added
    bulk.put(w.session, Turnaround, rows, TIME_KEY, tubes=add, pools=add, positive=add)


def _tell(w: Work, turns: Sequence[Turn]) -> None:
    """Tell of tubes that changed, and of those that have become positive."""
    found = [turn for turn in turns if not turn.opened or turn.last.suspect]
    incidents = _incidents(w, {turn.tube.round_id for turn in found})
    alone = [turn.tube.id for turn in found if turn.tube.members == 1]
    persons = _persons(w, alone)
    for turn in sorted(found, key=lambda turn: turn.tube.id):
        incident = incidents.get(turn.tube.round_id or 0)
        if not turn.opened and turn.tube.result != turn.last.told.result:
            _tell_change(w, turn, incident)
        if turn.last.suspect:
            _tell_positive(w, turn, incident, persons)


def _tell_change(w: Work, turn: Turn, incident: int | None) -> None:
    w.tell(
        ResultChanged(
            tube=turn.tube.id,
            before=turn.tube.result or "-",
            result=turn.last.told.result,
            place=turn.tube.place_id,
            incident=incident,
        )
    )


def _tell_positive(w: Work, turn: Turn, incident: int | None, persons: dict[int, int]) -> None:
    """A pool once it is positive or grey; a single tube once it is positive. What no rule covers goes to a person:
    a single tube that is grey, and a positive tube with nobody in it."""
    tube, result = turn.tube, turn.last.told.result
    about: dict[str, Any] = {
        "tube": tube.id,
        "at": turn.last.told.reported_at,
        "place": tube.place_id,
        "incident": incident,
    }
    if tube.pool:
        if turn.swing > 0:
            w.tell(PoolPositive(result=result, members=tube.members, **about))
    elif tube.id in persons and result == "positive":
        if tube.result != "positive":
            w.tell(SinglePositive(person=persons[tube.id], **about))
    else:
        kind = "single_grey" if tube.id in persons else "empty_positive"
        facts = {"code": tube.code, "result": result}
        worklist.raise_item(
            w, kind, tube.place_id, f"tube:{tube.id}", lab=turn.last.lab, facts=facts, alarm=True
        )


def _incidents(w: Work, rounds: Collection[int | None]) -> dict[int, int]:
    wanted = select(Round.id, Round.incident_id).where(Round.id.in_(rounds), Round.incident_id.is_not(None))
    with w.beyond_scope("the response of a round of the area above"):
        return {row.id: row.incident_id for row in w.session.execute(wanted)}


def _persons(w: Work, tubes: Collection[int]) -> dict[int, int]:
    """Who is in each of these tubes of one person, by the tube; one who was moved out only if there is no other."""
    found: dict[int, int] = {}
    with w.beyond_scope("who is in the tube, wherever it was taken"):
        for part in parts(tubes):
            wanted = select(TubeMember.tube_id, TubeMember.person_id).where(TubeMember.tube_id.in_(part))
            wanted = wanted.order_by(TubeMember.void.is_not(None), TubeMember.person_id)
            for row in w.session.execute(wanted):
                found.setdefault(row.tube_id, row.person_id)
    return found
