"""Bringing recalls to what their members' own tubes say: sampled again, restored, positive, or due once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from region.sampling.actions import clocks, recalling, singling
from region.sampling.events.results import MembersPositive, MembersResampled
from region.sampling.models import Recall, RecallMember, Tube
from region.sampling.own_samples import DUE, POSITIVE, RESTORED, SAMPLED, WAITING, OwnSample, standing
from region.sampling.queries.recalls import open_recalls, own_samples
from region.sampling.states import RECALL
from region.spine.work import Work

Members = Mapping[int, Sequence[RecallMember]]


def follow(w: Work) -> int:
    """Look at every recall that waits; how many changed. What is as it was tells nothing.

    A member is restored in the work that first sees his negative sample, taken after all his open recalls were raised.
    """
    recalls = open_recalls(w)
    if not recalls:
        return 0
    w.need("sampling.recall")
    joined = sum(recalling.enlist(w, recall) for recall in recalls)
    members = _members(w, recalls)
    persons = {one.person_id for group in members.values() for one in group}
    samples, newest = own_samples(w, persons), _newest(recalls, members)
    changed = [_follow(w, recall, members.get(recall.id, ()), samples, newest) for recall in recalls]
    return joined + sum(changed)


def _members(w: Work, recalls: Sequence[Recall]) -> Members:
    wanted = select(RecallMember).where(RecallMember.recall_id.in_([one.id for one in recalls]))
    found: dict[int, list[RecallMember]] = {}
    for member in w.session.scalars(wanted.order_by(RecallMember.person_id)):
        found.setdefault(member.recall_id, []).append(member)
    return found


def _newest(recalls: Sequence[Recall], members: Members) -> Mapping[int, datetime]:
    """For each person when the newest of his open recalls was raised: one sample must answer them all."""
    found: dict[int, datetime] = {}
    for recall in recalls:
        for one in members.get(recall.id, ()):
            found[one.person_id] = max(found.get(one.person_id, recall.raised_at), recall.raised_at)
    return found


def _follow(
    w: Work,
    recall: Recall,
    members: Sequence[RecallMember],
    samples: Mapping[int, Sequence[OwnSample]],
    newest: Mapping[int, datetime],
) -> bool:
    pooled = w.get(Tube, recall.tube_id).sampled_at or recall.raised_at
    moved: dict[str, list[RecallMember]] = {}
    touched = False
    for member in members:
        before = member.state
        # Whoever was restored stays so: a newer pool suspects him in its own recall.
        since = recall.raised_at if before == RESTORED else newest[member.person_id]
        touched |= _put(w, member, samples.get(member.person_id, ()), pooled, recall.raised_at, since)
        if member.state != before:
            moved.setdefault(member.state, []).append(member)
    if touched:
        recall.version += 1
        _tell(w, recall, members, moved)
    return _move(w, recall, members) or touched


def _put(
    w: Work,
    member: RecallMember,
    samples: Sequence[OwnSample],
    pooled: datetime,
    raised: datetime,
    since: datetime,
) -> bool:
    """Write where a member stands; whether anything of it is new."""
    now = standing(samples, pooled=pooled, raised=raised, since=since)
    if now.state == member.state == RESTORED:
        return False
    if (now.state, now.tube, now.sampled_at) == (member.state, member.tube_id, member.resampled_at):
        return False
    if now.state != member.state:
        member.ended_at = None if now.state in WAITING else w.now
    member.state, member.tube_id, member.resampled_at = now.state, now.tube, now.sampled_at
    return True


def _tell(
    w: Work, recall: Recall, members: Sequence[RecallMember], moved: Mapping[str, Sequence[RecallMember]]
) -> None:
    """One event for each way in which members moved; who is restored is no longer sampled alone because of it."""
    left = sum(one.state == DUE for one in members)
    if RESTORED in moved:
        recalling.free(w, recall, moved[RESTORED])
    if POSITIVE in moved:
        w.tell(MembersPositive(members=len(moved[POSITIVE]), **recall.about))
    if moved.keys() <= {RESTORED, POSITIVE} and moved:
        return
    again = [one.person_id for state in (DUE, SAMPLED) for one in moved.get(state, ())]
    if again:  # also one who had been restored by a result that the laboratory took back
        singling.keep_apart(w, again, reason=recalling.REASON, ref=recalling.ref_of(recall))
    w.tell(
        MembersResampled(members=sum(one.tube_id is not None for one in members), left=left, **recall.about)
    )


def _move(w: Work, recall: Recall, members: Sequence[RecallMember]) -> bool:
    """End the recall when nobody waits; else it waits for samples or for results."""
    states = {one.state for one in members}
    if not states & set(WAITING):
        (recalling.confirm if POSITIVE in states else recalling.clear)(w, recall)
        return True
    if recall.state == "raised":
        if DUE in states:
            return False
        RECALL.move(w, recall, "recall", place=recall.place_id)  # all were sampled before anybody was told
    verb = "recall" if DUE in states else "wait"
    source = {"recall": "resampled", "wait": "recalled"}[verb]
    if recall.state != source:
        return False
    RECALL.move(w, recall, verb, place=recall.place_id)
    clocks.start(w, recall)
    return True
