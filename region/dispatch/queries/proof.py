"""What proves an order: to each recipient when it came, who signed how, what was reported, and who was pressed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from region.dispatch.events import DirectiveAcknowledged, DirectiveReceived, SupervisionIssued
from region.dispatch.models import Delivery, Directive, Escalation, Recipient, Report
from region.files.models import File
from region.places.models import Place
from region.spine.journal import Entry
from region.spine.work import Work

AT_ONCE = 500
"""Databases limit how many values one statement may carry."""


@dataclass(frozen=True)
class Line:
    """One recipient's part; `photos` are the digests (SHA-256, hex) of the files of its last report, as kept."""

    recipient: Recipient
    code: str
    name_zh: str
    name_en: str
    channels: tuple[str, ...] = ()
    delivered_at: datetime | None = None
    received_at: datetime | None = None
    signer_role: str = ""
    escalations: int = 0
    supervisions: int = 0
    numbers: dict[str, Any] = field(default_factory=dict)
    verdict: str = ""
    photos: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """An order's lines by code of place, and every line of the journal that they rest on, in its order."""

    lines: tuple[Line, ...]
    entries: tuple[Entry, ...]


def proof(w: Work, directive: Directive, upto: int | None = None) -> Proof:
    """What there is to prove of an order to this actor, of the recipients it may know of.

    `upto` leaves out what the journal said after that entry, to compare with a sheet made earlier; the lines are
    always those of now.
    """
    wanted = select(Recipient, Place.code, Place.name_zh, Place.name_en)
    wanted = wanted.join(Place, Place.id == Recipient.place_id)
    wanted = wanted.where(Recipient.directive_id == directive.id).order_by(Place.code, Recipient.id)
    rows = w.session.execute(wanted).all()
    ids = [row[0].id for row in rows]
    entries = _entries(w, directive, ids)
    told = {(entry.event, entry.subject): entry for entry in entries}
    known = _Known(
        _arrived(w, directive), _reports(w, directive), _passed_up(w, directive), _supervised(entries)
    )
    photos = _digests(w, [file for report in known.reports.values() for file in report.files])
    lines = tuple(_line(row, told, known, photos) for row in rows)
    return Proof(lines, tuple(one for one in entries if upto is None or one.id <= upto))


@dataclass(frozen=True)
class _Known:
    """What was gathered of all recipients at once, by recipient."""

    arrived: dict[int, tuple[tuple[str, ...], datetime | None]]
    reports: dict[int, Report]
    passed_up: Counter[int]
    supervised: Counter[int]


def _line(row: Any, told: dict[tuple[str, str], Entry], known: _Known, photos: dict[int, str]) -> Line:
    recipient, code, name_zh, name_en = row
    subject, report = f"recipient:{recipient.id}", known.reports.get(recipient.id)
    seen = told.get((DirectiveReceived.event_name(), subject))
    signed = told.get((DirectiveAcknowledged.event_name(), subject))
    channels, first = known.arrived.get(recipient.id, ((), None))
    return Line(
        recipient,
        code,
        name_zh,
        name_en,
        channels=channels,
        delivered_at=recipient.delivered_at or first,
        received_at=seen.happened_at if seen else None,
        signer_role=signed.role if signed else "",
        escalations=known.passed_up[recipient.id],
        supervisions=known.supervised[recipient.id],
        numbers=dict(report.numbers) if report else {},
        verdict=report.verdict or "" if report else "",
        photos=tuple(photos[one] for one in report.files if one in photos) if report else (),
    )


def _chunks(all: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (all[at : at + AT_ONCE] for at in range(0, len(all), AT_ONCE))


def _entries(w: Work, directive: Directive, ids: Sequence[int]) -> list[Entry]:
    """The journal on the order itself and on these recipients, oldest first."""
    subjects = [f"directive:{directive.id}", *(f"recipient:{id}" for id in ids)]
    found: list[Entry] = []
    with w.beyond_scope("what was told of an order binds who received it; only its digest is shown"):
        for some in _chunks(subjects):
            found += w.session.scalars(select(Entry).where(Entry.subject.in_(some)))
    return sorted(found, key=lambda entry: entry.id)


def _arrived(w: Work, directive: Directive) -> dict[int, tuple[tuple[str, ...], datetime | None]]:
    """By recipient, the channels that reached it, first come first, and when the first did."""
    wanted = (
        select(Delivery.recipient_id, Delivery.channel, func.min(Delivery.delivered_at))
        .where(Delivery.directive_id == directive.id, Delivery.delivered_at.is_not(None))
        .group_by(Delivery.recipient_id, Delivery.channel)
    )
    found: dict[int, list[tuple[datetime, str]]] = {}
    for recipient, channel, at in w.session.execute(wanted):
        if at is not None:
            found.setdefault(recipient, []).append((at, channel))
    return {one: (tuple(name for _, name in sorted(all)), min(all)[0]) for one, all in found.items()}


def _reports(w: Work, directive: Directive) -> dict[int, Report]:
    """By recipient, its last report."""
    wanted = select(Report).join(Recipient, Recipient.id == Report.recipient_id)
    wanted = wanted.where(Recipient.directive_id == directive.id).order_by(Report.id)
    return {report.recipient_id: report for report in w.session.scalars(wanted)}


def _digests(w: Work, files: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in _chunks(sorted(set(files))):
        wanted = select(File.id, File.digest).where(File.id.in_(some))
        found |= {row.id: row.digest for row in w.session.execute(wanted)}
    return found


def _passed_up(w: Work, directive: Directive) -> Counter[int]:
    """By recipient, how often its lateness was passed up."""
    wanted = select(Escalation.recipients).where(Escalation.directive_id == directive.id)
    with w.beyond_scope("how often a recipient's own lateness was passed up"):
        return Counter(one for named in w.session.scalars(wanted) for one in named)


def _supervised(entries: Sequence[Entry]) -> Counter[int]:
    """By recipient, how many supervision orders it got."""
    name = SupervisionIssued.event_name()
    return Counter(one for entry in entries if entry.event == name for one in entry.data["recipients"])
