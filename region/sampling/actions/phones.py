"""A phone of the field is heard: whose it is, how much it still keeps, and how wrong its clock is (AT-27)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from region.sampling.actions import worklist
from region.sampling.events.field import DeviceSeen
from region.sampling.models import FieldDevice, RoundSite
from region.sampling.schemas import Batch
from region.sampling.states import PACK
from region.spine import bulk
from region.spine.work import Work

OLDEST = timedelta(days=30)
"""What a phone says it kept for longer was written by a clock that was never set."""
MOST_SKEW = 2**31 - 1


@dataclass(frozen=True)
class Phone:
    """A phone that synchronises. `skew` in seconds: add it to its clock; `flagged` when it is beyond the limit."""

    uid: str
    skew: int
    flagged: bool
    sent_at: datetime
    heard_at: datetime

    @property
    def applied(self) -> int:
        """By how many seconds its moments are mended: none while its clock is within the limit."""
        return self.skew if self.flagged else 0

    def moment(self, said: datetime) -> datetime:
        """A moment of its clock by ours: never in the future, and never older than `OLDEST`."""
        ago = (self.sent_at if self.flagged else self.heard_at) - said
        return self.heard_at - min(max(ago, timedelta(0)), OLDEST)


def hear(w: Work, site: RoundSite, batch: Batch) -> Phone:
    """Keep that the phone was heard, and hold it until the work ends: a batch sent twice at once comes one by one.

    A phone that is new, or whose clock is found wrong for the first time on this day, is told.
    """
    skew = round((w.now - batch.sent_at).total_seconds())
    flagged = abs(skew) > w.rules.value(PACK, "field.skew_seconds")
    phone = Phone(batch.device, max(-MOST_SKEW, min(MOST_SKEW, skew)), flagged, batch.sent_at, w.now)
    facts = {"place_id": site.place_id, "account": w.actor.name, "skew": phone.skew}
    facts |= {"seen_at": w.now, "waiting": min(batch.waiting, MOST_SKEW)}
    wanted = select(FieldDevice.id).where(FieldDevice.uid == batch.device)
    with w.beyond_scope("a phone may have been at another place before"):
        rows = [{"realm": w.realm, "uid": batch.device, **facts}]
        new = bulk.add_telling(w.session, FieldDevice, rows, FieldDevice.id)
        number = w.session.scalars(wanted.with_for_update()).one()
        if not new:
            w.session.execute(update(FieldDevice).where(FieldDevice.id == number).values(**facts))
    wrong = flagged and _raised(w, number, site, phone.skew)
    if new or wrong:
        w.tell(DeviceSeen(device=batch.device, skew=phone.skew, place=site.place_id))
    return phone


def _raised(w: Work, number: int, site: RoundSite, skew: int) -> bool:
    """Whether the wrong clock is put before a person now: once a day."""
    day = w.office.clock.day(w.now).isoformat()
    raised = worklist.raise_item(
        w, "clock_wrong", site.place_id, f"device:{number}", other=day, facts={"skew": skew}
    )
    return raised is not None
