"""What a site does with an order: receive, sign, begin, report, say that there is trouble."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import select

from region.dispatch.events import (
    DirectiveAcknowledged,
    DirectiveReceived,
    RecipientSettled,
    TaskBegun,
    TaskReported,
    TroubleRaised,
)
from region.dispatch.models import Delivery, Directive, Progress, Recipient, Remark, Report
from region.dispatch.queries.children import no_open_children
from region.dispatch.queries.known_numbers import prefilled
from region.dispatch.schemas import Hand, Saying, TaskReport
from region.dispatch.states import DELIVERY, RECIPIENT, UNSIGNED
from region.dispatch.tasks import tasks_of
from region.dispatch.wording import PACK
from region.files.models import File
from region.spine.errors import Invalid, Missing, Refused
from region.spine.work import Work

SKEW = timedelta(minutes=2)
PORTAL = Hand()


def receive(w: Work, recipient: Recipient) -> None:
    """The site's own screen shows it: delivered, whatever other channels are still trying."""
    if recipient.state != "pending":
        return
    only_its_holder(w, recipient)
    w.need("dispatch.acknowledge", recipient.place_id)
    _deliver(w, recipient)
    end_deliveries(w, recipient)
    w.tell(DirectiveReceived(**recipient.about))


def only_its_holder(w: Work, recipient: Recipient) -> None:
    """A named person's part is nobody else's: for all others, of the same site too, it is Missing."""
    if recipient.account_id is not None and recipient.account_id != w.actor.account_id:
        raise Missing("no-such", what="recipient", id=recipient.id)


def _deliver(w: Work, recipient: Recipient) -> None:
    recipient.state, recipient.since, recipient.version = "delivered", w.now, recipient.version + 1
    recipient.delivered_at = recipient.delivered_at or w.now


def end_deliveries(w: Work, recipient: Recipient) -> None:
    """Nothing more need be brought: the screen has shown it, or somebody has signed."""
    owed = select(Delivery).where(Delivery.recipient_id == recipient.id, Delivery.state == DELIVERY.start)
    for delivery in w.session.scalars(owed):
        delivery.state = "delivered" if delivery.channel == "portal" else "dropped"
        delivery.since, delivery.version = w.now, delivery.version + 1
        delivery.delivered_at = w.now if delivery.channel == "portal" else None


def acknowledge(
    w: Work, recipient: Recipient, signed_at: datetime | None = None, hand: Hand = PORTAL
) -> None:
    """The site, or the named person, signs. `signed_at` counts when it was signed without a network and sent later.

    A document that asks for nothing but the signature is done with it.
    """
    only_its_holder(w, recipient)
    if recipient.acknowledged_at is not None:
        return
    if recipient.account_id is None:
        RECIPIENT.move(w, recipient, "acknowledge", place=recipient.place_id)
    else:
        # Being named is the right to sign: those who stand duty at a desk sign for no site, but for themselves.
        w.need("dispatch.read", recipient.place_id)
        recipient.state = RECIPIENT.find("acknowledge", recipient.state).target
        recipient.since, recipient.version = w.now, recipient.version + 1
    keep_signature(w, recipient, _believable(w, signed_at, recipient.directive.issued_at or w.now), hand)


def keep_signature(w: Work, recipient: Recipient, signed: datetime, hand: Hand) -> None:
    """Write down a signature that was allowed: by whom, when, by which way; and what follows from it at once."""
    directive = recipient.directive
    recipient.delivered_at = recipient.delivered_at or signed
    recipient.acknowledged_at, recipient.acknowledged_by = signed, w.actor.name
    recipient.acknowledged_way, recipient.acknowledged_device = hand.way, hand.device or None
    recipient.pressed = recipient.pressure = 0
    end_deliveries(w, recipient)
    in_time = directive.acknowledge_due is None or signed <= directive.acknowledge_due
    w.tell(
        DirectiveAcknowledged(
            signed_at=signed,
            in_time=in_time,
            way=hand.way,
            device=hand.device,
            **recipient.about,
        ),
        happened_at=signed,
    )
    if settles(w, directive):
        # Not by move(): the right to sign was proved, also where the desk signed on the site's behalf.
        recipient.state = RECIPIENT.find("settle", recipient.state).target
        recipient.version += 1
        recipient.ended_at = w.now
        w.tell(RecipientSettled(**recipient.about))


