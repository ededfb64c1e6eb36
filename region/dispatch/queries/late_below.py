"""Lateness passed up to a place: which order, which sites below it, and who of them is late still."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from region.dispatch.models import Directive, Escalation, Recipient
from region.dispatch.states import UNSIGNED
from region.places.models import Place, Site
from region.spine.work import Work

KEPT = timedelta(hours=24)
"""What has ended or was noted leaves the inbox, and with it the device, after a day."""
DOING = ("acknowledged", "in_progress", "returned")
MOST = 200
NAMED = 5


@dataclass(frozen=True)
class LateBelow:
    """A lateness that was passed up to this site: which order, what is late, and who still is."""

    id: int
    number: str
    title_zh: str
    title_en: str
    what: str
    """``acknowledge`` or ``report``."""
    count: int
    names: list[dict[str, str | None]]
    """Up to five sites: zh, en, phone."""
    due: datetime | None
    made_at: datetime
    seen_at: datetime | None


def late_below(w: Work, places: Collection[int]) -> list[LateBelow]:
    """What was passed up to these places and is not settled yet, newest first."""
    unseen = or_(Escalation.seen_at.is_(None), Escalation.seen_at >= w.now - KEPT)
    wanted = select(Escalation).where(Escalation.place_id.in_(places), unseen).order_by(Escalation.id.desc())
    with w.beyond_scope("the office above is told which sites below it are late"):
        found = [_one_late(w, one) for one in w.session.scalars(wanted.limit(MOST))]
    return [one for one in found if one is not None]


def _one_late(w: Work, passed: Escalation) -> LateBelow | None:
    """Who of those passed up is late still; None when all have answered and nobody need look any more."""
    directive = w.get(Directive, passed.directive_id)
    wanted = (
        select(Recipient.id, Recipient.state, Place.name_zh, Place.name_en, Site.phone)
        .join(Place, Place.id == Recipient.place_id)
        .join(Site, Site.place_id == Place.id, isouter=True)
        .where(Recipient.id.in_(passed.recipients))
        .order_by(Place.code, Place.id)
    )
    rows = w.session.execute(wanted).all()
    unreported = passed.step.startswith("report")
    waiting = (*UNSIGNED, *DOING) if unreported else UNSIGNED
    still = [row for row in rows if row.state in waiting]
    if not still or directive.state != "issued":
        return None
    what = "report" if unreported or all(row.state in DOING for row in still) else "acknowledge"
    return LateBelow(
        id=passed.id,
        number=directive.number or "–",
        title_zh=directive.title_zh,
        title_en=directive.title_en,
        what=what,
        count=len(still),
        names=[{"zh": row.name_zh, "en": row.name_en, "phone": row.phone} for row in still[:NAMED]],
        due=directive.task_due if what == "report" else directive.acknowledge_due,
        made_at=passed.made_at,
        seen_at=passed.seen_at,
    )
