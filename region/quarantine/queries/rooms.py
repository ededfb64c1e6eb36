"""The rooms of a site, floor by floor, with who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from region.quarantine.models import Room, Stay
from region.quarantine.states import STAY
from region.spine.work import Work


@dataclass(frozen=True)
class RoomLine:
    """One room and the stays of those to whom it is given."""

    row: Room
    stays: tuple[Stay, ...]


def by_floor(w: Work, place: int) -> dict[int, list[RoomLine]]:
    """All rooms of a site by floor, lowest first, by their codes."""
    inside: dict[int | None, list[Stay]] = {}
    held = select(Stay).where(Stay.site_id == place, Stay.room_id.is_not(None))
    for stay in w.session.scalars(held.where(Stay.state.not_in(sorted(STAY.ends))).order_by(Stay.id)):
        inside.setdefault(stay.room_id, []).append(stay)
    floors: dict[int, list[RoomLine]] = {}
    rows = select(Room).where(Room.place_id == place).order_by(Room.floor, Room.code)
    for room in w.session.scalars(rows):
        floors.setdefault(room.floor, []).append(RoomLine(room, tuple(inside.get(room.id, ()))))
    return floors


def of_site(w: Work, place: int, ids: Sequence[int]) -> Sequence[Room]:
    """These rooms of a site, in order; others are left out."""
    wanted = select(Room).where(Room.place_id == place, Room.id.in_(ids))
    return w.session.scalars(wanted.order_by(Room.id)).all()
