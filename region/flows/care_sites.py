"""Care meets sampling: who looks after people where they live, and when they were last sampled, is known once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select

from region.care.questions import LastSampled, ServingSites
from region.sampling.models import TubeMember
from region.sampling.queries.carers import carers
from region.spine import bulk
from region.spine.flow import answers
from region.spine.work import Work


@answers(ServingSites)
def serving_sites(w: Work, q: ServingSites) -> Mapping[int, int]:
    """The clinic of each home, else its office."""
    with w.beyond_scope("which site serves a home is no secret to those who look after it"):
        found = carers(w, q.homes)
    sites = {home: one.clinic or one.office for home, one in found.items()}
    return {home: site for home, site in sites.items() if site is not None}


@answers(LastSampled)
def last_sampled(w: Work, q: LastSampled) -> Mapping[int, datetime]:
    """The newest tube of each person that was not declared void."""
    wanted = select(TubeMember.person_id, func.max(TubeMember.at)).where(TubeMember.void.is_(None))
    wanted = wanted.where(bulk.among(w.session, TubeMember.person_id, q.people))
    with w.beyond_scope("a test counts wherever it was taken"):
        found: dict[int, datetime] = dict(w.session.execute(wanted.group_by(TubeMember.person_id)).all())
    return found
