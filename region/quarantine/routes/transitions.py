"""What if other rules held for running stays: the difference before anything is saved; proposed, then approved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for

from region.incidents.models import Incident
from region.incidents.queries import current, disease_packs, incidents
from region.quarantine.actions import transitioning
from region.quarantine.models import Transition
from region.quarantine.queries import whatif
from region.quarantine.queries.indicators import occupancy
from region.quarantine.queries.whatif import Edits
from region.spine.errors import Fault, Invalid, Missing
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("transitions", __name__)
READS = "quarantine.read"
PROPOSES = transitioning.PROPOSES


@routes.get("/quarantine/what-if", needs=READS)
def page(w: Work) -> str:
    """Choose a pack (``to``) or other numbers of its schedules, and see who would be released, shortened, tested."""
    row = _incident(w)
    came = request.args.get("pack") or (whatif.from_pack(w, row.id) if row else "")
    to = request.args.get("to") or came
    schedules, found, wrong = _compared(w, row, came, to)
    return render_template(
        "quarantine/whatif.html",
        row=row,
        incidents=incidents(w),
        packs=[(id, zh, en) for id, zh, en in disease_packs(w)],
        used=whatif.packs_in_use(w, row.id) if row else [],
        came=came,
        to=to,
        before=_of(w, came),
        schedules=schedules,
        found=found[0] if found else None,
        by_category=found[1] if found else {},
        wrong=wrong,
        rooms=occupancy(w),
        proposes=row is not None and w.may(PROPOSES, row.place_id),
        waiting=whatif.transitions(w, most=10),
    )


@routes.post("/quarantine/transitions", needs=PROPOSES)
def propose(w: Work) -> Any:
    """What was shown is proposed to somebody who may approve it: ``incident``, ``pack``, ``to`` and the numbers."""
    row = w.get(Incident, request.form.get("incident", 0, type=int))
    to = request.form.get("to", "")
    made = transitioning.propose(
        w, row.id, to, pack=request.form.get("pack") or None, edits=_edits(_of(w, to)) or None
    )
    return redirect(url_for("transitions.show", id=made.id), 303)


@routes.get("/quarantine/transitions/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One proposal: its numbers as they were shown, who proposed and who decided."""
    row = w.get(Transition, id)
    return render_template(
        "quarantine/transition.html",
        row=row,
        said=row.summary,
        decides=row.state == "proposed" and w.may("quarantine.transition", row.place_id),
        own=row.made_by == w.actor.name,
    )


@routes.post("/quarantine/transitions/<int:id>", needs="quarantine.transition")
def decide(w: Work, id: int) -> Any:
    """``verb``: approve or drop, at the ``version`` that was seen."""
    verbs = {"approve": transitioning.approve, "drop": transitioning.drop}
    verb = verbs.get(request.form.get("verb", ""))
    if verb is None:
        raise Invalid("no-such-verb", field="verb")
    verb(w, w.get(Transition, id), version=request.form.get("version", type=int))
    return redirect(url_for("transitions.show", id=id), 303)


def _incident(w: Work) -> Incident | None:
    asked = request.args.get("incident", type=int)
    return current(w) if asked is None else w.get(Incident, asked)


def _of(w: Work, pack: str) -> Mapping[str, Mapping[str, Any]]:
    try:
        return whatif.schedules(w, pack)
    except Invalid:
        return {}


def _compared(w: Work, row: Incident | None, came: str, to: str) -> tuple[Mapping[str, Any], Any, str]:
    """The schedules that would hold, the differences in all and by category, and what is wrong with what was typed."""
    if row is None:
        return {}, None, ""
    known = _of(w, to)
    try:
        edits = _edits(known)
        return whatif.would_be(w, to, edits), whatif.compare(w, row.id, came, to, edits), ""
    except (Invalid, Missing) as fault:
        return known, None, _said(fault)


def _said(fault: Fault) -> str:
    return fault_text(current_lang(), fault)


def _edits(known: Mapping[str, Mapping[str, Any]]) -> Edits:
    """The numbers that were typed, of those schedules where they differ from the pack's: ``d-CATEGORY-N``, ``t-…``."""
    found: dict[str, list[dict[str, Any]]] = {}
    for category, schedule in known.items():
        stages = list(schedule["stages"])
        if f"d-{category}-0" not in request.values:
            continue
        typed = [_typed(category, n) for n in range(len(stages))]
        own = [{"days": one["days"], "tests": sorted(one.get("tests", ()))} for one in stages]
        if typed != own:
            found[category] = typed
    return found


def _typed(category: str, n: int) -> dict[str, Any]:
    days = request.values.get(f"d-{category}-{n}", "").strip()
    tests = request.values.get(f"t-{category}-{n}", "").replace("，", ",").replace(" ", ",").split(",")
    numbers = [days, *(one for one in tests if one)]
    if not all(one.isascii() and one.isdecimal() and len(one) < 4 for one in numbers):
        raise Invalid("numbers-wrong", field="days", category=category)
    return {"days": int(days), "tests": sorted(int(one) for one in numbers[1:])}
