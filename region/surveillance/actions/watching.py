"""Fixed thresholds: looked at whenever cards come in, and every night; what fires is a signal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select

from region.spine.work import Work
from region.surveillance.actions.raising import raise_signals
from region.surveillance.found import Found
from region.surveillance.models import CaseReport
from region.surveillance.queries.counts import area_of
from region.surveillance.thresholds import Card, Hit, evaluate

PACK = "surveillance"
REPORT = "report"


def watch(w: Work, items: Collection[str] = ()) -> list[Hit]:
    """Look at the thresholds of these diseases (all by default) in the windows that end today; what fires."""
    rules = {name: one.value for name, one in w.rules.pack(PACK).values_under("threshold").items()}
    rules = {name: row for name, row in rules.items() if not items or row["item"] in items}
    if not rules:
        return []
    day = w.office.clock.day(w.now)
    longest = max(int(row["days"]) for row in rules.values())
    wanted = {row["item"] for row in rules.values()}
    first = day - dt.timedelta(days=longest - 1)
    counties, townships = area_of(w, "district")[1], area_of(w, "subdistrict")[1]
    rows = CaseReport.item.in_(wanted) & (CaseReport.state != "void")
    cards = [
        _card(one, counties, townships)
        for one in w.session.scalars(
            select(CaseReport).where(rows, CaseReport.diagnosed_on.between(first, day))
        )
    ]
    before = (
        select(CaseReport.item, CaseReport.place_id).where(rows, CaseReport.diagnosed_on < first).distinct()
    )
    known = {(item, counties.get(place, 0)) for item, place in w.session.execute(before)}
    hits = evaluate(cards, rules, day, known)
    raise_signals(w, [_found(hit, day) for hit in hits])
    return hits


def _card(one: CaseReport, counties: dict[int, int], townships: dict[int, int]) -> Card:
    told = {name for name, value in one.facts.items() if value is True}
    told |= {"imported"} if one.imported else {"local"}
    return Card(
        item=one.item,
        day=one.diagnosed_on,
        county=counties.get(one.place_id),
        township=townships.get(one.place_id),
        unit=one.unit_id,
        died=one.died_on is not None,
        admitted=one.admitted,
        facts=frozenset(told),
    )


def _found(hit: Hit, day: dt.date) -> Found:
    return Found(
        kind="threshold",
        rule=hit.rule,
        method="fixed",
        stream="card",
        item=hit.item,
        place=hit.place,
        day=day,
        days=hit.days,
        observed=float(hit.count),
        urgent=hit.action == REPORT,
        facts={"deaths": hit.deaths, "admitted": hit.admitted, "action": hit.action, "wins": hit.wins},
    )
