"""Where people go: which site expects them, and which of its rooms they get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from region.quarantine.actions import clocks, rooming
from region.quarantine.events import StaysMoved
from region.quarantine.models import Room, ScheduledTest, Stay
from region.quarantine.room_plan import Free, Party, seat
from region.quarantine.states import PACK, STAY
from region.spine import bulk
from region.spine.errors import Refused
from region.spine.work import Work

COMING = ("identified", "notified", "in_transfer", "in_site")


@dataclass(frozen=True)
class Proposal:
    """Rooms proposed for arrivals: each room with its stays, and whoever finds none."""

    seats: tuple[tuple[Room, tuple[Stay, ...]], ...]
    without: tuple[Stay, ...]


def to_site(w: Work, stays: Sequence[Stay], place: int) -> None:
    """Say which site expects these people; rooms come later. Refused: ``site-closed``, ``stay-ended``."""
    for home in sorted({stay.place_id for stay in stays}):
        w.need("quarantine.notify", home)
    with w.beyond_scope("a site may take people in whatever district sends them"):
        site = rooming.site_at(w, place)
    if site is None or site.closed_at is not None:
        raise Refused("site-closed", place=place)
    if ended := [stay.id for stay in stays if stay.state in STAY.ends]:
        raise Refused("stay-ended", stay=ended[0])
    changed = [stay for stay in stays if stay.site_id != place]
    if roomed := [stay for stay in changed if stay.room_id is not None]:
        rooming.vacate(w, roomed, at=w.now)
    for stay in changed:
        stay.site_id, stay.floor, stay.version = place, None, stay.version + 1
    if changed:
        w.session.flush()
        these = bulk.among(w.session, ScheduledTest.stay_id, [stay.id for stay in changed])
        due = update(ScheduledTest).where(these, ScheduledTest.state == "due")
        w.session.execute(due.values(site_id=place))
        ids = tuple(stay.id for stay in changed)
        w.tell(StaysMoved(stays=ids, verb="to_site", **clocks.about(w, changed)))


def waiting(w: Work, place: int) -> Sequence[Stay]:
    """Whoever a site expects, or has, without a room; the longest known first."""
    wanted = select(Stay).where(Stay.site_id == place, Stay.room_id.is_(None), Stay.state.in_(COMING))
    return w.session.scalars(wanted.order_by(Stay.determined_at, Stay.id)).all()


def propose(w: Work, place: int) -> Proposal:
    """Rooms for all who wait for one at a site; nothing is changed."""
    stays = waiting(w, place)
    wanted = select(Room).where(Room.place_id == place, Room.condition == rooming.READY, Room.occupants == 0)
    rooms = w.session.scalars(wanted.order_by(Room.floor, Room.code)).all()
    free = [Free(one.id, one.floor, one.code, one.capacity, one.accessible) for one in rooms]
    seats, without = seat(_parties(w, stays), free)
    by_room, by_stay = {room.id: room for room in rooms}, {stay.id: stay for stay in stays}
    placed = ((by_room[one.room], tuple(by_stay[id] for id in one.stays)) for one in seats)
    return Proposal(tuple(placed), tuple(by_stay[id] for id in without))


def _parties(w: Work, stays: Sequence[Stay]) -> list[Party]:
    """Who belongs together; whose needs ask for an accessible room is said by the pack."""
    special = set(w.rules.value(PACK, "accessible_for"))
    owners: dict[str, list[Stay]] = {}
    for stay in stays:
        owners.setdefault(stay.household or f"stay:{stay.id}", []).append(stay)
    return [
        Party(
            whose,
            tuple(stay.id for stay in members),
            any(special & set(stay.care_needs) for stay in members),
        )
        for whose, members in owners.items()
    ]


def put(w: Work, chosen: Mapping[int, Sequence[int]]) -> int:
    """Give rooms as was decided on a proposal: stays by room; how many people have one now."""
    done = 0
    for room, ids in chosen.items():
        stays = [w.get(Stay, id) for id in ids]
        rooming.assign(w, w.get(Room, room), stays)
        done += len(stays)
    return done
