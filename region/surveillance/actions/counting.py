"""Counts of syndromes as institutions tell them (fever clinics, schools, pharmacies); a later one corrects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from region.spine.errors import Invalid
from region.spine.work import Work
from region.surveillance.events import CountsTold
from region.surveillance.models import DayCount
from region.surveillance.queries.items import items

STREAMS = ("fever_clinic", "school", "pharmacy")
MOST = 1_000_000


@dataclass(frozen=True)
class NewCount:
    """How many of one syndrome one place counted on one day."""

    item: str
    place: int
    day: dt.date
    count: int


def tell(w: Work, stream: str, counts: Sequence[NewCount]) -> int:
    """Keep counts of a stream; how many are new or changed. The same number again changes nothing.

    Invalid ``unknown-stream``, ``unknown-item``, ``future-day``, ``count-form``; ``row`` says which.
    """
    if stream not in STREAMS:
        raise Invalid("unknown-stream", field="stream", given=stream[:40])
    known, today = items(w), w.office.clock.day(w.now)
    for number, one in enumerate(counts, 1):
        w.need("surveillance.report", one.place)
        if one.item not in known:
            raise Invalid("unknown-item", field="item", given=one.item[:40], row=number)
        if one.day > today:
            raise Invalid("future-day", field="day", row=number)
        if not 0 <= one.count <= MOST:
            raise Invalid("count-form", field="count", row=number)
    changed = [one for one in counts if _keep(w, stream, one)]
    if changed:
        w.tell(CountsTold(stream=stream, counts=len(changed), place=changed[0].place))
    return len(changed)


def _keep(w: Work, stream: str, one: NewCount) -> bool:
    key = (w.realm, stream, one.item, one.place, one.day)
    held = w.session.get(DayCount, key)
    if held is None:
        kept = dict(zip(("realm", "stream", "item", "place_id", "day"), key, strict=True))
        w.session.add(DayCount(**kept, count=one.count, first=one.count, told_at=w.now))
        w.session.flush()
        return True
    if held.count == one.count:
        return False
    held.count, held.revised_at = one.count, w.now
    return True
