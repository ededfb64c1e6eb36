"""The desk's view of a campaign: sums with their pace and finish, the curve, areas and sites for the map."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from maps.palette import class_of
from region.dispatch.events import ReportContradicted
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.campaign import Campaign, Sum, campaign
from region.dispatch.queries.pace import Pace, paces
from region.dispatch.tasks import tasks_of
from region.dispatch.wording import PACK
from region.places.queries import area_features, levels, site_features
from region.spine.journal import Entry
from region.spine.work import Work

MARK_OF = {
    "contradicted": "watch",
    "late": "late",
    "working": "working",
    "done": "done",
    "not_begun": "not_begun",
}
"""How a site's word is drawn; not begun is drawn as a plain dot, quiet until it is late."""
USUAL = "subdistrict"
NEVER = ("country", "province")


@dataclass(frozen=True)
class Row:
    """One task: its sum, its pace, and by how many hours the projected finish lies after its time (None unknown)."""

    sum: Sum
    pace: Pace

    @property
    def late_by(self) -> float | None:
        """Hours between its deadline and the projected finish; below nought it will be in time."""
        due = self.sum.task.due
        return (self.pace.finish - due).total_seconds() / 3600 if self.pace.finish and due else None


@dataclass(frozen=True)
class View:
    """All that the page shows; `levels` may be chosen from, `level` is shown."""

    found: Campaign
    rows: list[Row]
    level: str
    levels: list[str]

    @property
    def furthest(self) -> Row | None:
        """The task that ends last, or that nobody knows the end of: what the page says first."""
        open_ones = [row for row in self.rows if row.sum.target and not row.pace.done]
        unknown = [row for row in open_ones if row.pace.finish is None]
        known = [row for row in open_ones if row.pace.finish is not None]
        return next(iter(unknown), None) or max(known, key=lambda row: _finish(row), default=None)


def _finish(row: Row) -> float:
    return row.pace.finish.timestamp() if row.pace.finish else 0.0


def view(w: Work, directive: Directive, level: str) -> View:
    """The roll-up at a level of areas (the usual one where it is not known), with each task's pace."""
    offered = [name for name, _count in levels(w) if name not in NEVER]
    shown = level if level in offered else USUAL if USUAL in offered else (offered or [USUAL])[-1]
    found = campaign(w, directive, shown)
    sums = found.whole.tasks
    pace = paces(w, directive, {name: one.target for name, one in sums.items()})
    return View(found, [Row(one, pace[name]) for name, one in sums.items()], shown, offered)


def curve(directive: Directive, shown: View, lang: str) -> dict[str, Any]:
    """What the chart draws: for each task its points (ISO time, percent of the target), and the even plan.

    Where no task has a target the points are plain numbers and there is no plan.
    """
    aimed = [row for row in shown.rows if row.sum.target]
    rows = aimed or shown.rows
    series = []
    for row in rows:
        scale = 100 / row.sum.target if row.sum.target else 1.0
        points = [[at.isoformat(), round(value * scale, 1)] for at, value in row.pace.points]
        series.append({"name": row.sum.task.zh if lang == "zh" else row.sum.task.en, "points": points})
    plan = [] if not aimed else _plan(directive.issued_at, directive.task_due)
    return {"series": series, "plan": plan, "unit": "%" if aimed else ""}


def _plan(begun: datetime | None, due: datetime | None) -> list[list[Any]]:
    return [[begun.isoformat(), 0], [due.isoformat(), 100]] if begun and due else []


@dataclass(frozen=True)
class Gap:
    """One number of a report that does not agree: what the site says, and what was counted."""

    zh: str
    en: str
    reported: float
    counted: float


def gaps(w: Work, recipient: Recipient) -> list[Gap]:
    """What does not agree in the report of a site that is marked; empty for others."""
    if recipient.contradicted_at is None:
        return []
    wanted = select(Entry.data).where(
        Entry.subject == f"recipient:{recipient.id}",
        Entry.event == ReportContradicted.event_name(),
        Entry.happened_at >= recipient.contradicted_at,
    )
    labels = {task.name: task for task in tasks_of(recipient.directive)}
    found = w.session.scalars(wanted.order_by(Entry.id)).all()
    return [
        Gap(labels[one["task"]].zh, labels[one["task"]].en, one["reported"], one["counted"]) for one in found
    ]


def map_areas(w: Work, directive: Directive, level: str, lang: str) -> dict[str, Any]:
    """The outlines of a level, each with the share done (`value`) and its class, 1 far behind to 4 done."""
    limits = [float(one) for one in w.rules.value(PACK, "campaign.behind")]
    shares = {group.area: group.share for group in campaign(w, directive, level).areas}
    collection = area_features(w, level, lang)
    for feature in collection["features"]:
        facts = feature["properties"]
        facts["value"] = shares.get(facts["id"])
        facts["class"] = class_of(facts["value"], limits)
    return collection


def map_sites(w: Work, directive: Directive, level: str, lang: str, words: dict[str, str]) -> dict[str, Any]:
    """The sites that are to do it, each with its mark; its word stands behind its name."""
    known = campaign(w, directive, level).words
    collection = site_features(w, lang)
    collection["features"] = [one for one in collection["features"] if one["properties"]["id"] in known]
    for feature in collection["features"]:
        facts = feature["properties"]
        word = known[facts["id"]]
        facts["state"] = MARK_OF[word]
        facts["name"] = f"{facts['name']} · {words[word]}"
    return collection
