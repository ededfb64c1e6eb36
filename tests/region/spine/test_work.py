"""One actor, one moment, one transaction."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from region.dispatch.events import DirectiveDiscarded
from region.incidents.models import Incident
from region.places.models import Place
from region.spine.actor import Actor, Grant
from region.spine.errors import Broken, Forbidden, Missing, Refused, SilentChange
from region.spine.journal import Entry
from region.spine.session import RegionSession
from tests.world import World


def test_a_kept_row_does_not_change_in_silence(world: World) -> None:
    place = world.area()
    with pytest.raises(SilentChange), world.as_system() as w:
        w.get(Place, place.id).name_zh = "别名"
    with world.as_system() as w:
        assert w.get(Place, place.id).name_zh == place.name_zh


def test_a_bulk_change_is_not_silent_either(world: World) -> None:
    world.area()
    with pytest.raises(SilentChange), world.as_system() as w:
        w.session.execute(update(Place).values(name_zh="别名"))


def test_an_event_of_another_area_does_not_cover_a_change(world: World) -> None:
    place = world.area()
    with pytest.raises(SilentChange), world.as_system() as w:
        w.get(Place, place.id).name_zh = "别名"
        w.tell(DirectiveDiscarded(directive=1))


def test_each_actor_sees_its_own_district_and_not_the_one_before(world: World) -> None:
    city = world.area(level="city")
    east, west = world.area(city), world.area(city)
    world.clinic(east), world.clinic(west), world.clinic(west)
    seen = {}
    for area in (east, west, east):
        with world.as_("duty_officer", area) as w:
            seen[area.id] = w.session.scalar(select(func.count()).select_from(Place))
            joined = select(Place.id).join(Incident, Incident.place_id == Place.id, isouter=True)
            assert len(w.session.scalars(joined).all()) == seen[area.id]
    assert seen == {east.id: 2, west.id: 3}


def test_many_actors_at_once_with_few_and_many_places_see_their_own_alone(world: World) -> None:
    """Statements are compiled once for each number of places that an actor has, and never serve another number."""
    areas = [world.area(level="city") for _ in range(6)]
    sites = {area.id: {area.id, *(world.clinic(area).id for _ in range(n))} for n, area in enumerate(areas)}

    def look(n: int) -> bool:
        mine = [areas[(n + k) % 6] for k in range(1 + n % 5)]
        actor = Actor(f"officer-{n}", tuple(Grant("duty_officer", one.path) for one in mine))
        with world.office.work(actor, reading=True) as w:
            seen = set(w.session.scalars(select(Place.id)))
            joined = select(Place.id).join(Incident, Incident.place_id == Place.id, isouter=True)
            return seen == set(w.session.scalars(joined)) == set().union(*(sites[one.id] for one in mine))

    with ThreadPoolExecutor(6) as threads:
        assert all(threads.map(look, range(60)))


def test_a_stranger_s_row_is_missing_by_id_and_by_bulk(world: World) -> None:
    east, west = world.area(), world.area()
    with world.as_("duty_officer", east) as w:
        with pytest.raises(Missing):
            w.get(Place, west.id)
        hit = w.session.execute(update(Place).where(Place.id == west.id).values(name_zh="x"))
        assert hit.rowcount == 0
        w.touched.clear()


def test_with_no_actor_a_placed_query_is_refused(world: World) -> None:
    with RegionSession(bind=world.office.engine) as session, pytest.raises(Refused):
        session.scalars(select(Place)).all()


def test_realms_never_meet(world: World) -> None:
    place = world.area()
    world.incident(place)
    stranger = Actor("drill", (Grant("system", ""),), realm=7)
    with world.office.work(stranger) as w:
        assert w.session.scalars(select(Incident)).all() == []


def test_a_grant_holds_for_its_places_only(world: World) -> None:
    east, west = world.area(), world.area()
    with world.as_("duty_officer", east) as w:
        w.need("dispatch.compose", east.id)
        assert w.role == "duty_officer"
        with pytest.raises(Forbidden):
            w.need("dispatch.compose", west.id)
        with pytest.raises(Broken):
            w.need("dispatch.fly")


def test_the_journal_cannot_be_changed_even_by_hand(world: World) -> None:
    world.area()
    entries = Entry.__table__
    with pytest.raises(DBAPIError, match="append-only"), Session(world.office.engine) as session:
        session.execute(update(entries).values(actor="nobody"))
    with pytest.raises(DBAPIError, match="append-only"), Session(world.office.engine) as session:
        session.execute(entries.delete())


def test_an_event_carries_no_text(world: World) -> None:
    with world.as_system() as w, pytest.raises(Broken):
        w.tell(DirectiveDiscarded(directive="张三 lives here"))  # type: ignore[arg-type]


def test_what_raises_leaves_nothing(world: World) -> None:
    place = world.area()
    before = len(world.journal())
    with pytest.raises(RuntimeError), world.as_system() as w:
        w.tell(DirectiveDiscarded(directive=1, place=place.id))
        raise RuntimeError
    assert len(world.journal()) == before


def test_a_person_in_an_exercise_cannot_change_what_all_realms_share(world: World) -> None:
    place = world.area()
    drilling = Actor("drill", (Grant("administrator", place.path),), realm=7)
    with pytest.raises(Refused, match="real-only"), world.office.work(drilling) as w:
        w.get(Place, place.id).name_zh = "别名"
    with world.as_system() as w:
        assert w.get(Place, place.id).name_zh == place.name_zh


def test_what_was_seen_beyond_scope_cannot_be_got_later(world: World) -> None:
    east, west = world.area(), world.area()
    with world.as_("duty_officer", east) as w:
        with w.beyond_scope("the name of a neighbour"):
            assert w.get(Place, west.id).name_zh == west.name_zh
        with pytest.raises(Missing):
            w.get(Place, west.id)
