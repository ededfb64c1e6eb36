"""Recalls of positive pools: which wait, who is in them, what their own samples say; K20."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select

from region.people.queries.masked import Masked, masked
from region.places.models import Place
from region.sampling.models import Recall, RecallMember, Round, Tube, TubeMember, TubeResult
from region.sampling.own_samples import DUE, OwnSample
from region.sampling.states import RECALL
from region.spine.journal import Entry
from region.spine.work import Work

OPEN = tuple(state for state in RECALL.states if state not in RECALL.ends)
PAST = timedelta(days=14)
USABLE = ("closed", "received", "reported")
"""States of tubes whose sample is or will be tested; rejected, void and lost ones make their people due again."""


def open_recalls(w: Work) -> Sequence[Recall]:
    """The recalls that wait for something, in the order in which they were raised."""
    return w.session.scalars(select(Recall).where(Recall.state.in_(OPEN)).order_by(Recall.id)).all()


def own_samples(w: Work, persons: Collection[int]) -> dict[int, list[OwnSample]]:
    """The usable tubes of each person in which nobody else is, whatever they were taken for."""
    wanted = select(TubeMember.person_id, TubeMember.at, Tube.id, Tube.result)
    wanted = wanted.join(Tube, Tube.id == TubeMember.tube_id)
    wanted = wanted.where(TubeMember.person_id.in_(persons), TubeMember.void.is_distinct_from("moved"))
    wanted = wanted.where(Tube.members == 1, Tube.state.in_(USABLE))
    found: dict[int, list[OwnSample]] = {}
    for person, at, tube, result in w.session.execute(wanted):
        found.setdefault(person, []).append(OwnSample(tube, at, result))
    return found


@dataclass(frozen=True)
class Counts:
    """How many members of a recall stand where."""

    due: int = 0
    sampled: int = 0
    restored: int = 0
    positive: int = 0

    @property
    def members(self) -> int:
        """All of them."""
        return self.due + self.sampled + self.restored + self.positive


@dataclass(frozen=True)
class Line:
    """One recall as a list shows it: `ours` counts the members whom the reader himself may know of."""

    row: Recall
    all: Counts
    ours: Counts
    round_code: str


def listed(w: Work) -> list[Line]:
    """Recalls that the reader may know of: those that wait by their clock, then those of the last 14 days."""
    wanted = select(Recall).where(Recall.state.in_(OPEN) | (Recall.ended_at >= w.now - PAST))
    rows = w.session.scalars(wanted).all()
    ids = [row.id for row in rows]
    ours = counts(w, ids)
    with w.beyond_scope("numbers of a recall in scope, no persons; the names of rounds"):
        everybody = counts(w, ids)
        codes = select(Round.id, Round.code).where(Round.id.in_([row.round_id for row in rows]))
        names: dict[int | None, str] = {one.id: one.code for one in w.session.execute(codes)}
    lines = [
        Line(row, everybody.get(row.id, Counts()), ours.get(row.id, Counts()), names.get(row.round_id, ""))
        for row in rows
    ]
    return sorted(lines, key=lambda one: (one.row.ended_at is not None, _clock(one.row), one.row.id))


def _clock(row: Recall) -> float:
    return row.due_at.timestamp() if row.ended_at is None else -row.ended_at.timestamp()


def counts(w: Work, recalls: Collection[int]) -> dict[int, Counts]:
    """By recall, how many of the members in scope stand where."""
    wanted = select(RecallMember.recall_id, RecallMember.state, func.count())
    wanted = wanted.where(RecallMember.recall_id.in_(recalls))
    found: dict[int, dict[str, int]] = {}
    for recall, state, number in w.session.execute(
        wanted.group_by(RecallMember.recall_id, RecallMember.state)
    ):
        found.setdefault(recall, {})["due" if state == DUE else state] = number
    return {
        recall: Counts(n.get("due", 0), n.get("resampled", 0), n.get("restored", 0), n.get("positive", 0))
        for recall, n in found.items()
    }


@dataclass(frozen=True)
class MemberLine:
    """One member as a screen may show him: masked, with what his own tube said last (None: nothing yet)."""

    row: RecallMember
    masked: Masked | None
    result: str | None


def members(w: Work, recall: int) -> list[MemberLine]:
    """The members whom the reader may know of: those due first, then by home."""
    wanted = select(RecallMember).where(RecallMember.recall_id == recall)
    rows = w.session.scalars(wanted.order_by(RecallMember.home_id, RecallMember.person_id)).all()
    ids = [row.person_id for row in rows]
    with w.beyond_scope("whom the reader must find, masked, wherever they live and were sampled"):
        shown = masked(w, ids)
        samples = own_samples(w, ids)
    found = [MemberLine(row, shown.get(row.person_id), _last(samples.get(row.person_id, []))) for row in rows]
    return sorted(found, key=lambda one: one.row.state != DUE)


def _last(samples: list[OwnSample]) -> str | None:
    told = [one for one in samples if one.result is not None]
    return max(told, key=lambda one: one.at).result if told else None


@dataclass(frozen=True)
class PoolFacts:
    """The pool of a recall: its tube's code, its times, and what the laboratory measured (cycles; None unknown)."""

    code: str
    sampled_at: datetime | None
    received_at: datetime | None
    result_at: datetime | None
    ct_n: float | None
    ct_orf: float | None
    round_code: str


