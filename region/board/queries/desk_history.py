"""The whole history of one site's part in an order: who, when, what; each retry in words, from the journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from region.accounts.models import Account
from region.dispatch.models import Delivery, Escalation, Recipient, Remark, Report
from region.places.models import Place
from region.spine.journal import Entry
from region.spine.work import Work

FOR_THE_DESK = frozenset({"phoned", "escalation"})
"""Remarks that the desk writes for itself: the site does not read them."""

SAYS = {
    "DirectiveIssued": "The order was issued",
    "DirectiveCancelled": "The order was cancelled",
    "DirectiveSuperseded": "Another order took its place",
    "DirectiveClosed": "The order is closed: all are done or waived",
    "DirectiveReceived": "The site's screen showed it",
    "DirectiveAcknowledged": "The site signed",
    "TaskBegun": "The site began",
    "TaskReported": "The site reported",
    "ReportAccepted": "The report was accepted: done",
    "ReportReturned": "The report was returned",
    "TroubleRaised": "The site said that it cannot, or not in time",
    "TroubleAnswered": "The desk answered",
    "RecipientWaived": "The site was waived",
    "RecipientPhoned": "The desk telephoned",
    "RecipientEscalated": "The lateness was passed up by hand",
    "RecipientsReminded": "Late: reminded on another channel",
    "LatenessPassedUp": "Late: passed up to {told}",
    "DeliveriesMade": "Delivered by {channel}",
    "DeliveriesRetried": "Not delivered by {channel}: {reason}. It is tried again",
    "DeliveriesReclaimed": "Whoever was sending it stopped; somebody else sends it",
    "DeliveriesFailed": "{channel} does not reach this site: {reason}. The next channel is owed",
}
"""What each event says, as an English msgid; events that are not here say nothing to the desk."""
CHANNELS = {
    "portal": "its inbox",
    "webhook": "its own system",
    "sms": "SMS",
    "email": "e-mail",
    "wecom": "WeCom",
}
REASONS = {
    "timeout": "no answer in time",
    "refused": "the connection was refused",
    "http:4": "its system refused it ({code})",
    "http:5": "its system failed ({code})",
}
"""Beginnings of reason codes, as English msgids."""


@dataclass(frozen=True)
class Happening:
    """One line of the history; `says` is an English msgid, its facts are msgids or places."""

    at: datetime
    actor: str
    role: str
    says: str
    channel: str = ""
    reason: str = ""
    code: str = ""
    told: tuple[Place, ...] = ()
    remark: Remark | None = None
    report: Report | None = None
    late: bool = False


def history(w: Work, recipient: Recipient) -> list[Happening]:
    """All that happened to one site's part, the newest first."""
    deliveries = set(w.session.scalars(select(Delivery.id).where(Delivery.recipient_id == recipient.id)))
    desk = w.may("dispatch.review", recipient.directive.place_id)
    remarks = {row.id: row for row in _rows(w, Remark, recipient) if desk or row.kind not in FOR_THE_DESK}
    reports = {row.id: row for row in _rows(w, Report, recipient)}
    wanted = select(Entry).where(
        or_(
            Entry.subject == f"recipient:{recipient.id}",
            Entry.subject == f"directive:{recipient.directive_id}",
        ),
        Entry.event.in_([f"dispatch.{name}" for name in SAYS]),
    )
    entries = [
        entry
        for entry in w.session.scalars(wanted.order_by(Entry.id.desc()))
        if _concerns(entry, recipient.id, deliveries)
    ]
    told = _told(w, recipient)
    return [_happening(entry, deliveries, remarks, reports, told) for entry in entries]


def _rows(w: Work, kind: Any, recipient: Recipient) -> list[Any]:
    return list(w.session.scalars(select(kind).where(kind.recipient_id == recipient.id)))


def _concerns(entry: Entry, recipient: int, deliveries: set[int]) -> bool:
    if "deliveries" in entry.data:
        return not deliveries.isdisjoint(entry.data["deliveries"])
    if "recipient" in entry.data:
        return bool(entry.data["recipient"] == recipient)
    named = entry.data.get("recipients")
    return recipient in named if isinstance(named, list) else True


def _happening(
    entry: Entry,
    deliveries: set[int],
    remarks: dict[int, Remark],
    reports: dict[int, Report],
    told: dict[str, list[Place]],
) -> Happening:
    data = entry.data
    reason = _reason(data, deliveries)
    return Happening(
        entry.happened_at,
        entry.actor,
        entry.role,
        SAYS[entry.event.split(".", 1)[1]],
        channel=CHANNELS.get(data.get("channel", ""), data.get("channel", "")),
        reason=next((says for start, says in REASONS.items() if reason.startswith(start)), reason),
        code=reason.rpartition(":")[2],
        told=tuple(told.get(data.get("step", ""), ())),
        remark=remarks.get(data.get("remark", 0)),
        report=reports.get(data.get("report", 0)),
        late=data.get("in_time") is False,
    )


def _reason(data: dict[str, Any], deliveries: set[int]) -> str:
    """The reason of this site's delivery among those that were tried together."""
    pairs = zip(data.get("deliveries", ()), data.get("reasons", ()), strict=False)
    return next((str(reason) for id, reason in pairs if id in deliveries), "")


def _told(w: Work, recipient: Recipient) -> dict[str, list[Place]]:
    """By step, the offices that this site's own lateness was passed up to."""
    wanted = select(Escalation, Place).join(Place, Place.id == Escalation.place_id)
    wanted = wanted.where(Escalation.directive_id == recipient.directive_id).order_by(Escalation.id)
    found: dict[str, list[Place]] = {}
    with w.beyond_scope("names of the offices above, whom the lateness was passed up to"):
        for escalation, place in w.session.execute(wanted):
            if recipient.id in escalation.recipients:
                found.setdefault(escalation.step, []).append(place)
    return found


def actor_names(w: Work, actors: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The names, Chinese and English, of the people and sites among these actors (``account:7``, ``site:9``)."""
    ids: dict[str, set[int]] = {"account": set(), "site": set()}
    for actor in actors:
        kind, _, number = actor.partition(":")
        if kind in ids and number.isdecimal():
            ids[kind].add(int(number))
    with w.beyond_scope("who answers for it may belong to a place above"):
        people = w.session.scalars(select(Account).where(Account.id.in_(ids["account"])))
        sites = w.session.scalars(select(Place).where(Place.id.in_(ids["site"])))
        named = {f"account:{row.id}": (row.name_zh, row.name_en) for row in people}
        return named | {f"site:{row.id}": (row.name_zh, row.name_en) for row in sites}
