"""Persons are registered once, what identifies them is closed away, and opened only for a purpose."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from region.people.actions.opening import open_people
from region.people.actions.registering import Given, find, register
from region.people.models import DataKey, Person, Secret
from region.people.queries.masked import masked
from region.people.vault import key_path
from region.places.models import Place
from region.spine.errors import Broken, Forbidden, Invalid
from tests.region.sampling.ground import resident, uid
from tests.world import World


def someone(grid: Place, n: int, **facts: Any) -> Given:
    """The n-th resident of a grid."""
    said = {"uid": uid(), "place": grid.id, "kind": "resident", "number": resident(n), "name": f"张小{n}"}
    return Given(**{**said, **facts})


def put(world: World, given: list[Given], incident: int | None = None) -> dict[str, int]:
    """The system registers them."""
    with world.as_system() as w:
        return register(w, given, incident=incident, source="list")


def counted(world: World, kind: Any) -> int:
    with world.as_system() as w:
        return w.session.scalars(select(func.count()).select_from(kind)).one()


def test_the_same_paper_is_one_person_whoever_gives_it(world: World) -> None:
    grid = world.area(level="grid")
    first = someone(grid, 1)
    ids = put(world, [first, someone(grid, 1), someone(grid, 2)])
    again = put(world, [someone(grid, 1)])
    assert counted(world, Person) == counted(world, Secret) == 2
    assert set(again.values()) == {ids[first.uid]}
    assert len(world.journal("people.PeopleRegistered")) == 1


def test_who_has_no_paper_is_known_by_his_uid_and_marked_when_one_comes(world: World) -> None:
    grid = world.area(level="grid")
    baby = someone(grid, 0, kind="none", number="", unread="illegible")
    id = put(world, [baby])[baby.uid]
    assert put(world, [baby])[baby.uid] == id
    known = someone(grid, 3, uid=baby.uid)
    assert put(world, [known])[baby.uid] == id
    assert put(world, [other := someone(grid, 3)])[other.uid] == id
    with world.as_("clinic", grid) as w:
        assert open_people(w, [id], purpose="mend_paper", fields=["number"])[id].number == resident(3)


def test_a_wrong_number_put_right_is_another_person(world: World) -> None:
    grid = world.area(level="grid")
    wrong = someone(grid, 1)
    right = someone(grid, 2, uid=wrong.uid)
    first, second = put(world, [wrong])[wrong.uid], put(world, [right])[wrong.uid]
    assert first != second == put(world, [right])[wrong.uid]
    with world.as_system() as w:
        assert find(w, [wrong, right]) == {wrong.uid: second}


def test_what_was_collected_on_another_ground_is_closed_with_its_own_key(world: World) -> None:
    district = world.area()
    grid = world.area(district, level="grid")
    one = someone(grid, 1, phone="13800000000")
    incidents = [world.incident(district).id for _ in range(2)]
    for incident in incidents:
        put(world, [one], incident)
    assert (counted(world, Person), counted(world, Secret), counted(world, DataKey)) == (1, 2, 2)
    with world.as_system() as w:
        key_path(w.office.installation, w.realm, f"incident:{incidents[0]}").unlink()
        with pytest.raises(Broken, match="data-key-lost"):
            masked(w, [1])


def test_a_field_moved_to_another_person_or_field_does_not_open(world: World) -> None:
    grid = world.area(level="grid")
    ids = list(put(world, [someone(grid, 1), someone(grid, 2)]).values())
    with world.as_system() as w:
        one, two = (w.session.scalars(select(Secret).where(Secret.person_id == id)).one() for id in ids)
        held = two.name
        for name, value in (
            ("name", held),
            ("phone", one.name),
            ("name", bytes(one.name or b"")[:-1] + b"?"),
        ):
            setattr(one, name, value)
            w.session.flush()
            with pytest.raises(Broken, match="vault-does-not-open"):
                masked(w, [ids[0]])
        w.session.rollback()
        w.told.clear()
        w.touched.clear()


def test_opening_needs_the_right_and_a_purpose_and_is_told(world: World) -> None:
    grid = world.area(level="grid")
    (id,) = put(world, [someone(grid, 7, phone="13800000000")]).values()
    with pytest.raises(Forbidden), world.as_("sampler", grid) as w:
        open_people(w, [id], purpose="find_retest")
    with world.as_("clinic", grid) as w:
        with pytest.raises(Invalid, match="no-purpose"):
            open_people(w, [id], purpose="")
        assert open_people(w, [id], purpose="find_retest")[id].phone == "13800000000"
    (told,) = world.journal("people.PersonOpened")
    assert told.data == {"purpose": "find_retest", "persons": [id], "fields": ["name", "phone"]}
    stranger = world.area(level="district")
    with world.as_("clinic", stranger) as w:
        assert open_people(w, [id], purpose="find_retest") == {}


def test_names_and_numbers_stand_nowhere_in_clear(world: World) -> None:
    grid = world.area(level="grid")
    one = someone(grid, 9, phone="13912345678", address="临江路一号")
    (id,) = put(world, [one]).values()
    with world.as_system() as w:
        open_people(w, [id], purpose="find_retest")
        shown = masked(w, [id])[id]
        row = w.session.execute(select(*Secret.__table__.columns)).one()
    assert (shown.name, shown.number[-4:], shown.phone) == ("张*9", resident(9)[-4:], "139****5678")
    told = json.dumps([entry.data for entry in world.journal()])
    for clear in (one.name, one.number, one.phone, one.address):
        assert clear not in told and clear not in repr(one)
        assert clear.encode() not in b"".join(bytes(part) for part in row if isinstance(part, bytes))
