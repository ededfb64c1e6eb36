"""Done means proved: a report that does not agree with what was counted is marked, and cleared with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from region.dispatch.actions.answering import remark
from region.dispatch.events import ContradictionCleared, ReportContradicted
from region.dispatch.models import Directive, Recipient, Remark, Report
from region.dispatch.queries.known_numbers import counted
from region.dispatch.schemas import Saying
from region.dispatch.wording import PACK
from region.spine.machine import same_version
from region.spine.work import Work


@dataclass(frozen=True)
class Gap:
    """One number that does not agree: what was reported, and the nearest of what was counted."""

    task: str
    reported: float
    counted: float


def hold_against(w: Work, recipient: Recipient) -> None:
    """Hold the newest report against what was counted: mark the site, or take the mark away. Safe to repeat.

    A person's clearing holds until the site reports again.
    """
    w.need("system.operate")
    report = _newest(w, recipient)
    if report is None or recipient.state != "reported":
        return
    gaps = _gaps(w, recipient, report)
    marked = recipient.contradicted_at is not None
    if gaps and not _looked_at(w, recipient, report):
        recipient.contradicted_at, recipient.version = w.now, recipient.version + 1
        for gap in gaps:
            w.tell(
                ReportContradicted(
                    report=report.id,
                    task=gap.task,
                    reported=gap.reported,
                    counted=gap.counted,
                    **recipient.about,
                )
            )
    elif marked and not gaps:
        recipient.contradicted_at, recipient.version = None, recipient.version + 1
        w.tell(ContradictionCleared(remark=None, **recipient.about))


def _newest(w: Work, recipient: Recipient) -> Report | None:
    wanted = select(Report).where(Report.recipient_id == recipient.id).order_by(Report.id.desc()).limit(1)
    return w.session.scalars(wanted).first()


def _looked_at(w: Work, recipient: Recipient, report: Report) -> bool:
    """Whether this very report is marked already, or a person has cleared it."""
    if recipient.contradicted_at is not None and recipient.contradicted_at >= report.made_at:
        return True
    cleared = select(Remark.id).where(
        Remark.recipient_id == recipient.id, Remark.kind == "cleared", Remark.made_at >= report.made_at
    )
    return w.session.execute(cleared.limit(1)).first() is not None


def _gaps(w: Work, recipient: Recipient, report: Report) -> list[Gap]:
    """The numbers beyond the tolerance. Counts go on after a report: it may lie between the count then and now.

    Where nothing was counted by then, only a report of more than was ever counted is provably wrong.
    """
    share = float(w.rules.value(PACK, "proof.share"))
    least = float(w.rules.value(PACK, "proof.absolute"))
    now, then = counted(w, recipient), counted(w, recipient, report.made_at)
    found = []
    for task, high in now.items():
        if task not in report.numbers:
            continue
        reported = float(report.numbers[task])
        nearest = _nearest(reported, then.get(task, 0.0), high)
        if abs(reported - nearest) > max(least, share * nearest):
            found.append(Gap(task, reported, nearest))
    return found


def _nearest(reported: float, one: float, other: float) -> float:
    """The number between two counts that lies nearest to what was reported."""
    return min(max(reported, min(one, other)), max(one, other))


def recheck(w: Work, place: int, measure: str) -> None:
    """New counts came in at a place: hold the reports that wait there against them."""
    wanted = (
        select(Recipient)
        .join(Directive, Directive.id == Recipient.directive_id)
        .where(Recipient.place_id == place, Recipient.state == "reported", Directive.state == "issued")
        .order_by(Recipient.id)
    )
    for recipient in w.session.scalars(wanted):
        if any(_measured(item, measure) for item in recipient.directive.evidence):
            hold_against(w, recipient)


def _measured(item: Mapping[str, object], measure: str) -> bool:
    return item.get("measure") == measure


def clear_contradiction(w: Work, recipient: Recipient, said: Saying, version: int | None = None) -> None:
    """Somebody looked, and the report stands all the same: the reason is kept, and it may be accepted."""
    same_version(recipient, version)
    w.need("dispatch.review", recipient.directive.place_id)
    made, fresh = remark(w, recipient, "cleared", said)
    if fresh and recipient.contradicted_at is not None:
        recipient.contradicted_at, recipient.version = None, recipient.version + 1
    if fresh:
        w.tell(ContradictionCleared(remark=made.id, **recipient.about))
