"""A tube whose result is invalid says nothing of its people: they are due again, and the round's list says why.

Its people do not count by it, like those of a rejected one; whoever is on the list stands there as not sampled, with
the reason `invalid`, until he has another tube or the laboratory tells a result that says something.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update

from region.sampling.actions import explaining, tallying
from region.sampling.actions.tallying import INVALID
from region.sampling.models import RoundDue, TubeMember
from region.sampling.queries.results import parts
from region.sampling.result_told import TubeNow
from region.sampling.schemas import SentReason
from region.spine import bulk
from region.spine.work import Work

AT_ONCE = 1000
"""Tubes whose people are named in one statement: each has up to twenty."""


def fall_silent(w: Work, tubes: Sequence[TubeNow]) -> None:
    """These tubes were just told invalid: their people are due a new tube. An event of sampling is told in the work."""
    for some in parts(sorted(tubes, key=lambda tube: tube.id), AT_ONCE):
        tallying.uncount(w, [tube.id for tube in some], INVALID)
        _explain(w, some)


def _explain(w: Work, tubes: Sequence[TubeNow]) -> None:
    """Whoever is on the list of the round and has no other tube stands there with the reason."""
    for round_id, ids in _by_round(tubes).items():
        in_them = select(TubeMember.person_id).where(_of(w, ids), TubeMember.void == INVALID).distinct()
        with w.beyond_scope("who was in the tubes, wherever they were taken"):
            persons = w.session.scalars(in_them).all()
        explaining.explain(w, round_id, [SentReason(person=one, reason=INVALID) for one in persons])


def be_heard(w: Work, tubes: Sequence[TubeNow]) -> None:
    """These tubes, told invalid before, say something after all: their people count again, and the reason goes."""
    by_round = [one for some in parts(tubes, AT_ONCE) for one in _by_round(some).items()]
    for round_id, ids in by_round:
        tallying.count_again(w, round_id, ids)
        in_them = select(TubeMember.person_id).where(_of(w, ids))
        mine = (RoundDue.round_id == round_id, RoundDue.reason == INVALID, RoundDue.sampled_at.is_not(None))
        cleared = update(RoundDue).where(*mine, RoundDue.person_id.in_(in_them)).values(reason=None)
        with w.beyond_scope("the list of the round, which belongs to the area above"):
            w.session.execute(cleared, execution_options={"synchronize_session": False})


def _by_round(tubes: Sequence[TubeNow]) -> dict[int, list[int]]:
    """The tubes' numbers by their round; outside of one nobody counts, and there is no list."""
    rounds = sorted({tube.round_id for tube in tubes if tube.round_id is not None})
    return {one: sorted(tube.id for tube in tubes if tube.round_id == one) for one in rounds}


def _of(w: Work, tubes: Sequence[int]) -> ColumnElement[bool]:
    return bulk.among(w.session, TubeMember.tube_id, tubes)
