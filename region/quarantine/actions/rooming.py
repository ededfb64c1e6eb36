"""Rooms of a site: made, given to one person or one household, left, cleaned, broken and mended; counts are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from region.places.models import Place
from region.quarantine.events import RoomsKept
from region.quarantine.models import QuarantineSite, Room, ScheduledTest, Stay
from region.quarantine.states import PACK, STAY
from region.spine import bulk
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

READY, CLEANING, BROKEN, CLOSED = "ready", "cleaning", "broken", "closed"
NEEDS = "quarantine.rooms"


@dataclass(frozen=True)
class NewRoom:
    """A room as its site describes it."""

    floor: int
    code: str
    capacity: int = 1
    accessible: bool = False


def make(w: Work, place: int, given: Sequence[NewRoom], *, at: datetime | None = None) -> QuarantineSite:
    """Rooms of the site at `place`, which opens with its first; those whose code stands already stay as they are.

    Invalid: ``not-a-site``, ``room-ill-made`` (a room without a code or for nobody).
    """
    w.need(NEEDS, place)
    if w.get(Place, place).kind != "site":
        raise Invalid("not-a-site", field="place", place=place)
    if bad := [one for one in given if not one.code.strip() or one.capacity < 1 or len(one.code) > 20]:
        raise Invalid("room-ill-made", field="code", room=bad[0].code[:20])
    site = _site(w, place, at or w.now)
    common = {"realm": w.realm, "place_id": place, "condition": READY, "occupants": 0, "version": 1}
    rows = [
        {
            **common,
            "floor": one.floor,
            "code": one.code,
            "capacity": one.capacity,
            "accessible": one.accessible,
        }
        for one in given
    ]
    made = bulk.add_telling(w.session, Room, rows, Room.id)
    _told(w, place, "make", sorted(row.id for row in made))
    return site


def _site(w: Work, place: int, at: datetime) -> QuarantineSite:
    site = site_at(w, place)
    if site is None:
        site = w.add(QuarantineSite(place_id=place, opened_at=at))
    if site.closed_at is not None or site.opened_at is None:
        site.opened_at, site.closed_at, site.version = at, None, site.version + 1
    return site


def site_at(w: Work, place: int) -> QuarantineSite | None:
    """The quarantine site at a place, if it is one that the actor may know of."""
    return w.session.scalars(select(QuarantineSite).where(QuarantineSite.place_id == place)).one_or_none()


def clean(w: Work, rooms: Sequence[Room], *, at: datetime | None = None) -> None:
    """Cleaning of empty rooms begins; they are ready again when the pack's time is over."""
    _may(w, rooms)
    _must_be_empty(rooms)
    _begin_cleaning(w, rooms, at or w.now)
    _tell(w, "clean", rooms)


def break_down(w: Work, rooms: Sequence[Room]) -> None:
    """Something in these rooms is broken: whoever is in them may stay, nobody new is put there."""
    _put(w, rooms, BROKEN, "break")


def close(w: Work, rooms: Sequence[Room]) -> None:
    """These rooms are used no more; Refused (``room-taken``) while somebody is in one."""
    _must_be_empty(rooms)
    _put(w, rooms, CLOSED, "close")


def mend(w: Work, rooms: Sequence[Room]) -> None:
    """Broken or closed rooms are ready again."""
    _put(w, rooms, READY, "mend")


def cleaned(w: Work, place: int) -> int:
    """Rooms of a site whose cleaning is over are ready; how many."""
    w.need(NEEDS, place)
    wanted = select(Room).where(Room.place_id == place, Room.condition == CLEANING, Room.until <= w.now)
    done = w.session.scalars(wanted.order_by(Room.id)).all()
    _set(done, READY)
    _tell(w, "cleaned", done)
    return len(done)


def assign(w: Work, room: Room, stays: Sequence[Stay]) -> None:
    """Put one person, or people of one household, into a room; whoever had another leaves that one.

    Refused: ``not-one-household``, ``room-not-ready``, ``room-taken`` (somebody else's), ``room-full``,
    ``stay-ended``, ``site-closed``.
    """
    w.need(NEEDS, room.place_id)
    coming = [stay for stay in stays if stay.room_id != room.id]
    if not coming:
        return
    whose = _whose(stays)
    _fits(w, room, coming, whose)
    before = [stay for stay in coming if stay.room_id is not None]
    if before:
        vacate(w, before, at=w.now)
    for stay in coming:
        stay.site_id, stay.room_id, stay.floor = room.place_id, room.id, room.floor
        stay.alone, stay.version = room.capacity == 1 or len(stays) == 1, stay.version + 1
    room.occupants, room.household, room.version = room.occupants + len(coming), whose, room.version + 1
    _tests_there(w, coming, room.place_id)
    _tell(w, "assign", [room])


