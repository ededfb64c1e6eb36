"""A store's verbs one by one: what each does to the stock, to the day's use, and what it refuses."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from region.places.models import Place
from region.resources.actions import blocking, keeping
from region.resources.actions.ledger import Change, Posting, post_one
from region.resources.models import Lot, Sheet, Stock, StockDay
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.region.resources.store import by_lot, issue, receive, shelf, uid, unbalanced
from tests.world import World


def stocked(world: World) -> Place:
    """A warehouse with two lots of masks: the first to expire second in the books."""
    made = world.site(world.area(), "warehouse")
    receive(world, made, "n95", 100, "LATE", date(2024, 5, 31))
    receive(world, made, "n95", 50, "SOON", date(2022, 8, 1))
    return made


def stock_of(world: World, place: Place, lot: str) -> int:
    with world.as_system() as w:
        wanted = select(Stock.id).join(Lot, Lot.id == Stock.lot_id)
        return w.session.scalars(wanted.where(Stock.place_id == place.id, Lot.code == lot)).one()


def used_of(world: World, place: Place) -> tuple[int, int]:
    """Used and gone of the day, as the burn reads them."""
    with world.as_system() as w:
        days = w.session.scalars(select(StockDay).where(StockDay.place_id == place.id)).all()
        return sum(one.used for one in days), sum(one.went for one in days)


def test_what_comes_back_unused_lowers_the_use_and_goes_to_its_lots(world: World) -> None:
    store = stocked(world)
    issue(world, store, "n95", 70)
    assert by_lot(world, store, "n95") == [(80, 0, 0), (0, 0, 0)]
    with world.as_("storekeeper", store) as w:
        keeping.return_in(w, store.id, "n95", 30, uid=uid())
    assert by_lot(world, store, "n95") == [(100, 0, 0), (10, 0, 0)]
    assert used_of(world, store) == (40, 0)
    with pytest.raises(Refused) as refused, world.as_("storekeeper", store) as w:
        keeping.return_in(w, store.id, "n95", 41, uid=uid())
    assert (refused.value.code, refused.value.facts["used"]) == ("more-than-used", 40)
    world.wait(days=1)
    with pytest.raises(Refused), world.as_("storekeeper", store) as w:
        keeping.return_in(w, store.id, "n95", 1, uid=uid())


def test_what_leaves_without_being_used_is_no_use(sqlite_world: World) -> None:
    world = sqlite_world
    store = stocked(world)
    late = stock_of(world, store, "LATE")
    with world.as_("storekeeper", store) as w:
        keeping.write_off(w, late, 5, uid=uid(), note="wet")
        keeping.return_out(w, late, 15, uid=uid())
        blocking.block(w, late, 20, uid=uid())
        keeping.write_off(w, late, 20, uid=uid(), blocked=True)
    assert by_lot(world, store, "n95")[0] == (60, 0, 0)
    assert used_of(world, store) == (0, 40)
    with pytest.raises(Refused), world.as_("storekeeper", store) as w:
        keeping.write_off(w, late, 1, uid=uid(), blocked=True)
    assert unbalanced(world) == []


def test_what_has_expired_is_taken_out_and_what_is_promised_or_blocked_stays(world: World) -> None:
    store = stocked(world)
    soon = stock_of(world, store, "SOON")
    with world.as_("storekeeper", store) as w:
        assert keeping.expire(w, store.id, uid=uid()) is None, "its last day is today"
        blocking.block(w, soon, 10, uid=uid())
        post_one(w, Posting(store.id, "reserve", uid(), (Change(soon, reserved=5),), w.now))
    world.wait(days=1)
    with world.as_("storekeeper", store) as w:
        keeping.expire(w, store.id, uid=uid(), item="n95")
    assert by_lot(world, store, "n95") == [(100, 0, 0), (15, 5, 10)]
    assert used_of(world, store) == (0, 35)
    assert shelf(world, store, "n95").expired == 0


def test_the_books_are_corrected_for_a_reason_of_the_pack_alone(sqlite_world: World) -> None:
    world = sqlite_world
    store = stocked(world)
    late = stock_of(world, store, "LATE")
    with world.as_("storekeeper", store) as w:
        keeping.adjust(w, late, -7, reason="loss", uid=uid())
        keeping.adjust(w, late, 2, reason="found", uid=uid())
    assert by_lot(world, store, "n95")[0] == (95, 0, 0)
    with world.as_system() as w:
        assert set(w.session.scalars(select(Sheet.reason).where(Sheet.kind == "adjust"))) == {"loss", "found"}
    for by, reason, code in ((1, "because", "reason-unusable"), (0, "found", "quantity-wrong")):
        with pytest.raises(Invalid) as invalid, world.as_("storekeeper", store) as w:
            keeping.adjust(w, late, by, reason=reason, uid=uid())
        assert invalid.value.code == code


def test_a_recall_reaches_every_place_in_scope_and_none_beyond(world: World) -> None:
    city = world.area(level="city")
    east, west = world.area(city), world.area(city)
    stores = [world.site(area, "warehouse") for area in (east, east, west)]
    for place in stores:
        receive(world, place, "n95", 40, "BAD", date(2024, 5, 31))
    issue(world, stores[0], "n95", 10)
    lot = stock_lot(world)
    for _twice in range(2):
        with world.as_("storekeeper", east) as w:
            blocking.recall(w, lot, uid="one-recall", note="maker's letter")
    assert [by_lot(world, place, "n95") for place in stores] == [[(30, 0, 30)], [(40, 0, 40)], [(40, 0, 0)]]
    with pytest.raises(Refused), world.as_("storekeeper", east) as w:
        keeping.issue(w, stores[1].id, "n95", 1, uid=uid())
    told = [one for one in world.journal("resources.StockMoved") if one.data["kind"] == "quarantine"]
    assert [one.place_id for one in told] == [stores[0].id, stores[1].id]
    with world.as_("storekeeper", city) as w:
        blocking.lift(w, lot, uid=uid())
    assert [by_lot(world, place, "n95")[0][2] for place in stores] == [0, 0, 0]
    elsewhere = world.area(city)
    with pytest.raises(Missing), world.as_("storekeeper", elsewhere) as w:
        blocking.recall(w, lot, uid=uid())


def stock_lot(world: World) -> int:
    with world.as_system() as w:
        return w.session.scalars(select(Lot.id).where(Lot.code == "BAD")).one()


def test_a_target_is_set_and_taken_away_and_told_once(sqlite_world: World) -> None:
    world = sqlite_world
    store = stocked(world)
    with world.as_("storekeeper", store) as w:
        for target in (500, 500, None):
            keeping.set_target(w, store.id, "n95", target)
        keeping.set_target(w, store.id, "gloves", None)
    assert shelf(world, store, "n95").target is None
    assert [one.data["target"] for one in world.journal("resources.TargetSet")] == [500, None]


def test_who_may_keep_may_not_block_and_who_reads_may_do_neither(sqlite_world: World) -> None:
    world = sqlite_world
    store = stocked(world)
    late = stock_of(world, store, "LATE")
    with pytest.raises(Forbidden), world.as_("clinic", store) as w:
        blocking.block(w, late, 1, uid=uid())
    with pytest.raises(Forbidden), world.as_("duty_officer", store) as w:
        keeping.adjust(w, late, 1, reason="found", uid=uid())
    with pytest.raises(Missing), world.as_("storekeeper", world.area()) as w:
        blocking.block(w, late, 1, uid=uid())
    assert by_lot(world, store, "n95") == [(100, 0, 0), (50, 0, 0)]
