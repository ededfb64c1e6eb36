"""Whether something waits for what a phone tells: a laboratory that scanned it, a result, a recall."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select

from region.sampling.models import Recall, RecallMember, TubeResult, WorkItem
from region.sampling.queries.recalls import OPEN
from region.spine import bulk
from region.spine.work import Work

RAISED = ("unknown_tube", "count_differs")
"""What a laboratory raised that the field may answer, by code or by ``box:7``."""


def awaited(
    w: Work,
    *,
    tubes: Collection[int],
    codes: Collection[str],
    boxes: Collection[int],
    persons: Collection[int],
) -> bool:
    """Whether anything that stands waits for one of these tubes, codes (of tubes and boxes), boxes or persons.

    What another work writes at this moment is not seen: the errands of each minute (``sampling.match_results``,
    ``sampling.find_scanned``, ``sampling.follow_recalls``) find it.
    """
    refs = [*codes, *(f"box:{id}" for id in boxes)]
    raised = select(WorkItem.id).where(WorkItem.kind.in_(RAISED), WorkItem.state == "open")
    results = select(TubeResult.id).where(TubeResult.tube_id.is_(None))
    pools = select(Recall.id).where(Recall.state.in_(OPEN))
    members = select(RecallMember.recall_id).join(Recall, Recall.id == RecallMember.recall_id)
    members = members.where(Recall.state.in_(OPEN))
    with w.beyond_scope("what waits for a tube, wherever it waits"):
        return (
            _any(w, raised, WorkItem.ref, refs)
            or _any(w, results, TubeResult.code, codes)
            or _any(w, pools, Recall.tube_id, tubes)
            or _any(w, members, RecallMember.person_id, persons)
        )


def _any(w: Work, wanted: Select[Any], column: Any, values: Collection[Any]) -> bool:
    found = wanted.where(bulk.among(w.session, column, sorted(values))).limit(1)
    return bool(values) and w.session.execute(found).first() is not None
