"""The workbench: try a method on the past of one series, see what it would have raised, take it to the pack."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import yaml
from flask import render_template, request
from sqlalchemy import select

from region.places.models import Area, Place
from region.spine.errors import Fault, Invalid
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work
from region.surveillance.detect.methods import METHODS
from region.surveillance.detect.series import BadSeries
from region.surveillance.models import Alert
from region.surveillance.queries import pictures
from region.surveillance.queries.items import items

routes = Routes("workbench", __name__)
READS = "surveillance.read"
SHOWN = 104
"""Periods that are judged and drawn."""
LEVELS = ("city", "district", "subdistrict")
FIRST = "farrington-flexible"


@dataclass(frozen=True)
class Asked:
    """What is tried: `options` as `region detect` takes them, `days` of one period, `years` of history."""

    item: str
    place: int
    method: str
    options: dict[str, str]
    days: int
    years: int


@routes.get("/surveillance/workbench", needs=READS)
def page(w: Work) -> Any:
    """The form; with ``item``, ``place`` and ``method``, what the method would have raised in the last 104 periods."""
    wanted = (
        select(Place).join(Area, Area.place_id == Place.id).where(Area.level.in_(LEVELS)).order_by(Place.path)
    )
    places = w.session.scalars(wanted.limit(500)).all()
    found: dict[str, Any] = {}
    fault: Fault | None = None
    if request.args.get("item") and request.args.get("place"):
        try:
            found = tried(w, _asked())
        except BadSeries as bad:
            fault = Invalid(bad.code, **bad.facts)
        except Invalid as refused:
            fault = refused
    shown = render_template(
        "surveillance/workbench.html",
        places=places,
        items=items(w),
        methods=sorted(METHODS),
        rows=pictures.rows_of(w),
        given=request.args,
        first=FIRST,
        found=found,
        wrong="" if fault is None else fault_text(current_lang(), fault),
    )
    return (shown, fault.status) if fault else shown


def _asked() -> Asked:
    given = request.args
    options: dict[str, str] = {}
    for text in given.get("options", "").replace(",\n", "\n").splitlines():
        name, sign, value = text.strip().partition("=")
        if text.strip() and not sign:
            raise Invalid("option-form", field="options", option=text.strip()[:40])
        if sign:
            options[name.strip()] = value.strip()
    days, years = given.get("days", 7, type=int), given.get("years", 6, type=int)
    return Asked(
        given["item"][:40],
        given.get("place", 0, type=int),
        given.get("method", FIRST)[:40],
        options,
        days if days in (1, 7) else 7,
        min(max(years, 1), 12),
    )


def tried(w: Work, asked: Asked) -> dict[str, Any]:
    """What the method says of the last 104 periods, beside the events verified then, and its row of the pack."""
    place = w.get(Place, asked.place)
    last = w.office.clock.day(w.now) - dt.timedelta(days=1)
    table = pictures.table(w, asked.item, place.id, last, asked.years)
    said = pictures.judged(table, asked.method, asked.options, SHOWN, asked.days)
    span = said.observed.shape[1]
    days = [last - dt.timedelta(days=asked.days * back) for back in range(span)][::-1]
    known = select(Alert).where(
        Alert.item == asked.item, Alert.place_id == place.id, Alert.verified_at.is_not(None)
    )
    events = w.session.scalars(known.where(Alert.last_day >= (days[0] if days else last))).all()
    alarms = [day for day, alarm in zip(days, said.alarm[0], strict=True) if alarm]
    met = sum(
        any(one.first_day <= day <= one.last_day + dt.timedelta(days=7) for day in alarms) for one in events
    )
    return {
        "weeks": {
            "method": asked.method,
            "days": [day.isoformat() for day in days],
            "observed": pictures.listed(said.observed[0]),
            "expected": pictures.listed(said.expected[0]),
            "upper": pictures.listed(said.upperbound[0]),
            "alarm": [bool(one) for one in said.alarm[0]],
        },
        "periods": span,
        "answered": int(said.answered.sum()),
        "alarms": alarms,
        "events": len(events),
        "met": met,
        "notes": sorted({str(one) for one in said.note[0] if str(one)}),
        "row": row_of(asked),
    }


def row_of(asked: Asked) -> str:
    """The method as a row of rules/packs/surveillance/detectors.yaml, with its example."""
    value: dict[str, Any] = {
        "streams": ["card"],
        "level": "district",
        "days": asked.days,
        "years": asked.years,
    }
    value |= {"method": asked.method, "least": 3, "page": 0.05, "options": asked.options}
    row = {
        "value": value,
        "unit": "structure",
        "mark": "design",
        "examples": [{"at": "method", "is": asked.method}],
    }
    return yaml.safe_dump({"detector.mine": row}, sort_keys=False, allow_unicode=True)
