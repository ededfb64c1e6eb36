"""Counts of syndromes by the web, and cards and counts by other systems: JSON in, what was new out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from sqlalchemy import select

from region.places.models import Place
from region.places.queries.tree import by_code
from region.spine.errors import Fault, Forbidden, Invalid, Missing, Refused, Stale
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work
from region.surveillance.actions import counting, reporting
from region.surveillance.actions.counting import NewCount
from region.surveillance.actions.reporting import NewCard
from region.surveillance.models import DayCount
from region.surveillance.queries.items import items

routes = Routes("telling", __name__)
REPORTS = "surveillance.report"
MOST = 5000
SHOWN = 60


@routes.get("/surveillance/counts", needs=REPORTS)
def page(w: Work) -> str:
    """What was told lately, and the form of one count."""
    return _page(w)


def _page(w: Work, fault: Fault | None = None) -> str:
    wanted = select(DayCount, Place).join(Place, Place.id == DayCount.place_id)
    wanted = (
        wanted.where(DayCount.stream.in_(counting.STREAMS)).order_by(DayCount.told_at.desc()).limit(SHOWN)
    )
    return render_template(
        "surveillance/counts.html",
        rows=w.session.execute(wanted).all(),
        streams=counting.STREAMS,
        items=items(w),
        own=None if w.actor.site_id is None else w.get(Place, w.actor.site_id),
        today=w.office.clock.day(w.now),
        given=request.form,
        wrong="" if fault is None else fault_text(current_lang(), fault),
    )


@routes.post("/surveillance/counts", needs=REPORTS)
def tell(w: Work) -> Any:
    """Tell one count, of one's own site unless ``place`` names another; a later one corrects it."""
    form = dict(request.form)
    try:
        with w.session.begin_nested():
            counting.tell(w, str(form.get("stream", "")), [_count(w, form, 1)])
    except (Forbidden, Stale):
        raise
    except (Invalid, Missing, Refused) as fault:
        return _page(w, fault), fault.status
    return redirect(url_for("telling.page"), 303)


@routes.post("/api/v1/surveillance/counts", needs=REPORTS)
def tell_many(w: Work) -> Any:
    """``{stream, counts: [{item, place, day, count}]}``, places by code; all are taken, or none and the fault."""
    told = _body("counts")
    rows = [_count(w, one, number) for number, one in enumerate(told["counts"], 1)]
    return jsonify(changed=counting.tell(w, str(told.get("stream", "")), rows), told=len(rows))


@routes.post("/api/v1/surveillance/reports", needs=REPORTS)
def report_many(w: Work) -> Any:
    """``{reports: [{ref, item, kind, place, diagnosed_at, …}]}``; all are taken, or none with the row's fault.

    A ``ref`` that was told before is the same card and changes nothing.
    """
    told = _body("reports")
    cards = [_card(w, one, number) for number, one in enumerate(told["reports"], 1)]
    return jsonify(entered=len(reporting.enter(w, "api", cards)), told=len(cards))


def _body(name: str) -> dict[str, Any]:
    found = request.get_json(silent=True)
    if not isinstance(found, dict) or not isinstance(found.get(name), list):
        raise Invalid("body-form", field=name)
    if len(found[name]) > MOST or not all(isinstance(one, dict) for one in found[name]):
        raise Invalid("body-form", field=name)
    return found


def _count(w: Work, one: Mapping[str, Any], row: int) -> NewCount:
    own, code = w.actor.site_id, str(one.get("place") or "").strip()
    place = own if own is not None and not code else by_code(w, code).id
    text = str(one.get("count", "")).strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 8):
        raise Invalid("count-form", field="count", row=row)
    day = _day(one, "day", row)
    if day is None:
        raise Invalid("bad-date", field="day", value="", row=row)
    return NewCount(str(one.get("item", "")), place, day, int(text))


def _card(w: Work, one: Mapping[str, Any], row: int) -> NewCard:
    place = by_code(w, str(one.get("place") or ""))
    unit = by_code(w, str(one["unit"])).id if one.get("unit") else None
    ref = str(one.get("ref") or "").strip()[:80]
    if not ref:
        raise Invalid("ref-missing", field="ref", row=row)
    return NewCard(
        ref=ref,
        item=str(one.get("item", "")),
        kind=str(one.get("kind", "")),
        place=place.id,
        reporter=w.actor.site_id or place.id,
        unit=unit,
        diagnosed_at=_instant(one, row),
        onset_on=_day(one, "onset_on", row),
        sampled_on=_day(one, "sampled_on", row),
        died_on=_day(one, "died_on", row),
        admitted=one.get("admitted") is True,
        imported=one.get("imported") is True,
    )


def _day(one: Mapping[str, Any], field: str, row: int) -> dt.date | None:
    text = str(one.get(field) or "").strip()
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("bad-date", field=field, value=text[:40], row=row) from None


def _instant(one: Mapping[str, Any], row: int) -> datetime:
    text = str(one.get("diagnosed_at") or "")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("time-form", field="diagnosed_at", row=row) from None
    if found.tzinfo is None:
        raise Invalid("time-form", field="diagnosed_at", row=row)
    return found
