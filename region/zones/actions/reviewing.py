"""The rules propose that a zone is lowered; a person signs or refuses; nothing is signed while a result is missing."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from region.spine.errors import Invalid, Refused
from region.spine.work import Work
from region.zones.actions import clocks
from region.zones.actions.declaring import change
from region.zones.actions.keeping import planned
from region.zones.lowering import Lowering
from region.zones.models import Zone, ZoneReview
from region.zones.queries.judged import judged, newest_of
from region.zones.states import REVIEW


def review(w: Work) -> list[ZoneReview]:
    """Look at all standing zones: what the rules allow is proposed, once for each grade and day from which it holds."""
    zones = w.session.scalars(select(Zone).where(Zone.state == "standing").order_by(Zone.id)).all()
    made = [_propose(w, zone) for zone in zones]
    return [one for one in made if one is not None]


def _propose(w: Work, zone: Zone) -> ZoneReview | None:
    if planned(w, zone) is not None:
        return None
    found = judged(w, zone)
    if found.target is None or found.effective is None or not found.due(w.office.clock.day(w.now)):
        return None
    effective = midnight(w, found.effective)
    if _stands(w, zone, found.target, effective):
        return None
    w.need("zones.review", zone.place_id)
    row = w.add(
        ZoneReview(
            zone_id=zone.id,
            place_id=zone.place_id,
            grade=found.target,
            effective_at=effective,
            facts=_facts(found, newest_of(w, zone)),
            pack_digest=w.rules.pack(zone.pack).digest,
            made_at=w.now,
            state=REVIEW.start,
            since=w.now,
        )
    )
    clocks.tell_review(w, row, "propose")
    clocks.start(w, row)
    return row


def _stands(w: Work, zone: Zone, grade: str, effective: datetime) -> bool:
    """Whether this grade was proposed from that moment already, or waits to be signed."""
    known = select(ZoneReview.id).where(ZoneReview.zone_id == zone.id, ZoneReview.grade == grade)
    standing = known.where((ZoneReview.effective_at == effective) | (ZoneReview.state == REVIEW.start))
    return w.session.scalars(standing).first() is not None


def sign(w: Work, row: ZoneReview, note: str = "") -> None:
    """A person signs: the grade holds from the day the rules name, or from now if that is past.

    Refused ``round-incomplete`` while one result of the round is missing, ``zone-no-longer-so`` when the rules
    would not propose it any more.
    """
    REVIEW.find("sign", row.state)
    w.need("zones.declare", row.place_id)
    zone = w.get(Zone, row.zone_id)
    found = judged(w, zone)
    if found.reason == "round-incomplete":
        missing = found.tested.missing if found.tested else 0
        raise Refused("round-incomplete", missing=missing, day=found.round_on or 0)
    if found.reason or found.target != row.grade:
        raise Refused("zone-no-longer-so")
    _decide(w, row, "sign", note)
    change(w, zone, row.grade, max(row.effective_at, w.now), note or "review", row.id)


def refuse(w: Work, row: ZoneReview, note: str) -> None:
    """A person refuses, and says why; the same is not proposed again for the same day."""
    if not note.strip():
        raise Invalid("zone-reason-needed", field="note")
    _decide(w, row, "refuse", note)


def midnight(w: Work, day: date) -> datetime:
    """When a day of the region begins."""
    return datetime.combine(day, time(), w.office.clock.zone).astimezone(w.now.tzinfo)


def _decide(w: Work, row: ZoneReview, verb: str, note: str) -> None:
    REVIEW.move(w, row, verb, place=row.place_id)
    row.decided_by, row.decided_at, row.note = w.actor.name, w.now, note.strip()[:1000]
    clocks.tell_review(w, row, verb)
    clocks.start(w, row)


def _facts(found: Lowering, newest: date | None) -> dict[str, Any]:
    tested = found.tested
    return {
        "newest": newest and newest.isoformat(),
        "clear": found.clear,
        "needed": found.needed,
        "round_on": found.round_on,
        "round": tested and {"done": tested.done, "due": tested.due},
    }
