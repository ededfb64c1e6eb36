"""Tests of key people are noted wherever they were taken: the next one is counted from there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update

from region.care.events import TestsNoted
from region.care.models import Membership
from region.care.queries.due import active
from region.spine import bulk
from region.spine.work import Work


def note(w: Work, people: Sequence[int], at: datetime) -> None:
    """These people were sampled at a moment; an older one than is known changes nothing."""
    w.need("care.do")
    older = or_(Membership.tested_at.is_(None), Membership.tested_at < at)
    with w.beyond_scope("a test counts for all groups of a person, whoever lists him"):
        those = update(Membership).where(bulk.among(w.session, Membership.person_id, people), older)
        changed = w.session.execute(
            those.where(active(w.office.clock.day(w.now)))
            .values(tested_at=at)
            .returning(Membership.person_id)
        )
        number = len(set(changed.scalars()))
    if number:
        w.tell(TestsNoted(people=number), happened_at=min(at, w.now))


def take_over(w: Work, sampled: Mapping[int, datetime]) -> None:
    """Tests that another area knows of, by person; those of one moment are noted together."""
    wanted = select(Membership.person_id, func.max(Membership.tested_at)).where(
        bulk.among(w.session, Membership.person_id, list(sampled))
    )
    known = dict(w.session.execute(wanted.group_by(Membership.person_id)).all())
    moments: dict[datetime, list[int]] = defaultdict(list)
    for person, at in sampled.items():
        before = known.get(person)
        if before is None or before < at:
            moments[at].append(person)
    for at, people in sorted(moments.items()):
        note(w, people, at)
