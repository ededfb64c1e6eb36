"""Two hands on the same stock in the same moment: nothing is given or arrives twice, nobody waits for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, text

from region.resources.actions import blocking, handing, keeping, loading, transferring
from region.resources.load_plan import LoadOptions, LoadPlan
from region.resources.models import Lot, Stock, StockLoad, Transfer
from region.spine.errors import Refused, Stale
from region.spine.work import Work
from tests.region.resources.road import GOOD, Road, accounted
from tests.region.resources.store import by_lot, receive, uid, unbalanced
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
Do = Callable[[Work], object]


def at_once(road: Road, *acts: tuple[str, object, Do]) -> list[str]:
    """Each in a thread and a work of its own, begun together; one that was crossed tries again, as the web does."""
    barrier = Barrier(len(acts))

    def run(act: tuple[str, object, Do]) -> str:
        role, place, do = act
        for tried in range(3):
            try:
                with road.world.as_(role, place) as w:  # type: ignore[arg-type]
                    if not tried:
                        barrier.wait(10)
                    do(w)
                return "done"
            except Refused as refused:
                return refused.code
            except Stale:
                continue
        return "crossed"

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_the_same_goods_are_neither_issued_nor_set_aside_twice(world: World) -> None:
    road = Road.of(world, masks=100)
    orders = [road.ordered(80), road.ordered(80)]

    def commit(number: int) -> Do:
        return lambda w: transferring.set_aside(w, w.get(Transfer, number))

    outcomes = at_once(road, *(("storekeeper", road.store, commit(one)) for one in orders))
    assert outcomes == ["done", "not-enough"]
    names = [uid(), uid()]
    gives = [lambda w, name=name: keeping.issue(w, road.store.id, "n95", 20, uid=name) for name in names]
    outcomes = at_once(road, *(("storekeeper", road.store, give) for give in gives))
    assert outcomes == ["done", "not-enough"]
    assert by_lot(world, road.store, "n95") == [(80, 80, 0)] and not unbalanced(world)


def test_a_transfer_leaves_once_and_arrives_once(world: World) -> None:
    road = Road.of(world)
    transfer = road.ordered(100)
    road.commit(transfer)
    ship = ("storekeeper", road.store, lambda w: handing.ship(w, w.get(Transfer, transfer)))
    assert at_once(road, ship, ship) == ["done", "done"]
    sign = ("clinic", road.clinic, lambda w: handing.receive(w, w.get(Transfer, transfer)))
    assert at_once(road, sign, sign, sign) == ["done", "done", "done"]
    assert by_lot(world, road.clinic, "n95") == [(100, 0, 0)]
    assert by_lot(world, road.store, "n95") == [(900, 0, 0)]
    assert len(world.journal("resources.TransferReceived")) == 1 and accounted(world, "n95") == (1000, 1000)


def test_transfers_that_cross_do_not_wait_for_each_other_for_ever(world: World) -> None:
    road = Road.of(world)
    receive(world, road.clinic, "n95", 500, "B", GOOD)
    receive(world, road.clinic, "gloves", 500, "B", GOOD)
    there = road.ordered(100)
    back = road.ordered(100, giver=road.clinic.id, taker=road.store.id)
    road.commit(there)
    with world.as_("clinic", road.clinic) as w:
        transferring.set_aside(w, w.get(Transfer, back))
    lot = road.lines(there)[0].lot_id or 0
    outcomes = at_once(
        road,
        ("storekeeper", road.store, lambda w: handing.ship(w, w.get(Transfer, there))),
        ("clinic", road.clinic, lambda w: handing.ship(w, w.get(Transfer, back))),
        ("storekeeper", road.district, lambda w: blocking.block(w, _stock(w, lot), 1, uid="block-once")),
    )
    assert outcomes == ["done", "done", "done"]
    outcomes = at_once(
        road,
        ("clinic", road.clinic, lambda w: handing.receive(w, w.get(Transfer, there))),
        ("storekeeper", road.store, lambda w: handing.receive(w, w.get(Transfer, back))),
    )
    assert outcomes == ["done", "done"]
    assert not unbalanced(world) and accounted(world, "n95") == (1500, 1500)


def _stock(w: Work, lot: int) -> int:
    return w.session.scalars(select(Stock.id).where(Stock.lot_id == lot).order_by(Stock.id)).first() or 0


def test_a_file_applied_twice_at_once_is_applied_once_and_its_plan_stays(world: World) -> None:
    road = Road.of(world)
    file = f"site,item,quantity\n{road.store.code},n95,900\n".encode()
    options = LoadOptions(site="site", item="item", quantity="quantity", counted_on="2022-08-01")
    world.wait(days=2)
    with world.as_("storekeeper", road.store) as w:
        load = loading.plan_load(w, file, "a.csv", options).id

    def apply() -> str:
        with world.as_("storekeeper", road.store) as w:
            return loading.apply_load(w, load).state

    with ThreadPoolExecutor(1) as pool, world.as_("storekeeper", road.store) as w:
        loading.apply_load(w, load)
        second: Future[str] = pool.submit(apply)
        until_somebody_waits(world)
        w.session.commit()
        outcome = second.result(20)
    with world.as_system() as w:
        stands = w.get(StockLoad, load)
        plan = LoadPlan.from_doc(stands.plan)
    assert (outcome, stands.state, plan.moved) == ("applied", "applied", [])


def until_somebody_waits(world: World) -> None:
    """Until a second work stands before a lock that the first one holds."""
    for _ in range(1000):
        with world.office.engine.connect() as connection:
            if connection.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_recall_during_an_arrival_leaves_nothing_free(world: World) -> None:
    road = Road.of(world)
    transfer = road.on_the_way(100)
    with world.as_system() as w:
        lot = w.session.scalars(select(Lot.id).where(Lot.code == "A")).one()
    receive(world, road.clinic, "n95", 5, "A", GOOD)
    outcomes = at_once(
        road,
        ("clinic", road.clinic, lambda w: handing.receive(w, w.get(Transfer, transfer))),
        ("storekeeper", road.district, lambda w: blocking.recall(w, lot, uid="recall-1")),
    )
    assert outcomes == ["done", "done"]
    assert by_lot(world, road.clinic, "n95") == [(105, 0, 105)]
    assert by_lot(world, road.store, "n95") == [(900, 0, 900)] and not unbalanced(world)
