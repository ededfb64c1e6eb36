"""The end of a stay by the web: release by its computed reasons, an extension, an appeal for him, a correction."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import redirect, request, url_for

from region.quarantine.actions import appealing, releasing, replanning
from region.quarantine.models import Stay
from region.spine.errors import Invalid, Refused
from region.spine.journal import CODE
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("stay_ends", __name__)
MOST = 40
"""Letters of the row that a correction rests on."""


@routes.post("/quarantine/stays/<int:id>/release", needs="quarantine.release")
def release(w: Work, id: int) -> Any:
    """He is let go: with no ``reason`` only where the conditions are met in time; early or late with one."""
    reason, note = request.form.get("reason") or None, request.form.get("note", "")[:400]
    releasing.release(w, [w.get(Stay, id)], reason, note)
    return _back(id)


@routes.post("/quarantine/stays/<int:id>/extend", needs="quarantine.release")
def extend(w: Work, id: int) -> Any:
    """The restriction stands until the end of the day ``until``, for a ``reason`` of the pack."""
    last = _day("until")
    until = datetime.combine(last + timedelta(days=1), time(), w.office.clock.zone).astimezone(UTC)
    releasing.extend(
        w, w.get(Stay, id), until, request.form.get("reason", ""), request.form.get("note", "")[:400]
    )
    return _back(id)


@routes.post("/quarantine/stays/<int:id>/appeal", needs="quarantine.notify")
def appeal(w: Work, id: int) -> Any:
    """Somebody says for him that his restriction is wrong: ``said``."""
    appealing.make(w, w.get(Stay, id), request.form.get("said", ""))
    return _back(id)


@routes.post("/quarantine/stays/<int:id>/correct", needs="quarantine.begin")
def correct(w: Work, id: int) -> Any:
    """Day 0 was entered wrongly: ``counts_from``, with the ``evidence`` that shows it; the plan is reckoned anew."""
    evidence = request.form.get("evidence", "").strip()
    row = w.get(Stay, id)
    if len(evidence) > MOST or not CODE.fullmatch(evidence):
        raise Refused("no-evidence", ref=row.ref)
    replanning.replan(w, row, counts_from=_day("counts_from"), evidence=evidence, why="corrected")
    return _back(id)


def _day(name: str) -> date:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        raise Invalid("bad-request", field=name) from None


def _back(id: int) -> Any:
    return redirect(url_for("stays.show", id=id), 303)
