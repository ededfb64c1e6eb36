"""How far orders have come: counts by state, and for each recipient the one word that a map or list shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from region.dispatch.models import Directive, Recipient
from region.dispatch.states import UNSIGNED
from region.places.models import Site
from region.spine.work import Work

STATUS = {
    "pending": "owed",
    "delivered": "owed",
    "acknowledged": "signed",
    "in_progress": "working",
    "returned": "working",
    "reported": "reported",
    "accepted": "done",
    "waived": "done",
    "void": "none",
    "stopping": "working",
    "stopped": "done",
}
WORST_FIRST = ("late", "dark", "unreachable", "owed", "working", "signed", "reported", "done", "none")


@dataclass(frozen=True)
class Progress:
    """One order's counts. `late`: unsigned or unreported past the limit, dark sites left out."""

    directive: int
    total: int
    delivered: int
    signed: int
    signed_in_time: int
    working: int
    reported: int
    done: int
    late: int
    dark: int
    troubled: int

    @property
    def signed_share(self) -> float | None:
        """Signed in time over all (K34); None without recipients."""
        return self.signed_in_time / self.total if self.total else None


def status(recipient: Recipient, directive: Directive, site: Site | None, now: datetime) -> str:
    """The one word for a recipient: how a map colours it. Dark is never late."""
    if recipient.ended_at is not None:
        return STATUS[recipient.state]
    if site is not None and site.dark_since is not None:
        return "dark"
    if is_late(recipient, directive, now):
        return "late"
    if recipient.state == "pending" and site is not None and not (site.connected_at or site.webhook_url):
        return "unreachable"
    return STATUS[recipient.state]


def is_late(recipient: Recipient, directive: Directive, now: datetime) -> bool:
    """Unsigned past the time to sign, or not reported past the time to report."""
    if recipient.state in UNSIGNED and directive.acknowledge_due is not None:
        return now > directive.acknowledge_due
    unreported = recipient.state in ("acknowledged", "in_progress", "returned")
    return unreported and directive.task_due is not None and now > directive.task_due


def progress(w: Work, directives: Sequence[Directive]) -> dict[int, Progress]:
    """The counts of several orders in one query, within the actor's places."""
    if not directives:
        return {}
    done, open_ = Recipient.ended_at.is_not(None), Recipient.ended_at.is_(None)
    dark = Site.dark_since.is_not(None)
    overdue = case(
        (Recipient.state.in_(UNSIGNED), Directive.acknowledge_due < w.now),
        (Recipient.state.in_(("acknowledged", "in_progress", "returned")), Directive.task_due < w.now),
        else_=False,
    )
    signed = Recipient.acknowledged_at
    counts = {
        "total": Recipient.id.is_not(None),
        "delivered": Recipient.delivered_at.is_not(None),
        "signed": signed.is_not(None),
        "signed_in_time": signed <= Directive.acknowledge_due,
        "working": Recipient.state.in_(("in_progress", "returned")),
        "reported": Recipient.state == "reported",
        "done": done,
        "late": open_ & overdue & ~dark,
        "dark": open_ & dark,
        "troubled": open_ & Recipient.trouble_at.is_not(None),
    }
    sums = [func.sum(case((term, 1), else_=0)).label(name) for name, term in counts.items()]
    rows = w.session.execute(
        select(Recipient.directive_id, *sums)
        .join(Recipient.directive)
        # Outer: a named person's place may be an area.
        .join(Site, Site.place_id == Recipient.place_id, isouter=True)
        .where(Recipient.directive_id.in_([directive.id for directive in directives]))
        .group_by(Recipient.directive_id)
    )
    return {row[0]: Progress(row[0], *(int(n or 0) for n in row[1:])) for row in rows}


def site_states(w: Work, directives: Iterable[int]) -> dict[int, str]:
    """For each site, the worst word over these orders: what the map shows of what it owes."""
    rows = w.session.execute(
        select(Recipient, Directive, Site)
        .join(Recipient.directive)
        .join(Site, Site.place_id == Recipient.place_id, isouter=True)
        .where(Recipient.directive_id.in_(list(directives)))
    )
    worst: dict[int, str] = {}
    for recipient, directive, site in rows:
        word = status(recipient, directive, site, w.now)
        known = worst.get(recipient.place_id, "none")
        worst[recipient.place_id] = min(word, known, key=WORST_FIRST.index)
    return worst


def running(w: Work, most: int = 50) -> Sequence[Directive]:
    """The orders in force, newest first."""
    wanted = select(Directive).where(Directive.state == "issued").order_by(Directive.issued_at.desc())
    return w.session.scalars(wanted.limit(most)).all()
