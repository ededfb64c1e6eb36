"""What is on the road between places: shipped, late, or yet to be sent, and the arrows that a map draws of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import func, select

from region.resources.models import Transfer, TransferLine
from region.resources.queries.transfers import places_named
from region.resources.states import PACK, TRANSFER
from region.spine.i18n import pick
from region.spine.work import Work

TO_BE_SENT = ("ordered", "committed")
ON_THE_ROAD = ("shipped", "turning_back")
GRAVEST_FIRST = ("late", "under_way", "planned")
"""Keys of maps.palette.MOVES."""
MOST_ARROWS = 40
"""More than that and nobody sees a single one: late ones and broad ones are kept."""
BREADTHS = (100, 500, 2_000)
"""Litres from which an arrow is one step broader: a boot, a van, a truck."""


@dataclass(frozen=True)
class Move:
    """One transfer that has not arrived: units by item; `due` when it is to arrive, `late_at` since when it is late."""

    id: int
    giver: int
    taker: int
    state: str
    due: datetime | None
    late_at: datetime | None
    units: Mapping[str, int]


@dataclass(frozen=True)
class Arrow:
    """All that goes from one place to another in the same state, `breadth` from 1 (thin) to 4."""

    giver: int
    taker: int
    state: str
    breadth: int

    @property
    def id(self) -> str:
        """What the map knows it by."""
        return f"{self.giver}-{self.taker}-{self.state}"


def read_moves(w: Work) -> list[Move]:
    """The transfers from, to or ordered for the actor's places that wait to be sent or are on the road, by id."""
    missing = TransferLine.sent - TransferLine.received - TransferLine.damaged - TransferLine.settled
    facts = (Transfer.id, Transfer.giver_id, Transfer.taker_id, Transfer.state)
    clocks = (Transfer.since, Transfer.due_at, Transfer.late_at)
    wanted = (
        select(*facts, *clocks, TransferLine.item, func.sum(missing), func.sum(TransferLine.ordered))
        .join(TransferLine, TransferLine.transfer_id == Transfer.id)
        .where(Transfer.state.in_((*TO_BE_SENT, *ON_THE_ROAD)))
        .group_by(*facts, *clocks, TransferLine.item)
        .order_by(Transfer.id, TransferLine.item)
    )
    rows = w.session.execute(wanted).all()
    return [_move(w, list(group)) for _id, group in groupby(rows, key=lambda row: row[0])]


def _move(w: Work, rows: Sequence[Any]) -> Move:
    id, giver, taker, state, since, due, late, *_ = rows[0]
    on_the_road = state in ON_THE_ROAD
    if state == "turning_back":
        giver, taker, due = taker, giver, None
    word = "planned" if not on_the_road else "under_way" if late is None else "late"
    if on_the_road and due is None:
        due = since + w.rules.duration(PACK, TRANSFER.limits[state])
    units = {row.item: int(row[-2] if on_the_road else row[-1]) for row in rows}
    return Move(id, giver, taker, word, due, late, {item: n for item, n in units.items() if n > 0})


def arrows(w: Work, moves: Sequence[Move]) -> list[Arrow]:
    """One arrow for each pair of places and state, the gravest and broadest first, no more than a map bears."""
    litres: dict[tuple[int, int, str], float] = {}
    volumes = w.rules.value(PACK, "volumes")
    for move in moves:
        key = (move.giver, move.taker, move.state)
        room = sum(float(volumes.get(item, 1.0)) * units for item, units in move.units.items())
        litres[key] = litres.get(key, 0.0) + room
    found = [Arrow(*key, 1 + sum(room >= step for step in BREADTHS)) for key, room in litres.items()]
    found.sort(key=lambda one: (GRAVEST_FIRST.index(one.state), -one.breadth, one.giver, one.taker))
    return found[:MOST_ARROWS]


def digest(found: Sequence[Arrow]) -> str:
    """A word that changes whenever the arrows do."""
    return sha256(" ".join(f"{one.id}-{one.breadth}" for one in found).encode()).hexdigest()[:12]


def lines(w: Work, found: Sequence[Arrow], lang: str) -> list[dict[str, Any]]:
    """Each arrow with its ends in degrees: {id, state, breadth, name, ends}; without a point there is no arrow."""
    places = places_named(w, {place for one in found for place in (one.giver, one.taker)})
    drawn = []
    for one in found:
        ends = [places[place] for place in (one.giver, one.taker) if place in places]
        points = [(end.lon, end.lat) for end in ends if end.lon is not None and end.lat is not None]
        if len(points) == len({*points}) == 2:
            name = " → ".join(pick(lang, end.name_zh, end.name_en) for end in ends)
            facts = {"id": one.id, "state": one.state, "breadth": one.breadth, "name": name}
            drawn.append({**facts, "ends": points})
    return drawn