def settles(w: Work, directive: Directive) -> bool:
    """Whether a signature is all that it asks for: a kind without a task, and no evidence."""
    return not directive.evidence and directive.kind not in w.rules.value(PACK, "kinds.needing_task")


def _believable(w: Work, signed_at: datetime | None, issued_at: datetime) -> datetime:
    """A device's clock is believed between the issuing and now; beyond that, the moment of arrival counts."""
    if signed_at is None or not issued_at <= signed_at <= w.now + SKEW:
        return w.now
    return min(signed_at, w.now)


def begin(w: Work, recipient: Recipient) -> None:
    """The site begins; signing is implied."""
    only_its_holder(w, recipient)
    if recipient.state in UNSIGNED:
        acknowledge(w, recipient)
    RECIPIENT.move(w, recipient, "begin", place=recipient.place_id)
    w.tell(TaskBegun(**recipient.about))


def report(w: Work, recipient: Recipient, said: TaskReport) -> Report:
    """The site says it is done. Required evidence must be there; the same report sent twice is one.

    A number that is known already, because others count it or the site told it before, need not be typed again.
    """
    standing = w.session.scalar(select(Report).where(Report.uid == said.uid))
    if standing is not None:
        return standing
    only_its_holder(w, recipient)
    if recipient.state in UNSIGNED:
        acknowledge(w, recipient)
    said = _with_known_numbers(w, recipient, said)
    _check_evidence(w, recipient, said)
    RECIPIENT.move(w, recipient, "report", place=recipient.place_id)
    recipient.reported_at, recipient.trouble_at = w.now, None
    made = w.add(_said(w, recipient, said))
    w.session.add_all(_last_progress(recipient, made))
    w.tell(TaskReported(report=made.id, **recipient.about))
    return made


def _said(w: Work, recipient: Recipient, said: TaskReport) -> Report:
    return Report(
        uid=said.uid,
        recipient_id=recipient.id,
        place_id=recipient.place_id,
        text=said.text,
        numbers=dict(said.numbers),
        files=list(said.files),
        made_by=w.actor.name,
        made_at=w.now,
    )


def _with_known_numbers(w: Work, recipient: Recipient, said: TaskReport) -> TaskReport:
    missing = [task.name for task in tasks_of(recipient.directive) if task.name not in said.numbers]
    if not missing:
        return said
    known = prefilled(w, recipient).numbers
    found = {name: known[name] for name in missing if name in known}
    return said.model_copy(update={"numbers": {**said.numbers, **found}})


def _last_progress(recipient: Recipient, report: Report) -> list[Progress]:
    """The numbers of a report as the last word on each task, so that sums read one table."""
    return [
        Progress(
            uid=str(uuid5(NAMESPACE_OID, f"{report.uid}/{task}")),
            recipient_id=recipient.id,
            directive_id=recipient.directive_id,
            place_id=recipient.place_id,
            task=task,
            value=value,
            made_by=report.made_by,
            made_at=report.made_at,
        )
        for task, value in report.numbers.items()
    ]


def _check_evidence(w: Work, recipient: Recipient, said: TaskReport) -> None:
    if recipient.directive.state != "issued":
        raise Refused("directive-ended", directive=recipient.directive_id, state=recipient.directive.state)
    no_open_children(w, recipient)
    asked: list[dict[str, Any]] = recipient.directive.evidence
    known = {item["name"] for item in asked if item["type"] == "number"}
    for name in said.numbers:
        if name not in known:
            raise Invalid("evidence-unknown", field=f"numbers.{name}")
    for task in tasks_of(recipient.directive):
        if task.name in said.numbers:
            task.check(said.numbers[task.name], recipient.targets)
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
    only_its_holder(w, recipient)
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
