"""Alerts by the web: the morning list, one alert and its next step, the map, what became of signals."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import redirect, render_template, request, url_for

from region.accounts.queries import people_named
from region.people.queries.masked import masked
from region.spine.errors import Forbidden, Invalid, Refused, Stale
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work
from region.surveillance.actions import triage
from region.surveillance.models import Alert
from region.surveillance.queries import alerts, cluster_map, learning, pictures
from region.surveillance.queries.items import items
from region.surveillance.queries.proposals import places_named
from region.surveillance.states import ALERT

routes = Routes("alerts", __name__)
READS, TRIAGES = "surveillance.read", "surveillance.triage"
LEARNED = 90
"""Days over which the record of signals is shown unless the address says otherwise."""


@routes.get("/surveillance", needs=READS)
def page(w: Work) -> str:
    """The morning list: alerts by their score, of a kind (``show``) and disease (``item``), 24 a page."""
    show = request.args.get("show", "open")
    show = show if show in alerts.SHOWN else "open"
    item = request.args.get("item", "")[:40]
    at = max(request.args.get("page", 0, type=int), 0)
    found = alerts.morning(w, show, item, at)
    return render_template(
        "surveillance/alerts.html",
        found=found,
        show=show,
        item=item,
        page=at,
        kinds=alerts.SHOWN,
        items=items(w),
        places=places_named(w, {one.row.place_id for one in found.cards}),
    )


@routes.get("/surveillance/alerts/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One alert: what it rests on, its pictures, what was done, and the form of the next step."""
    return _show(w, w.get(Alert, id))


def _show(w: Work, row: Alert, wrong: str = "") -> str:
    signals, steps = alerts.signals_of(w, row.id), alerts.steps_of(w, row.id)
    cards = pictures.line_list(w, row.item, row.place_id, row.last_day)
    onset = pictures.by_onset(w, cards)
    by = {int(one.by[8:]) for one in steps if one.by.startswith("account:")}
    assessed = next((one.facts for one in reversed(steps) if one.verb == "assess"), {})
    return render_template(
        "surveillance/alert.html",
        row=row,
        signals=signals,
        steps=steps,
        verbs=ALERT.verbs(row.state),
        cards=cards,
        people=masked(w, [one.person_id for one in cards if one.person_id]),
        picture={"weeks": pictures.weekly(w, row.item, row.place_id, row.last_day), "onset": onset},
        timeline=learning.seven_one_seven(w, row, steps),
        notify=triage.to_be_notified(assessed),
        items=items(w),
        risks=w.rules.value(ALERT.pack, "triage.risks"),
        annex=w.rules.value(ALERT.pack, "triage.annex2"),
        actions=w.rules.value(ALERT.pack, "triage.actions"),
        names={f"account:{number}": one for number, one in people_named(w, by).items()},
        places=places_named(w, {row.place_id, *(one.place_id for one in signals)}),
        wrong=wrong,
    )


@routes.post("/surveillance/alerts/<int:id>/<verb>", needs=TRIAGES)
def step(w: Work, id: int, verb: str) -> Any:
    """Do the next step: ``note``, and for an assessment ``risk``, ``emerged``, ``annex2``; the form's other facts."""
    row = w.get(Alert, id)
    try:
        with w.session.begin_nested():
            triage.step(w, row, verb, request.form.get("note", ""), _facts(w, verb))
    except (Forbidden, Stale):
        raise
    except (Invalid, Refused) as fault:
        return _show(w, w.get(Alert, id), fault_text(current_lang(), fault)), fault.status
    return redirect(url_for("alerts.show", id=id), 303)


def _facts(w: Work, verb: str) -> dict[str, Any]:
    form = request.form
    if verb == "assess":
        asked = w.rules.value(ALERT.pack, "triage.annex2")
        facts: dict[str, Any] = {"risk": form.get("risk", "")}
        facts["annex2"] = {code: form.get(f"annex2:{code}") == "yes" for code in asked}
        if form.get("emerged"):
            facts["emerged"] = _date(form["emerged"], "emerged").isoformat()
        return facts
    if verb == "feed_back":
        known = w.rules.value(ALERT.pack, "triage.actions")
        given = {code: form.get(f"action:{code}", "") for code in known}
        return {"actions": {code: _day_or_none(one, code) for code, one in given.items() if one}}
    return {}


def _day_or_none(text: str, field: str) -> str:
    return text if text == "na" else _date(text, field).isoformat()


def _date(text: str, field: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Invalid("bad-date", field=field, value=text[:40]) from None


@routes.get("/surveillance/map", needs=READS)
def map(w: Work) -> str:
    """Where it is: the alerts and clusters of the fourteen days that end with ``day``."""
    today = w.office.clock.day(w.now)
    text = request.args.get("day", "")
    day = _date(text, "day") if text else today
    found = cluster_map.drawn(w, day)
    drawn = [one[0] for one in found.alerts] + [one[0] for one in found.clusters] if found else []
    return render_template(
        "surveillance/map.html",
        found=found,
        day=day,
        today=today,
        items=items(w),
        places=places_named(w, {one.place_id for one in drawn}),
    )


@routes.get("/surveillance/learning", needs=READS)
def record(w: Work) -> str:
    """What became of the signals of the last ``days`` days, by rule."""
    span = min(max(request.args.get("days", LEARNED, type=int), 1), 3660)
    today = w.office.clock.day(w.now)
    found = learning.learned(w, today - dt.timedelta(days=span), today)
    return render_template("surveillance/learning.html", found=found, span=span)
