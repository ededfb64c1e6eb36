"""Appeals as screens show them: those that wait for an answer, and all of one stay."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from region.quarantine.models import Appeal, Stay
from region.quarantine.states import APPEAL
from region.spine.work import Work

MOST = 50


def waiting(w: Work) -> Sequence[tuple[Appeal, Stay]]:
    """Those that nobody answered yet, the first due first, each with its stay."""
    wanted = select(Appeal, Stay).join(Stay, Stay.id == Appeal.stay_id).where(Appeal.state == APPEAL.start)
    rows = w.session.execute(wanted.order_by(Appeal.due_at, Appeal.id).limit(MOST))
    return [(appeal, stay) for appeal, stay in rows]


def of_stay(w: Work, stay: Stay) -> Sequence[Appeal]:
    """All appeals against one restriction, the newest first."""
    with w.beyond_scope("whoever may know a stay may know what was said against it"):
        wanted = select(Appeal).where(Appeal.stay_id == stay.id).order_by(Appeal.id.desc())
        return w.session.scalars(wanted.limit(MOST)).all()
