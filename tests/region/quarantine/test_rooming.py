"""Rooms: one person or one household, cleaned before the next, broken ones given to nobody, counts always true."""

from __future__ import annotations

import pytest

from region.quarantine.actions import assigning, rooming
from region.quarantine.actions.moving import move
from region.quarantine.models import QuarantineSite, Room, Stay
from region.quarantine.room_plan import Free, Party, Seat, seat
from region.spine.errors import Forbidden, Invalid, Refused
from tests.region.quarantine.ground import Ground, ground
from tests.world import World


def expected(g: Ground, number: int = 1, **facts: object) -> list[int]:
    """So many people whom the site expects."""
    ids = g.stays(number, **facts)
    with g.epidemiologist() as w:
        stays = [w.get(Stay, id) for id in ids]
        assigning.to_site(w, stays, g.site.id)
        move(w, stays, "notify")
    return ids


def put(g: Ground, room: int, *ids: int) -> None:
    with g.nurse() as w:
        rooming.assign(w, w.get(Room, room), [w.get(Stay, id) for id in ids])


def counts(g: Ground) -> tuple[int, int, int]:
    with g.nurse() as w:
        site = rooming.site_at(w, g.site.id)
        assert isinstance(site, QuarantineSite)
        return site.rooms, site.ready, site.occupied


def test_at_11_one_room_never_holds_two_people_who_are_strangers(world: World) -> None:
    g = ground(world)
    (room,) = g.rooms(1, capacity=3)
    one, other = expected(g, 2)
    with pytest.raises(Refused, match="not-one-household"):
        put(g, room, one, other)
    put(g, room, one)
    with pytest.raises(Refused, match="room-taken"):
        put(g, room, other)
    assert counts(g) == (1, 1, 1)


def test_at_11_a_household_shares_a_room_as_far_as_it_holds(world: World) -> None:
    g = ground(world)
    (room,) = g.rooms(1, capacity=3)
    family = expected(g, 4, household="H7")
    put(g, room, *family[:2])
    put(g, room, family[2])
    with pytest.raises(Refused, match="room-full"):
        put(g, room, family[3])
    with g.nurse() as w:
        kept = w.get(Room, room)
        assert (kept.occupants, kept.household) == (3, "H7")


def test_at_11_cleaning_blocks_for_twelve_hours(world: World) -> None:
    g = ground(world)
    (id,) = g.inside(1)
    (next_,) = expected(g)
    with g.epidemiologist() as w:
        room = w.get(Stay, id).room_id
        assert room is not None
        move(w, [w.get(Stay, id)], "release")
    assert counts(g) == (1, 0, 0)
    with pytest.raises(Refused, match="room-not-ready"):
        put(g, room, next_)
    world.wait(hours=11, minutes=59)
    world.run()
    with pytest.raises(Refused, match="room-not-ready"):
        put(g, room, next_)
    world.wait(minutes=2)
    world.run()
    put(g, room, next_)
    assert counts(g) == (1, 1, 1)


def test_broken_rooms_take_nobody_and_are_mended(world: World) -> None:
    g = ground(world)
    rooms = g.rooms(3)
    (id,) = expected(g)
    with g.nurse() as w:
        rooming.break_down(w, [w.get(Room, rooms[0])])
        rooming.close(w, [w.get(Room, rooms[1])])
        rooming.clean(w, [w.get(Room, rooms[2])])
    assert counts(g) == (3, 0, 0)
    with pytest.raises(Refused, match="room-not-ready"):
        put(g, rooms[0], id)
    with g.nurse() as w:
        rooming.mend(w, [w.get(Room, rooms[0]), w.get(Room, rooms[1])])
    put(g, rooms[0], id)
    assert counts(g) == (3, 2, 1)
    with pytest.raises(Refused, match="room-taken"), g.nurse() as w:
        rooming.close(w, [w.get(Room, rooms[0])])


def test_a_person_who_moves_to_another_room_leaves_the_first_to_be_cleaned(world: World) -> None:
    g = ground(world)
    first, second = g.rooms(2)
    (id,) = expected(g)
    put(g, first, id)
    put(g, second, id)
    put(g, second, id)
    with g.nurse() as w:
        assert w.get(Room, first).condition == "cleaning" and w.get(Room, second).occupants == 1
        rooming.leave(w, [w.get(Stay, id)])
        assert w.get(Room, second).condition == "cleaning"
    verbs = [entry.data["verb"] for entry in world.journal("quarantine.RoomsKept")]
    assert verbs == ["make", "assign", "leave", "assign", "leave"]


def test_rooms_are_made_once_at_sites_by_those_who_keep_them(world: World) -> None:
    g = ground(world)
    with g.nurse() as w:
        for _ in range(2):
            rooming.make(w, g.site.id, [rooming.NewRoom(3, "301"), rooming.NewRoom(3, "302")])
    assert counts(g) == (2, 2, 0)
    with pytest.raises(Invalid, match="not-a-site"), world.as_("quarantine_nurse", g.district) as w:
        rooming.make(w, g.home.id, [rooming.NewRoom(1, "101")])
    with pytest.raises(Invalid, match="room-ill-made"), g.nurse() as w:
        rooming.make(w, g.site.id, [rooming.NewRoom(1, " ")])
    with pytest.raises(Forbidden), world.as_("transfer_driver", g.district) as w:
        rooming.make(w, g.site.id, [rooming.NewRoom(1, "101")])


def test_arrivals_are_proposed_rooms_and_get_them(world: World) -> None:
    g = ground(world)
    g.rooms(2, floor=1)
    g.rooms(1, floor=2, capacity=4)
    g.rooms(1, floor=3, accessible=True)
    family, old, alone = expected(g, 3, household="H1"), expected(g, care_needs=("elderly",)), expected(g, 3)
    with g.nurse() as w:
        made = assigning.propose(w, g.site.id)
        seats = {tuple(stay.id for stay in stays): room.floor for room, stays in made.seats}
        assert seats == {tuple(family): 2, tuple(old): 3, (alone[0],): 1, (alone[1],): 1}
        assert [stay.id for stay in made.without] == alone[2:]
        placed = assigning.put(w, {room.id: [one.id for one in stays] for room, stays in made.seats})
        assert placed == 6
        assert [stay.id for stay in assigning.waiting(w, g.site.id)] == alone[2:]


def test_a_household_that_no_room_holds_stays_on_one_floor() -> None:
    free = [Free(1, 1, "101", 1, False), Free(2, 5, "501", 2, False), Free(3, 5, "502", 1, False)]
    seats, without = seat([Party("H", (10, 11, 12))], free)
    assert seats == [Seat(2, (10, 11)), Seat(3, (12,))] and without == []
    seats, without = seat([Party("H", (10, 11)), Party("I", (12,))], free[:1])
    assert seats == [Seat(1, (10,))] and without == [11, 12]
