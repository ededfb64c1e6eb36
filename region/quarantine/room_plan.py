"""Which room for whom: households together, special needs in accessible rooms, small rooms for the few; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Party:
    """People who may share a room: one household, or one person; `careful` when somebody needs an accessible room."""

    whose: str
    stays: tuple[int, ...]
    careful: bool = False


@dataclass(frozen=True)
class Free:
    """An empty room that is ready."""

    room: int
    floor: int
    code: str
    capacity: int
    accessible: bool


@dataclass(frozen=True)
class Seat:
    """These stays go into this room."""

    room: int
    stays: tuple[int, ...]


def seat(parties: Sequence[Party], free: Sequence[Free]) -> tuple[list[Seat], list[int]]:
    """Who goes where, and whoever finds no room. Each room takes people of one party alone.

    Whoever needs an accessible room chooses first, then the largest households; a household that no room holds is put
    into rooms next to each other. The smallest room that fits is taken, and accessible rooms last by those who need
    none.
    """
    left = list(free)
    seats: list[Seat] = []
    without: list[int] = []
    for party in sorted(parties, key=lambda one: (not one.careful, -len(one.stays), one.stays)):
        waiting = list(party.stays)
        near: Free | None = None
        while waiting and left:
            room = _best(left, len(waiting), party.careful, near)
            left.remove(room)
            seats.append(Seat(room.room, tuple(waiting[: room.capacity])))
            waiting, near = waiting[room.capacity :], room
        without += waiting
    return seats, without


def _best(free: Sequence[Free], people: int, careful: bool, near: Free | None) -> Free:
    """The room that wastes least: accessible as needed, holding all, of few beds, near the rest of the household."""

    def cost(room: Free) -> tuple[bool, int, int, int, int, str]:
        holds = min(room.capacity, people)
        apart = 0 if near is None else abs(room.floor - near.floor)
        return room.accessible is not careful, -holds, apart, room.capacity, room.floor, room.code

    return min(free, key=cost)
