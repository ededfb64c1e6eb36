"""How places are reached, as a screen may show it: addresses masked, with what became of the last trial of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from region.dispatch.addressing import masked
from region.dispatch.models import Address
from region.spine.errors import Broken
from region.spine.journal import Entry
from region.spine.work import Work

TRIED = "dispatch.AddressTried"


@dataclass(frozen=True)
class Line:
    """One address: `shown` is what may be seen of it; `outcome` of the last trial is empty where there was none."""

    id: int
    channel: str
    shown: str
    label: str
    personal: bool
    made_at: datetime
    tried_at: datetime | None = None
    outcome: str = ""
    reason: str = ""


def addresses_of(w: Work, place_id: int) -> list[Line]:
    """The addresses in use of one place, by channel."""
    wanted = (
        select(Address)
        .where(Address.place_id == place_id, Address.ended_at.is_(None))
        .order_by(Address.channel, Address.id)
    )
    rows = list(w.session.scalars(wanted))
    trials = _trials(w, rows)
    return [_line(w, row, trials.get(row.id)) for row in rows]


def is_tried(w: Work, line: int, asked: int) -> bool:
    """Whether this trial was made already."""
    wanted = select(Entry).where(Entry.event == TRIED, Entry.subject == f"line:{line}")
    return any(entry.data["asked"] == asked for entry in w.session.scalars(wanted))


def counts(w: Work, places: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many addresses in use each of these places has, by channel."""
    wanted = (
        select(Address.place_id, Address.channel, func.count())
        .where(Address.place_id.in_(places), Address.ended_at.is_(None))
        .group_by(Address.place_id, Address.channel)
    )
    found: dict[int, dict[str, int]] = {}
    for place, channel, count in w.session.execute(wanted):
        found.setdefault(place, {})[channel] = count
    return found


def _trials(w: Work, rows: Sequence[Address]) -> dict[int, Entry]:
    subjects = [f"line:{row.id}" for row in rows]
    wanted = select(Entry).where(Entry.event == TRIED, Entry.subject.in_(subjects)).order_by(Entry.id)
    return {entry.data["line"]: entry for entry in w.session.scalars(wanted)}


def _line(w: Work, row: Address, trial: Entry | None) -> Line:
    facts: dict[str, Any] = {}
    if trial is not None and trial.happened_at >= row.made_at:
        facts = {
            "tried_at": trial.happened_at,
            "outcome": trial.data["outcome"],
            "reason": trial.data["reason"],
        }
    personal = row.account_id is not None
    return Line(row.id, row.channel, _shown(w, row), row.label, personal, row.made_at, **facts)


def _shown(w: Work, row: Address) -> str:
    try:
        return masked(row.channel, w.office.installation.seal.open(row.address))
    except Broken:
        return "–"  # closed with a key that was lost: the row can still be ended
