"""Each day of the journal is sealed, and a changed line shows."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from sqlalchemy import text

from region.audit import merkle
from region.audit.actions import check_seals, seal_days
from region.audit.queries import page
from region.spine.actor import Actor, Grant
from tests.world import World


def test_the_root_is_that_of_rfc_6962() -> None:
    assert merkle.root([]) == sha256(b"").hexdigest()
    a, b, c = (merkle.leaf({"n": n}) for n in range(3))
    pair = sha256(b"\x01" + a + b).digest()
    assert merkle.root([a, b, c]) == sha256(b"\x01" + pair + c).hexdigest()


def test_finished_days_are_sealed_once_and_hold(world: World) -> None:
    world.area()
    world.wait(days=2)
    world.area()
    with world.as_system() as w:
        assert [seal.day for seal in seal_days(w)] == [date(2022, 8, 1), date(2022, 8, 2)]
    with world.as_system() as w:
        assert seal_days(w) == []
        assert check_seals(w) == []


def test_the_journal_shows_the_places_where_the_role_holds(world: World) -> None:
    east, west = world.area(), world.area()
    both = Actor("both", (Grant("auditor", east.path), Grant("laboratory", west.path)))
    with world.office.work(both) as w:
        assert {entry.place_id for entry in page(w)} == {east.id}


def test_a_changed_line_shows(world: World) -> None:
    world.area()
    world.wait(days=1)
    with world.as_system() as w:
        seal_days(w)
    with world.office.engine.begin() as raw:
        # An administrator of the database can take the guard away; the seal is for that case.
        if raw.dialect.name == "sqlite":
            raw.execute(text("DROP TRIGGER journal_keeps_update"))
        else:
            raw.execute(text("ALTER TABLE journal DISABLE TRIGGER ALL"))
        raw.execute(text("UPDATE journal SET actor = 'somebody' WHERE id = 1"))
    with world.as_system() as w:
        assert check_seals(w) == [date(2022, 8, 1)]
