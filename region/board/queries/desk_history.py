"""The whole history of one site's part in an order: who, when, what; each retry in words, from the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from region.accounts.models import Account
from region.accounts.queries import people_named
from region.dispatch.events import DirectivePassedOn
from region.dispatch.models import Delivery, Directive, Escalation, Recipient, Remark, Report
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
    "DirectiveWithdrawn": "The order was withdrawn: work must stop",
    "DirectivePassedOn": "It was passed on: recipients {n}",
    "OrdersPrinted": "An order on paper was made for it",
    "DirectiveReceived": "The site's screen showed it",
    "DirectiveAcknowledged": "The site signed",
    "RecipientSettled": "Nothing more was asked: done",
    "WorkStopped": "The site signed that work has stopped",
    "RecipientMoved": "Its site was merged into this one: the task goes on here",
    "TaskBegun": "The site began",
    "ProgressReported": "The site told how far it has come",
    "TaskReported": "The site reported",
    "ReportContradicted": "What it reports does not agree with what was counted",
    "ContradictionCleared": "The contradiction was cleared",
    "ReportAccepted": "The report was accepted: done",
    "ReportReturned": "The report was returned",
    "TroubleRaised": "The site said that it cannot, or not in time",
    "TroubleAnswered": "The desk answered",
    "RecipientWaived": "The site was waived",
    "RecipientPhoned": "The desk telephoned",
    "RecipientEscalated": "The lateness was passed up by hand",
    "RecipientsReminded": "Late: reminded on another channel",
    "PeopleCalled": "Not answered: called {rung}",
    "SupervisionIssued": "Overdue: supervision order no. {n}",
    "LatenessPassedUp": "Late: passed up to {told}",
    "DeliveriesMade": "Delivered by {channel}",
    "DeliveriesRetried": "Not delivered by {channel}: {reason}. It is tried again",
    "DeliveriesDiverted": "{channel} was at rest: sent by the next channel",
    "DeliveriesReclaimed": "Whoever was sending it stopped; somebody else sends it",
    "DeliveriesFailed": "{channel} does not reach this site: {reason}. The next channel is owed",
}
"""What each event says, as an English msgid; events that are not here say nothing to the desk."""
SIGNATURES = ("DirectiveAcknowledged", "WorkStopped")
RECEIVED = "It was passed on to it"
"""What the same event says to those to whom the order was passed on."""
RUNGS = {
    "holder": "whoever is on duty there",
    "deputy": "the deputy",
    "leader": "the leader on duty above",
    "above": "the level above",
}
"""Whom of the duty roster a call was for, as English msgids."""
CHANNELS = {
    "portal": "its inbox",
    "webhook": "its own system",
    "sms": "SMS",
    "email": "e-mail",
    "wecom": "WeCom",
    "dingtalk": "DingTalk",
    "voice": "a voice call",
    "push": "a notice on a device",
    "print": "paper",
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
    rung: str = ""
    n: int = 0
    way: str = ""
    person: tuple[str, str] | None = None
    told: tuple[Place, ...] = ()
    remark: Remark | None = None
    report: Report | None = None
    late: bool = False


@dataclass(frozen=True)
class Known:
    """What the lines of one part's history name: its letters, words, reports, offices and people called."""

    recipient: Recipient
    deliveries: set[int]
    remarks: dict[int, Remark]
    reports: dict[int, Report]
    told: dict[str, list[Place]]
    called: dict[str, tuple[str, str]]

    def spoken(self, entry: Entry) -> Remark | None:
        """The words that an entry names, or that were kept with a signature: with whom the desk spoke, who signed."""
        named = self.remarks.get(entry.data.get("remark") or 0)
        if named is not None or entry.event.split(".", 1)[1] not in SIGNATURES:
            return named
        kinds = ("behalf", "signer")
        said = [
            one for one in self.remarks.values() if one.kind in kinds and one.made_at == entry.happened_at
        ]
        said.sort(key=lambda one: one.id, reverse=entry.event.endswith("WorkStopped"))
        return next(iter(said), None)


