"""The life of a tube by its code: taken, boxed, carried, received, tested, recalled; who is in it is only counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from region.places.models import Place
from region.sampling.models import (
    Box,
    Handover,
    Recall,
    Round,
    RoundSite,
    Tube,
    TubeMember,
    TubeResult,
    WorkItem,
)
from region.sampling.queries import boxes
from region.spine.journal import Entry
from region.spine.work import Work

PURPOSES = ("tell_result", "sample_again", "wrong_label", "trace_contact")
"""For what a person may look who is in a tube; the journal keeps it."""
ONCE = 100


@dataclass(frozen=True)
class Step:
    """One thing that happened to a tube: when, what (a code), who did it, where, and the facts of it."""

    at: datetime
    what: str
    by: str = ""
    place: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Life:
    """A tube with its box, round and site, what happened to it (oldest first), and how many people are in it."""

    tube: Tube
    box: Box | None
    round: Round | None
    site: RoundSite | None
    steps: Sequence[Step]
    members: int
    void: int
    """Members that no longer count: moved to another tube, counted by another, or to be sampled alone. 0 for whoever
    may not open who they are: who put somebody in the tube could learn by it that he is kept apart."""
    recalls: Sequence[Recall]
    items: Sequence[WorkItem]
    entries: Sequence[Entry]
    places: dict[int, Place]


def lives(w: Work, code: str) -> list[Life]:
    """All tubes of this code that the actor may know of: two where two phones claim it, the one that stands first."""
    wanted = select(Tube).where(Tube.code == code).order_by(Tube.contested, Tube.id)
    return [life(w, tube) for tube in w.session.scalars(wanted).all()]


def first_of(w: Work, code: str) -> int | None:
    """The tube of this code that the actor may know of; of two that claim it the one that stands."""
    wanted = select(Tube.id).where(Tube.code == code).order_by(Tube.contested, Tube.id)
    return w.session.scalars(wanted.limit(1)).first()


def life(w: Work, tube: Tube) -> Life:
    """One tube's life, of rows that the actor may know of; names of places come from beyond."""
    box = w.session.get(Box, tube.box_id) if tube.box_id else None
    round_ = w.session.get(Round, tube.round_id) if tube.round_id else None
    site = w.session.get(RoundSite, tube.site_id) if tube.site_id else None
    results = w.session.scalars(_of(TubeResult, tube).order_by(TubeResult.told_at, TubeResult.id)).all()
    recalls = w.session.scalars(_of(Recall, tube).order_by(Recall.id)).all()
    steps = [*_own(tube), *_carried(w, box), *_tested(results), *_recalled(recalls)]
    steps.sort(key=lambda step: step.at)
    of_tube = select(TubeMember.void).where(TubeMember.tube_id == tube.id)
    voids = w.session.scalars(of_tube).all() if w.may("people.open", tube.place_id) else ()
    named = boxes.places_named(w, {tube.place_id, tube.lab_id, *(step.place for step in steps)})
    return Life(
        tube,
        box,
        round_,
        site,
        steps,
        tube.members,
        sum(one is not None for one in voids),
        recalls,
        _items(w, tube),
        _entries(w, tube, recalls),
        dict(named),
    )


def _of(kind: Any, tube: Tube) -> Any:
    return select(kind).where(kind.tube_id == tube.id)


def _own(tube: Tube) -> list[Step]:
    found = []
    if tube.sampled_at is not None:
        found.append(Step(tube.sampled_at, "sampled", tube.sampler, tube.place_id))
    if tube.closed_at is not None:
        found.append(Step(tube.closed_at, "closed", tube.sampler, tube.place_id, {"members": tube.members}))
    found.append(Step(tube.kept_at, "kept", "", None, {"skew": tube.skew}))
    if tube.received_at is not None:
        found.append(Step(tube.received_at, "received", "", tube.lab_id))
    if tube.state in ("rejected", "void", "lost"):
        where = tube.lab_id if tube.state == "rejected" else tube.place_id
        found.append(Step(tube.since, tube.state, "", where, {"reason": tube.reject_reason}))
    return found


def _carried(w: Work, box: Box | None) -> list[Step]:
    if box is None:
        return []
    wanted = select(Handover).where(Handover.box_id == box.id).order_by(Handover.id)
    return [
        Step(
            one.at,
            f"{one.step}_{one.side}",
            one.signed_by,
            one.signed_for_id,
            {"box": box.code, "celsius": one.celsius, "tubes": one.tubes},
        )
        for one in w.session.scalars(wanted)
    ]


def _tested(results: Sequence[TubeResult]) -> list[Step]:
    return [
        Step(
            one.reported_at,
            "result",
            "",
            one.lab_id,
            {"result": one.result, "ct_n": one.ct_n, "ct_orf": one.ct_orf, "source": one.source},
        )
        for one in results
    ]


def _recalled(recalls: Sequence[Recall]) -> list[Step]:
    return [
        Step(one.since, "recall", "", one.place_id, {"state": one.state, "id": one.id}) for one in recalls
    ]


def _items(w: Work, tube: Tube) -> Sequence[WorkItem]:
    refs = (f"tube:{tube.id}", tube.code)
    wanted = select(WorkItem).where(WorkItem.ref.in_(refs) | WorkItem.other.in_(refs))
    return w.session.scalars(wanted.order_by(WorkItem.id).limit(ONCE)).all()


def _entries(w: Work, tube: Tube, recalls: Sequence[Recall]) -> Sequence[Entry]:
    """What the journal has of the tube, its box and its recalls, as far as the actor may read of it, oldest first."""
    subjects = [f"tube:{tube.id}", *(f"recall:{one.id}" for one in recalls)]
    subjects += [f"box:{tube.box_id}"] if tube.box_id else []
    wanted = select(Entry).where(Entry.subject.in_(subjects)).order_by(Entry.id).limit(ONCE)
    return w.session.scalars(wanted).all()


def people_in(w: Work, tube: Tube) -> list[int]:
    """Ids of the persons in a tube, for `people.opening` alone: to be shown only for a purpose."""
    wanted = select(TubeMember.person_id).where(TubeMember.tube_id == tube.id)
    return list(w.session.scalars(wanted.order_by(TubeMember.at, TubeMember.person_id)))