def pool(w: Work, recall: Recall) -> PoolFacts:
    """What is known of the tube that a recall rests on."""
    with w.beyond_scope("the tube that a recall in scope rests on"):
        tube = w.get(Tube, recall.tube_id)
        told = None if tube.result_id is None else w.session.get(TubeResult, tube.result_id)
        round_ = None if tube.round_id is None else w.session.get(Round, tube.round_id)
        return PoolFacts(
            tube.code,
            tube.sampled_at,
            tube.received_at,
            tube.result_at,
            told.ct_n if told else None,
            told.ct_orf if told else None,
            round_.code if round_ else "",
        )


def history(w: Work, recall: int) -> Sequence[Entry]:
    """What the journal has of a recall that the reader may know of, oldest first."""
    with w.beyond_scope("all who follow a recall may read what was done in it"):
        wanted = select(Entry).where(Entry.subject == f"recall:{recall}", Entry.event.startswith("sampling."))
        return w.session.scalars(wanted.order_by(Entry.id)).all()


def places_named(w: Work, ids: Collection[int | None]) -> dict[int, Place]:
    """Places by id: whoever follows a recall may know the names of those that take part."""
    with w.beyond_scope("names of the places that a recall in scope belongs to"):
        return {one.id: one for one in w.session.scalars(select(Place).where(Place.id.in_(ids)))}


@dataclass(frozen=True)
class FollowUp:
    """K20: members of positive pools, those sampled again in time, those sampled again at all."""

    members: int
    in_time: int
    done: int

    @property
    def share(self) -> float | None:
        """In time ÷ members; None without any."""
        return self.in_time / self.members if self.members else None


def follow_up(
    w: Work, *, round: int | None = None, since: datetime | None = None, until: datetime | None = None
) -> FollowUp:
    """K20 of the recalls in scope, of one round or of those raised in [since, until).

    A pool that was recalled twice counts by its newest recall; one that the laboratory took back does not count.
    """
    newest = select(func.max(Recall.id)).where(Recall.state != "withdrawn").group_by(Recall.tube_id)
    taken = RecallMember.resampled_at
    in_time = func.sum(case((taken <= Recall.due_at, 1), else_=0))
    wanted = select(func.count(), in_time, func.count(taken)).select_from(RecallMember)
    wanted = wanted.join(Recall, Recall.id == RecallMember.recall_id).where(Recall.id.in_(newest))
    if round is not None:
        wanted = wanted.where(Recall.round_id == round)
    if since is not None:
        wanted = wanted.where(Recall.raised_at >= since)
    if until is not None:
        wanted = wanted.where(Recall.raised_at < until)
    everybody, soon, done = w.session.execute(wanted).one()
    return FollowUp(everybody, int(soon or 0), done)
