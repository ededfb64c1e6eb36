"""People under observation are sampled alone: quarantine asks sampling what stands of their tubes."""

from __future__ import annotations

from sqlalchemy import case, or_, select

from region.quarantine.questions import OwnTube, OwnTubes
from region.sampling.actions.tallying import GONE
from region.sampling.models import Tube, TubeMember
from region.spine.flow import answers
from region.spine.work import Work


@answers(OwnTubes)
def own_tubes(w: Work, question: OwnTubes) -> list[OwnTube]:
    """Tubes outside rounds with one person in them, of which something became known since a moment."""
    said = case((Tube.state.in_(GONE), "lost"), else_=Tube.result).label("said")
    wanted = select(Tube.id, TubeMember.person_id, TubeMember.at, said, Tube.result_at)
    wanted = wanted.join(TubeMember, TubeMember.tube_id == Tube.id)
    lately = or_(Tube.since >= question.since, Tube.result_at >= question.since)
    wanted = wanted.where(Tube.stream != "round", lately, Tube.members == 1)
    rows = w.session.execute(wanted.where(or_(TubeMember.void.is_(None), TubeMember.void == "invalid")))
    return [OwnTube(row.id, row.person_id, row.at, row.said, row.result_at) for row in rows]
