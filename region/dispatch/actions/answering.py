"""What a site does with an order: receive, sign, begin, report, say that there is trouble."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from region.dispatch.events import (
    DirectiveAcknowledged,
    DirectiveReceived,
    TaskBegun,
    TaskReported,
    TroubleRaised,
)
from region.dispatch.models import Delivery, Recipient, Remark, Report
from region.dispatch.schemas import Saying, TaskReport
from region.dispatch.states import DELIVERY, RECIPIENT, UNSIGNED
from region.files.models import File
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

SKEW = timedelta(minutes=2)


def receive(w: Work, recipient: Recipient) -> None:
    """The site's own screen shows it: delivered, whatever other channels are still trying."""
    if recipient.state != "pending":
        return
    w.need("dispatch.acknowledge", recipient.place_id)
    _deliver(w, recipient)
    _end_deliveries(w, recipient)
    w.tell(DirectiveReceived(**recipient.about))


def _deliver(w: Work, recipient: Recipient) -> None:
    recipient.state, recipient.since, recipient.version = "delivered", w.now, recipient.version + 1
    recipient.delivered_at = recipient.delivered_at or w.now


def _end_deliveries(w: Work, recipient: Recipient) -> None:
    owed = select(Delivery).where(Delivery.recipient_id == recipient.id, Delivery.state == DELIVERY.start)
    for delivery in w.session.scalars(owed):
        delivery.state = "delivered" if delivery.channel == "portal" else "dropped"
        delivery.since, delivery.version = w.now, delivery.version + 1
        delivery.delivered_at = w.now if delivery.channel == "portal" else None


def acknowledge(w: Work, recipient: Recipient, signed_at: datetime | None = None) -> None:
    """The site signs. `signed_at` counts when it was signed without a network and sent later."""
    if recipient.acknowledged_at is not None:
        return
    RECIPIENT.move(w, recipient, "acknowledge", place=recipient.place_id)
    directive = recipient.directive
    signed = _believable(w, signed_at, directive.issued_at or w.now)
    recipient.delivered_at = recipient.delivered_at or signed
    recipient.acknowledged_at, recipient.acknowledged_by = signed, w.actor.name
    recipient.pressed = recipient.pressure = 0
    _end_deliveries(w, recipient)
    in_time = directive.acknowledge_due is None or signed <= directive.acknowledge_due
    w.tell(
        DirectiveAcknowledged(
            signed_at=signed,
            in_time=in_time,
            **recipient.about,
        ),
        happened_at=signed,
    )


def _believable(w: Work, signed_at: datetime | None, issued_at: datetime) -> datetime:
    """A device's clock is believed between the issuing and now; beyond that, the moment of arrival counts."""
    if signed_at is None or not issued_at <= signed_at <= w.now + SKEW:
        return w.now
    return min(signed_at, w.now)


def begin(w: Work, recipient: Recipient) -> None:
    """The site begins; signing is implied."""
    if recipient.state in UNSIGNED:
        acknowledge(w, recipient)
    RECIPIENT.move(w, recipient, "begin", place=recipient.place_id)
    w.tell(TaskBegun(**recipient.about))


def report(w: Work, recipient: Recipient, said: TaskReport) -> Report:
    """The site says it is done. Required evidence must be there; the same report sent twice is one."""
    standing = w.session.scalar(select(Report).where(Report.uid == said.uid))
    if standing is not None:
        return standing
    if recipient.state in UNSIGNED:
        acknowledge(w, recipient)
    _check_evidence(w, recipient, said)
    RECIPIENT.move(w, recipient, "report", place=recipient.place_id)
    recipient.reported_at, recipient.trouble_at = w.now, None
    made = w.add(
        Report(
            uid=said.uid,
            recipient_id=recipient.id,
            place_id=recipient.place_id,
            text=said.text,
            numbers=dict(said.numbers),
            files=list(said.files),
            made_by=w.actor.name,
            made_at=w.now,
        )
    )
    w.tell(TaskReported(report=made.id, **recipient.about))
    return made


def _check_evidence(w: Work, recipient: Recipient, said: TaskReport) -> None:
    if recipient.directive.state != "issued":
        raise Refused("directive-ended", directive=recipient.directive_id, state=recipient.directive.state)
    asked: list[dict[str, Any]] = recipient.directive.evidence
    known = {item["name"] for item in asked if item["type"] == "number"}
    for name in said.numbers:
        if name not in known:
            raise Invalid("evidence-unknown", field=f"numbers.{name}")
    for item in asked:
        given = {"number": item["name"] in said.numbers, "text": bool(said.text), "photo": bool(said.files)}
        if item.get("required", True) and not given[item["type"]]:
            raise Invalid("evidence-missing", field=item["name"], kind=item["type"])
    if said.files:
        own = select(File.id).where(File.id.in_(said.files), File.place_id == recipient.place_id)
        if set(w.session.scalars(own)) != set(said.files):
            raise Invalid("no-such-file", field="files")


def raise_trouble(w: Work, recipient: Recipient, said: Saying) -> Remark:
    """The site cannot, or not in time; the desk sees it at once."""
    w.need("dispatch.acknowledge", recipient.place_id)
    made, fresh = remark(w, recipient, "trouble", said)
    if fresh:
        recipient.trouble_at = w.now
        recipient.version += 1
        told = TroubleRaised(remark=made.id, **recipient.about)
        w.tell(told)
    return made


def remark(w: Work, recipient: Recipient, kind: str, said: Saying) -> tuple[Remark, bool]:
    """Keep words about a task, once; True when they are new."""
    standing = w.session.scalar(select(Remark).where(Remark.uid == said.uid))
    if standing is not None:
        return standing, False
    made = Remark(
        uid=said.uid,
        recipient_id=recipient.id,
        place_id=recipient.place_id,
        kind=kind,
        text=said.text,
        made_by=w.actor.name,
        made_at=w.now,
    )
    return w.add(made), True
