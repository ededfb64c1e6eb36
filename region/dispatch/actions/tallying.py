"""What sites' own systems have counted, kept: what a report is held against, so it is never changed afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select

from region.dispatch.events import NumbersTallied
from region.dispatch.models import Tally
from region.dispatch.schemas import Count
from region.spine.errors import Invalid
from region.spine.work import Work

SKEW = timedelta(minutes=5)
MOST = 1000


@dataclass
class Kept:
    """How many counts were new and how many stood already; the refused ones by their place in the list, and why."""

    new: int = 0
    same: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def refuse(self, index: int, where: str, reason: str, **facts: Any) -> None:
        """Note one that was not kept."""
        self.refused.append({"index": index, "field": where, "reason": reason, **facts})


def keep_tallies(w: Work, place: int, given: Sequence[Any]) -> Kept:
    """Keep a site's counts, each ``{measure, at, value}``; a wrong one keeps no other out.

    The same count again changes nothing. A moment that was told otherwise before is refused (`differs`): what a
    report was held against stands; a later moment tells the right count. Invalid beyond 1,000 at once.
    """
    w.need("dispatch.tally", place)
    if len(given) > MOST:
        raise Invalid("too-many", field="tallies", most=MOST)
    kept = Kept()
    counts = _read(w, given, kept)
    standing = _standing(w, place, counts)
    fresh: Counter[str] = Counter()
    for index, count in counts:
        known = standing.get((count.measure, count.at))
        if known is None:
            w.session.add(_row(w, place, count))
            standing[(count.measure, count.at)] = count.value
            fresh[count.measure] += 1
        elif known == count.value:
            kept.same += 1
        else:
            kept.refuse(index, "value", "differs", standing=known)
    for measure, number in sorted(fresh.items()):
        w.tell(NumbersTallied(measure=measure, tallies=number, place=place))
    kept.new = sum(fresh.values())
    kept.refused.sort(key=lambda one: one["index"])
    return kept


def _read(w: Work, given: Sequence[Any], kept: Kept) -> list[tuple[int, Count]]:
    read = []
    for index, raw in enumerate(given):
        try:
            count = Count.model_validate(raw)
        except ValidationError as error:
            for one in error.errors(include_input=False, include_url=False):
                kept.refuse(index, ".".join(map(str, one["loc"])), one["type"])
            continue
        if count.at > w.now + SKEW:
            kept.refuse(index, "at", "in-the-future")
        else:
            read.append((index, count))
    return read


def _standing(w: Work, place: int, counts: Sequence[tuple[int, Count]]) -> dict[tuple[str, datetime], float]:
    if not counts:
        return {}
    moments = [count.at for _, count in counts]
    wanted = select(Tally.measure, Tally.at, Tally.value).where(
        Tally.place_id == place,
        Tally.measure.in_({count.measure for _, count in counts}),
        Tally.at.between(min(moments), max(moments)),
    )
    return {(row.measure, row.at): row.value for row in w.session.execute(wanted)}


def _row(w: Work, place: int, count: Count) -> Tally:
    return Tally(
        place_id=place,
        measure=count.measure,
        at=count.at,
        value=count.value,
        made_by=w.actor.name,
        made_at=w.now,
    )
