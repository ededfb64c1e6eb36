"""A recalled lot: what is reserved stays, what comes in is blocked, each area recalls for itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from region.resources.actions import blocking, keeping, transferring
from region.resources.actions.handing import Signed
from region.resources.models import Lot, Transfer
from region.resources.queries import lots
from region.spine.errors import Missing, Refused
from tests.region.resources.road import GOOD, Road
from tests.region.resources.store import by_lot, issue, receive, uid, unbalanced
from tests.world import World


def lot_of(road: Road) -> int:
    with road.world.as_system() as w:
        return w.session.scalars(select(Lot.id).where(Lot.code == "A")).one()


def test_a_recall_holds_what_is_reserved_what_is_on_its_way_and_what_comes_in(world: World) -> None:
    road = Road.of(world)
    away, waiting, lot = road.on_the_way(100), road.ordered(50), lot_of(road)
    road.commit(waiting)
    with world.as_("storekeeper", road.district) as w:
        blocking.recall(w, lot, uid=uid(), note="maker's letter")
    with pytest.raises(Refused, match="lot-recalled"):
        road.ship(waiting)
    with world.as_("storekeeper", road.store) as w:
        transferring.refuse(w, w.get(Transfer, waiting), "recalled")
    road.receive(away, {road.lines(away)[0].id: Signed(90, damaged=10)})
    receive(world, road.clinic, "n95", 5, "A", GOOD)
    assert by_lot(world, road.store, "n95") == [(900, 0, 900)]
    assert by_lot(world, road.clinic, "n95") == [(95, 0, 95)]
    with pytest.raises(Refused, match="not-enough"):
        road.commit(road.ordered(1))
    for act in (
        lambda w: keeping.issue(w, road.clinic.id, "n95", 1, uid=uid()),
        lambda w: blocking.release(w, 1, 1, uid=uid()),
    ):
        with pytest.raises(Refused), world.as_("storekeeper", road.district) as w:
            act(w)
    receive(world, road.store, "n95", 20, "B", GOOD + timedelta(days=9))
    issue(world, road.store, "n95", 20)
    with world.as_("clinic", road.clinic) as w:
        (recall, place), *_ = lots.account_of(w, lot).recalls
    assert (place.id, recall.recalled_at) == (road.district.id, world.clock.at)
    assert not unbalanced(world)


def test_a_recall_is_lifted_by_those_above_and_reaches_no_other_district(world: World) -> None:
    road = Road.of(world)
    receive(world, road.clinic, "n95", 10, "A", GOOD)
    lot = lot_of(road)
    with world.as_("clinic_lead", road.clinic) as w:
        blocking.recall(w, lot, uid=uid())
    receive(world, road.stranger, "n95", 30, "A", GOOD)
    assert by_lot(world, road.stranger, "n95") == [(30, 0, 0)], "a clinic recalls for itself alone"
    with world.as_("storekeeper", road.city) as w:
        blocking.recall(w, lot, uid=uid())
    assert by_lot(world, road.stranger, "n95") == [(30, 0, 30)]
    with pytest.raises(Refused, match="lot-recalled"), world.as_("clinic_lead", road.clinic) as w:
        blocking.lift(w, lot, uid=uid())
    with pytest.raises(Missing), world.as_("storekeeper", road.world.area()) as w:
        blocking.lift(w, lot, uid=uid())
    with world.as_("storekeeper", road.city) as w:
        blocking.lift(w, lot, uid=uid())
    assert by_lot(world, road.clinic, "n95") == [(10, 0, 0)]
    receive(world, road.clinic, "n95", 1, "A", GOOD)
    assert by_lot(world, road.clinic, "n95") == [(11, 0, 0)]
    assert len(world.journal("resources.LotRecalled")) == len(world.journal("resources.RecallLifted")) == 2


def test_the_page_of_a_lot_says_that_it_is_recalled(sqlite_world: World) -> None:
    road = Road.of(sqlite_world)
    lot = lot_of(road)
    with sqlite_world.as_("storekeeper", road.district) as w:
        blocking.recall(w, lot, uid=uid())
    for lang, word in (("zh", "已召回"), ("en", "Recalled")):
        person = sqlite_world.browser_as("storekeeper", road.store)
        assert word in person.get(f"/supplies/lots/{lot}?lang={lang}").get_data(as_text=True)