def history(w: Work, recipient: Recipient) -> list[Happening]:
    """All that happened to one site's part, the newest first."""
    letters = w.session.scalars(select(Delivery).where(Delivery.recipient_id == recipient.id)).all()
    deliveries = {one.id for one in letters}
    desk = w.may("dispatch.review", recipient.directive.place_id)
    remarks = {row.id: row for row in _rows(w, Remark, recipient) if desk or row.kind not in FOR_THE_DESK}
    reports = {row.id: row for row in _rows(w, Report, recipient)}
    told, called = _told(w, recipient), _called(w, recipient, letters)
    known = Known(recipient, deliveries, remarks, reports, told, called)
    return [
        _happening(entry, known)
        for entry in _entries(w, recipient)
        if _concerns(entry, recipient, deliveries)
    ]


def _entries(w: Work, recipient: Recipient) -> Sequence[Entry]:
    """The lines of the journal that may be about it: its own, its order's, and those of orders made out of it."""
    made = w.session.scalars(select(Directive.id).where(Directive.passed_by_id == recipient.id)).all()
    passed = Entry.event == DirectivePassedOn.event_name()
    wanted = select(Entry).where(
        or_(
            Entry.subject == f"recipient:{recipient.id}",
            Entry.subject == f"directive:{recipient.directive_id}",
            passed & Entry.subject.in_([f"directive:{id}" for id in made]),
        ),
        Entry.event.in_([f"dispatch.{name}" for name in SAYS]),
    )
    return w.session.scalars(wanted.order_by(Entry.id.desc())).all()


def _called(w: Work, recipient: Recipient, letters: Sequence[Delivery]) -> dict[str, tuple[str, str]]:
    """By rung, the name of whom a call went to, for those who may press."""
    who = {one.rung: one.account_id for one in letters if one.account_id is not None}
    if not who or not w.may("dispatch.escalate", recipient.directive.place_id):
        return {}
    names = people_named(w, list(who.values()))
    return {
        rung: (names[account].name_zh, names[account].name_en)
        for rung, account in who.items()
        if account in names
    }


def _rows(w: Work, kind: Any, recipient: Recipient) -> list[Any]:
    return list(w.session.scalars(select(kind).where(kind.recipient_id == recipient.id)))


def _concerns(entry: Entry, recipient: Recipient, deliveries: set[int]) -> bool:
    if "deliveries" in entry.data:
        return not deliveries.isdisjoint(entry.data["deliveries"])
    if entry.event == DirectivePassedOn.event_name() and entry.data["directive"] == recipient.directive_id:
        return True
    if "recipient" in entry.data:
        return bool(entry.data["recipient"] == recipient.id)
    named = entry.data.get("recipients")
    return recipient.id in named if isinstance(named, list) else True


def _happening(entry: Entry, known: Known) -> Happening:
    data, name = entry.data, entry.event.split(".", 1)[1]
    reason, rung = _reason(data, known.deliveries), data.get("rung", "")
    ours = name == "DirectivePassedOn" and data["directive"] == known.recipient.directive_id
    many = data.get("recipients")
    return Happening(
        entry.happened_at,
        entry.actor,
        entry.role,
        RECEIVED if ours else SAYS[name],
        channel=CHANNELS.get(data.get("channel", ""), data.get("channel", "")),
        reason=next((says for start, says in REASONS.items() if reason.startswith(start)), reason),
        code=reason.rpartition(":")[2],
        rung=RUNGS.get(rung, rung),
        n=int(data.get("times") or (many if isinstance(many, int) else 0)),
        way=data.get("way", ""),
        person=known.called.get(rung),
        told=tuple(known.told.get(data.get("step", ""), ())),
        remark=known.spoken(entry),
        report=known.reports.get(data.get("report") or 0),
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
