"""The work-list of people under observation, and one change made to many of them, shown first and undone later."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request, url_for

from region.incidents.queries import current
from region.people.queries.masked import masked
from region.quarantine.actions import batching, clocks
from region.quarantine.actions.batching import AT_ONCE, Wanted
from region.quarantine.models import StayBatch
from region.quarantine.queries import attention, sites, worklist
from region.quarantine.queries.worklist import Filters
from region.quarantine.states import PACK, STAY
from region.spine.errors import Invalid, Refused
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("stay_list", __name__)
READS = "quarantine.read"
CATEGORIES = (
    "close_contact",
    "secondary_contact",
    "entrant",
    "high_zone_spillover",
    "medium_zone_spillover",
    "high_risk_post",
    "after_release",
)
MODES = ("central_quarantine", "home_quarantine", "home_monitoring")


@routes.get("/quarantine/stays", needs=READS)
def page(w: Work) -> str:
    """Who needs somebody first: 50 a page, by ``after``; filters stand in the address."""
    filters = _filters(w)
    found = attention.page(w, filters, attention.of_text(request.args.get("after", "")))
    stays = [stay for stay, _ in found.rows]
    open_sites = [one for one in sites.listed(w) if one.row.closed_at is None]
    ids = {id for stay in stays for id in (stay.place_id, stay.site_id)}
    return render_template(
        "quarantine/stays.html",
        found=found,
        people=masked(w, [stay.person_id for stay in stays]),
        places=sites.places_named(w, ids | {one.row.place_id for one in open_sites}),
        dues={stay.id: clocks.due_at(w, stay) for stay in stays},
        filters=filters,
        asked=_address(filters),
        categories=CATEGORIES,
        modes=MODES,
        states=(*STAY.limits, *sorted(STAY.ends)),
        sites=open_sites,
        verbs=[verb for verb in worklist.VERBS if w.may(worklist.NEEDS[verb])],
        cancels=w.rules.value(PACK, "cancel.reasons"),
        releases=w.rules.value(PACK, "release.reasons"),
        batches=worklist.batches(w),
        most=AT_ONCE,
    )


@routes.post("/quarantine/stays/preview", needs=READS)
def preview(w: Work) -> str:
    """What a change of many would do, before it is made: those ticked (``stay``), or ``all`` that the filters leave."""
    wanted = _wanted()
    ids = request.form.getlist("stay", type=int)
    if "all" in request.form:
        ids = worklist.all_ids(w, _filters(w), AT_ONCE)
    if not ids:
        raise Refused("no-stay-changes")
    return render_template(
        "quarantine/stays_change.html",
        wanted=wanted,
        ids=",".join(map(str, ids[:AT_ONCE])),
        said=worklist.preview(w, ids[:AT_ONCE], wanted.verb, wanted.until, wanted.site),
        token=uuid4().hex,
        places=sites.places_named(w, {wanted.site}),
        back=_address(_filters(w)),
    )


@routes.post("/quarantine/stays/change", needs=READS)
def change(w: Work) -> Any:
    """The change that was shown: ``ids``, ``verb`` and its facts, ``token`` (sent twice it is one)."""
    ids = [int(one) for one in request.form.get("ids", "").split(",") if one.isascii() and one.isdecimal()]
    batch = batching.change(w, ids[:AT_ONCE], _wanted(), token=request.form.get("token", "") or uuid4().hex)
    return redirect(url_for("stay_list.page", changed=batch.id), 303)


@routes.post("/quarantine/batches/<int:id>/undo", needs=READS)
def undo(w: Work, id: int) -> Any:
    """All stays of a change of many are put back as they were."""
    batching.undo(w, w.get(StayBatch, id))
    return redirect(url_for("stay_list.page"), 303)


def _wanted() -> Wanted:
    form = request.form
    verb = form.get("verb", "")
    if verb not in worklist.VERBS:
        raise Invalid("no-such-verb", field="verb")
    reason = form.get(f"reason-{verb}") or form.get("reason") or None
    return Wanted(verb, reason, form.get("note", "")[:400], _day("until"), form.get("site", type=int))


def _filters(w: Work) -> Filters:
    """From the address or the form; without an incident the newest open one."""
    given = request.values
    asked = _small("incident")
    now = current(w) if asked is None else None
    return Filters(
        incident=now.id if now else asked,
        state=given.get("state", "open")[:12],
        category=given.get("category", "")[:24],
        mode=given.get("mode", "")[:24],
        place=_small("place"),
        site=_small("at"),
        until=_day("ends"),
        late=given.get("late") == "1",
    )


def _address(filters: Filters) -> dict[str, Any]:
    """The filters as they stand in an address; ``site`` and ``until`` there are those of a change."""
    names = {"site": "at", "until": "ends"}
    return {names.get(name, name): value for name, value in filters.as_query().items()}


def _small(name: str) -> int | None:
    given = request.values.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None


def _day(name: str) -> date | None:
    given = request.values.get(name, "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise Invalid("bad-request", field=name) from None
