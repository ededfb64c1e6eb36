"""Report cards: entered once, counted at once, looked at, corrected, void; days they leave or join are revised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from region.spine.errors import Invalid
from region.spine.work import Work
from region.surveillance.events import CardLate, CardReviewed, CardRevised, CardsEntered
from region.surveillance.models import CaseReport, DayCount
from region.surveillance.models.reports import KINDS
from region.surveillance.queries.items import items
from region.surveillance.states import REPORT

CARD = "card"
NOTE = 500
ALIKE = ("item", "kind", "onset_on", "sampled_on", "died_on", "admitted", "imported", "facts", "diagnosed_at")
"""What a card keeps as it was told."""


@dataclass(frozen=True)
class NewCard:
    """One card as it is told. `ref`: its own number at its source, by which it is the same card again."""

    ref: str
    item: str
    kind: str
    place: int
    reporter: int
    diagnosed_at: datetime
    unit: int | None = None
    person: int | None = None
    incident: int | None = None
    onset_on: dt.date | None = None
    sampled_on: dt.date | None = None
    died_on: dt.date | None = None
    admitted: bool = False
    imported: bool = False
    facts: dict[str, Any] = field(default_factory=dict)


def enter(w: Work, source: str, cards: Sequence[NewCard]) -> list[CaseReport]:
    """Keep cards that are not kept yet (by `source` and `ref`), and count them by day; the rows that are new.

    Invalid ``unknown-item``, ``unknown-kind``, ``future-day`` (diagnosed after now), ``days-crossed`` (onset after the
    diagnosis).
    """
    refs = [one.ref for one in cards]
    held = select(CaseReport.source_ref).where(CaseReport.source == source, CaseReport.source_ref.in_(refs))
    standing = set(w.session.scalars(held))
    known = items(w)
    rows = []
    for one in {one.ref: one for one in cards if one.ref not in standing}.values():
        w.need("surveillance.report", one.reporter)
        _check(w, one, known)
        rows.append(w.add(_row(w, source, one, int(known[one.item]["hours"]))))
    w.session.flush()
    for row in rows:
        _count(w, row, 1)
    _owe(w, rows)
    return rows


def _check(w: Work, one: NewCard, known: Any) -> None:
    day = w.office.clock.day(one.diagnosed_at)
    if one.item not in known:
        raise Invalid("unknown-item", field="item", given=one.item[:40])
    if one.kind not in KINDS:
        raise Invalid("unknown-kind", field="kind", given=one.kind[:40])
    if one.diagnosed_at > w.now:
        raise Invalid("future-day", field="diagnosed_at")
    if one.onset_on is not None and one.onset_on > day:
        raise Invalid("days-crossed", field="onset_on")


def _row(w: Work, source: str, one: NewCard, hours: int) -> CaseReport:
    return CaseReport(
        **{name: getattr(one, name) for name in ALIKE},
        source=source,
        source_ref=one.ref,
        first_item=one.item,
        **{f"{name}_id": getattr(one, name) for name in ("place", "reporter", "unit", "person", "incident")},
        diagnosed_on=w.office.clock.day(one.diagnosed_at),
        entered_at=w.now,
        due_at=one.diagnosed_at + dt.timedelta(hours=hours),
        state=REPORT.start,
        since=w.now,
    )


def _owe(w: Work, rows: Sequence[CaseReport]) -> None:
    """The clock of the county's look, the thresholds of these diseases, and the event."""
    if not rows:
        return
    limit = w.rules.duration(REPORT.pack, REPORT.limits[REPORT.start])
    ids = tuple(row.id for row in rows)
    w.owe("surveillance.look_at_cards", key=f"cards:{ids[0]}", after=limit, cards=list(ids))
    wanted = sorted({row.item for row in rows})
    w.owe("surveillance.watch", key=f"watch:cards:{ids[0]}", items=wanted)
    late = sum(row.entered_at > row.due_at for row in rows)
    w.tell(CardsEntered(cards=ids, late=late, place=rows[0].reporter_id))


def _count(w: Work, row: CaseReport, change: int) -> None:
    """One card more or fewer on its day; a day that is over is revised by it."""
    key = (w.realm, CARD, row.item, row.place_id, row.diagnosed_on)
    held = w.session.get(DayCount, key)
    if held is None:
        kept = dict(zip(("realm", "stream", "item", "place_id", "day"), key, strict=True))
        w.session.add(DayCount(**kept, count=change, first=change, told_at=w.now))
        w.session.flush()
        return
    held.count += change
    if row.diagnosed_on < w.office.clock.day(w.now):
        held.revised_at = w.now


def reclassify(w: Work, row: CaseReport, item: str, kind: str) -> None:
    """Another disease or kind after a look; the first one stays known. Invalid ``unknown-item``, ``unknown-kind``."""
    w.need("surveillance.review", row.place_id)
    if item not in items(w):
        raise Invalid("unknown-item", field="item", given=item[:40])
    if kind not in KINDS:
        raise Invalid("unknown-kind", field="kind", given=kind[:40])
    if (row.item, row.kind) == (item, kind):
        return
    before = row.item
    _count(w, row, -1)
    row.item, row.kind, row.revised_at = item, kind, w.now
    row.version += 1
    _count(w, row, 1)
    w.owe("surveillance.watch", key=f"watch:revised:{row.id}:{row.version}", items=[item])
    w.tell(CardRevised(card=row.id, before=before, after=item, place=row.place_id, incident=row.incident_id))


def review(w: Work, row: CaseReport, verb: str, note: str = "", duplicate_of: int | None = None) -> None:
    """The county's look: ``review`` lets the card stand, ``void`` takes it from the counts, with its reason."""
    if verb == "void" and not note.strip() and duplicate_of is None:
        raise Invalid("reason-needed", field="note")
    if row.state != REPORT.start and row.decided_by == w.actor.name:
        return
    if duplicate_of is not None and w.get(CaseReport, duplicate_of).id == row.id:
        raise Invalid("own-duplicate", field="duplicate_of")
    REPORT.move(w, row, verb, place=row.place_id)
    row.decided_by, row.note, row.duplicate_of = w.actor.name, note.strip()[:NOTE], duplicate_of
    if verb == "void":
        _count(w, row, -1)
        row.revised_at = w.now
    w.tell(CardReviewed(card=row.id, verb=verb, place=row.place_id, incident=row.incident_id))


def look(w: Work, cards: Sequence[int]) -> None:
    """The time to look at cards is over: each that still waits is late, which is told once."""
    wanted = select(CaseReport).where(CaseReport.id.in_(cards), CaseReport.state == REPORT.start)
    for row in w.session.scalars(wanted.where(CaseReport.late_at.is_(None))):
        row.late_at = w.now
        w.tell(CardLate(card=row.id, place=row.place_id, incident=row.incident_id))