def _whose(stays: Sequence[Stay]) -> str:
    """The household they are, or the one stay; Refused when they have nothing to do with each other."""
    owners = {stay.household or f"stay:{stay.id}" for stay in stays}
    if len(owners) > 1:
        raise Refused("not-one-household", stays=[stay.id for stay in stays])
    return owners.pop()


def _fits(w: Work, room: Room, coming: Sequence[Stay], whose: str) -> None:
    site = site_at(w, room.place_id)
    if site is None or site.closed_at is not None:
        raise Refused("site-closed", place=room.place_id)
    if room.condition != READY:
        raise Refused("room-not-ready", room=room.code, condition=room.condition)
    if room.household not in (None, whose):
        raise Refused("room-taken", room=room.code)
    if room.occupants + len(coming) > room.capacity:
        raise Refused("room-full", room=room.code, capacity=room.capacity)
    if ended := [stay.id for stay in coming if stay.state in STAY.ends]:
        raise Refused("stay-ended", stay=ended[0])


def _tests_there(w: Work, stays: Sequence[Stay], place: int) -> None:
    """Their tests that are due are the site's to take."""
    these = bulk.among(w.session, ScheduledTest.stay_id, [stay.id for stay in stays])
    due = update(ScheduledTest).where(these, ScheduledTest.state == "due")
    w.session.execute(due.values(site_id=place))


def leave(w: Work, stays: Sequence[Stay], *, at: datetime | None = None) -> None:
    """People give up their rooms; each room that is empty then is cleaned before anybody else may have it."""
    for place in sorted({stay.site_id for stay in stays if stay.site_id is not None}):
        w.need(NEEDS, place)
    vacate(w, stays, at=at or w.now)


def vacate(w: Work, stays: Sequence[Stay], *, at: datetime) -> None:
    """The same as the consequence of a move, whoever was allowed to make that."""
    ids = sorted({stay.room_id for stay in stays if stay.room_id is not None})
    with w.beyond_scope("the room that somebody leaves is free, whoever lets him go"):
        rooms = {room.id: room for room in w.session.scalars(select(Room).where(Room.id.in_(ids)))}
        for stay in stays:
            if stay.room_id is not None:
                room = rooms[stay.room_id]
                room.occupants -= 1
                stay.room_id, stay.version = None, stay.version + 1
        empty = [room for room in rooms.values() if room.occupants == 0]
        for room in rooms.values():
            room.household = room.household if room.occupants else None
            room.version += 0 if room in empty else 1
        _begin_cleaning(w, empty, at)
        _tell(w, "leave", list(rooms.values()))


def _begin_cleaning(w: Work, rooms: Sequence[Room], at: datetime) -> None:
    """Cleaning until the pack's time is over; a broken or closed room stays what it is."""
    until = at + w.rules.duration(PACK, "room.cleaning")
    todo = [room for room in rooms if room.condition in (READY, CLEANING)]
    _set(todo, CLEANING, until)
    for room in rooms:
        room.version += 0 if room in todo else 1
    for place in sorted({room.place_id for room in todo}):
        w.owe("quarantine.cleaned", key=f"cleaned:{place}:{until.isoformat()}", at=until, place_id=place)


def _may(w: Work, rooms: Sequence[Room]) -> None:
    for place in sorted({room.place_id for room in rooms}):
        w.need(NEEDS, place)


def _must_be_empty(rooms: Sequence[Room]) -> None:
    if taken := [room.code for room in rooms if room.occupants]:
        raise Refused("room-taken", room=taken[0])


def _put(w: Work, rooms: Sequence[Room], condition: str, verb: str) -> None:
    _may(w, rooms)
    changed = [room for room in rooms if room.condition != condition]
    _set(changed, condition)
    _tell(w, verb, changed)


def _set(rooms: Sequence[Room], condition: str, until: datetime | None = None) -> None:
    for room in rooms:
        room.condition, room.until, room.version = condition, until, room.version + 1


def _tell(w: Work, verb: str, rooms: Sequence[Room]) -> None:
    """Say what happened to rooms, site by site, and count each site anew."""
    for place in sorted({room.place_id for room in rooms}):
        _told(w, place, verb, [room.id for room in rooms if room.place_id == place])


def _told(w: Work, place: int, verb: str, rooms: Sequence[int]) -> None:
    w.session.flush()
    recount(w, place)
    if rooms:
        w.tell(RoomsKept(rooms=tuple(rooms), verb=verb, place=place))


def recount(w: Work, place: int) -> None:
    """The kept counts of a site from its rooms (K22): all, ready, and ready with somebody in them."""
    used = Room.occupants > 0
    ready = Room.condition == READY
    sums = select(func.count(), func.count().filter(ready), func.count().filter(used))
    rooms, free, occupied = w.session.execute(sums.where(Room.place_id == place)).one()
    site = site_at(w, place)
    if site is None or (site.rooms, site.ready, site.occupied) == (rooms, free, occupied):
        return
    site.rooms, site.ready, site.occupied, site.version = rooms, free, occupied, site.version + 1
