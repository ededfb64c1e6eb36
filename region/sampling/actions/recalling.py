"""Following a positive pool: its members are suspected, sampled again alone, and restored or found positive.

A pool makes no case. Every step looks at what the tubes say now, so that one that runs twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from region.sampling.actions import clocks, singling
from region.sampling.events.results import MembersRecalled, MembersRestored, RecallEnded, RecallRaised
from region.sampling.models import Recall, RecallMember, Round, Tube, TubeMember
from region.sampling.own_samples import ALARMING, DUE, POSITIVE, RESTORED, WAITING
from region.sampling.queries.carers import carers
from region.sampling.queries.recalls import OPEN
from region.sampling.states import PACK, RECALL
from region.spine.work import Work

REASON = "pool_suspect"


def ref_of(recall: Recall) -> str:
    """What a person's being sampled alone rests on."""
    return f"recall:{recall.id}"


def raise_recall(w: Work, tube: Tube, at: datetime) -> Recall | None:
    """Recall the members of a pool whose result came `at`; None where that result stands no more.

    The same result recalls once; while a recall of this tube waits it stays the one. They are sampled alone from now
    on, and due within the limit of the pack, counted from the result.
    """
    w.need("sampling.recall", tube.place_id)
    due = at + w.rules.duration(PACK, "recall.resample")
    standing = _standing(w, tube, due)
    if standing is not None or tube.result not in ALARMING:
        return standing
    return _raise(w, tube, min(at, w.now), due)


def raise_again(w: Work, person: int, own: int) -> Recall | None:
    """A person was restored by his tube `own`, which is positive now: the pool that he was in is recalled once more.

    Its clock goes on from the first time, so that what the others' own samples said still holds. None where no ended
    recall rests on this tube.
    """
    wanted = select(Recall).join(RecallMember).where(RecallMember.person_id == person)
    wanted = wanted.where(RecallMember.tube_id == own, RecallMember.state == RESTORED)
    ended = wanted.where(Recall.state.in_(("cleared", "confirmed"))).order_by(Recall.id.desc())
    before = w.session.scalars(ended.limit(1)).one_or_none()
    if before is None:
        return None
    tube = w.get(Tube, before.tube_id)
    w.need("sampling.recall", tube.place_id)
    newest = w.session.scalars(_of_tube(tube)).first()
    if newest is not before or tube.result not in ALARMING:
        return newest
    return _raise(w, tube, before.raised_at, before.due_at)


def _of_tube(tube: Tube) -> Select[Recall]:
    return select(Recall).where(Recall.tube_id == tube.id).order_by(Recall.id.desc())


def _standing(w: Work, tube: Tube, due: datetime) -> Recall | None:
    """The recall that this result of the tube raised already, or the one that waits."""
    rows = w.session.scalars(_of_tube(tube))
    return next((row for row in rows if row.state in OPEN or row.due_at >= due), None)


def restate(w: Work, tube: Tube) -> None:
    """The laboratory says another thing of a pool: negative withdraws its recall, grey or positive is written down."""
    for row in w.session.scalars(_of_tube(tube)).all():
        if row.state not in OPEN or row.result == tube.result:
            continue
        if tube.result == "negative":
            withdraw(w, row)
        elif tube.result in ALARMING:
            w.need("sampling.recall", tube.place_id)
            row.result, row.version = tube.result, row.version + 1
            w.tell(_raised(row))


def _raise(w: Work, tube: Tube, raised: datetime, due: datetime) -> Recall:
    round_ = None if tube.round_id is None else w.get(Round, tube.round_id)
    recall = w.add(
        Recall(
            tube_id=tube.id,
            round_id=tube.round_id,
            incident_id=round_.incident_id if round_ else None,
            place_id=tube.place_id,
            lab_id=tube.lab_id,
            result=tube.result,
            raised_at=raised,
            due_at=due,
            members=0,
            state=RECALL.start,
            since=w.now,
        )
    )
    clocks.start(w, recall)
    enlist(w, recall)
    return recall


def enlist(w: Work, recall: Recall) -> int:
    """Take in the people of the tube who are no members yet, such as a phone that sent the rest later; how many."""
    known = select(RecallMember.person_id).where(RecallMember.recall_id == recall.id)
    wanted = select(TubeMember).where(
        TubeMember.tube_id == recall.tube_id, TubeMember.person_id.not_in(known)
    )
    fresh = w.session.scalars(wanted.where(TubeMember.void.is_distinct_from("moved"))).all()
    if not fresh:
        return 0
    clinics = carers(w, {one.home_id for one in fresh})
    for one in fresh:
        there = clinics.get(one.home_id)
        w.session.add(
            RecallMember(
                recall_id=recall.id,
                person_id=one.person_id,
                place_id=(there.clinic if there else None) or recall.place_id,
                home_id=one.home_id,
                state=DUE,
            )
        )
    recall.members, recall.version = recall.members + len(fresh), recall.version + 1
    w.session.flush()
    w.tell(_raised(recall))
    singling.keep_apart(w, [one.person_id for one in fresh], reason=REASON, ref=ref_of(recall))
    return len(fresh)


def _raised(recall: Recall) -> RecallRaised:
    return RecallRaised(tube=recall.tube_id, members=recall.members, due=recall.due_at, **recall.about)


def untold(w: Work, recall: Recall) -> Sequence[RecallMember]:
    """Members who are due and whose clinics were not ordered yet to sample them."""
    wanted = select(RecallMember).where(RecallMember.recall_id == recall.id, RecallMember.told_at.is_(None))
    return w.session.scalars(wanted.where(RecallMember.state == DUE).order_by(RecallMember.person_id)).all()


def tell(w: Work, recall: Recall, told: Collection[RecallMember], order: str) -> None:
    """The clinics of these members were ordered to sample them, by `order` (``directive:12``)."""
    if not told:
        return
    w.need("sampling.recall", recall.place_id)
    for member in told:
        member.told_at = w.now
    recall.directive, recall.version = order, recall.version + 1
    if recall.state == "raised":
        RECALL.move(w, recall, "recall", place=recall.place_id)
        clocks.start(w, recall, _left(w, recall))
    homes = tuple(sorted({member.home_id for member in told}))
    w.tell(MembersRecalled(recall=recall.id, homes=homes, place=recall.place_id, incident=recall.incident_id))


def _left(w: Work, recall: Recall) -> timedelta | None:
    """How long until they are due; None where that is over, and the state's whole limit is given again."""
    return recall.due_at - w.now if recall.due_at > w.now else None


def confirm(w: Work, recall: Recall) -> None:
    """No member waits any more and one is positive."""
    _end(w, recall, "confirm")


def clear(w: Work, recall: Recall) -> None:
    """No member waits any more and none is positive: the pool was a false alarm."""
    _end(w, recall, "clear")


def withdraw(w: Work, recall: Recall) -> None:
    """The laboratory takes the pool's result back: whoever waits is restored, whoever is positive himself stays so."""
    if recall.state in RECALL.ends:
        return
    w.need("sampling.recall", recall.place_id)
    waiting = [one for one in _members(w, recall) if one.state in WAITING]
    for member in waiting:
        member.state, member.ended_at = RESTORED, w.now
    if waiting:
        free(w, recall, waiting)
    _end(w, recall, "withdraw")


def free(w: Work, recall: Recall, members: Sequence[RecallMember]) -> None:
    """These are suspected no longer because of this pool: what rested on it ends."""
    singling.end_apart(w, ref_of(recall), [one.person_id for one in members])
    w.tell(MembersRestored(members=len(members), **recall.about))


def _members(w: Work, recall: Recall) -> Sequence[RecallMember]:
    wanted = select(RecallMember).where(RecallMember.recall_id == recall.id)
    return w.session.scalars(wanted.order_by(RecallMember.person_id)).all()


def _end(w: Work, recall: Recall, verb: str) -> None:
    RECALL.move(w, recall, verb, place=recall.place_id)
    recall.ended_at, recall.late_at = w.now, None
    states = [one.state for one in _members(w, recall)]
    w.tell(
        RecallEnded(
            verb=verb,
            positive=states.count(POSITIVE),
            restored=states.count(RESTORED),
            **recall.about,
        )
    )
