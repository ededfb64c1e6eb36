"""Counts: use inferred, losses, finds, late ones and old ones, and what cannot have been counted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from region.places.models import Place
from region.resources.actions import counting
from region.resources.actions.ledger import Change, Posting, post_one
from region.resources.models import Count, CountLine, Movement, Sheet, Stock, StockDay
from region.resources.weighing import Counted
from region.spine.errors import Forbidden, Invalid, Refused
from tests.region.resources.store import by_lot, issue, receive, shelf, uid, unbalanced
from tests.world import World


@pytest.fixture
def store(world: World) -> Place:
    return world.site(world.area(), "warehouse")


def count(world: World, place: Place, *lines: Counted, at: datetime | None = None) -> list[str]:
    """Take a count; what its lines were taken to mean."""
    with world.as_("storekeeper", place) as w:
        made = counting.take(w, place.id, lines, uid=uid(), counted_at=at)
        assert made is not None
        wanted = select(CountLine.meaning).where(CountLine.count_id == made.id).order_by(CountLine.id)
        return list(w.session.scalars(wanted))


def days(world: World, item: str = "n95") -> list[tuple[int, int, int, int, bool]]:
    """Used, came, went, over how many days, and whether inferred, day by day."""
    with world.as_system() as w:
        wanted = select(StockDay).where(StockDay.item == item).order_by(StockDay.day)
        return [(d.used, d.came, d.went, d.covers, d.inferred) for d in w.session.scalars(wanted)]


def test_what_is_missing_on_a_shelf_that_tells_no_use_was_used_first_expiry_first(
    world: World, store: Place
) -> None:
    receive(world, store, "n95", 100, "LATE", date(2024, 5, 31))
    receive(world, store, "n95", 100, "SOON", date(2022, 9, 30))
    world.wait(days=4)
    assert count(world, store, Counted("n95", 80)) == ["use"]
    assert by_lot(world, store, "n95") == [(80, 0, 0), (0, 0, 0)]
    assert days(world) == [(0, 200, 0, 1, False), (120, 0, 0, 4, True)]
    world.wait(days=2)
    assert count(world, store, Counted("n95", 80)) == ["same"]
    world.wait(days=3)
    assert count(world, store, Counted("n95", 50)) == ["use"]
    assert days(world)[-1] == (30, 0, 0, 3, True), (
        "spread over the days since the count before, not since the receipt"
    )
    assert shelf(world, store, "n95").counted_at == world.clock.at
    assert unbalanced(world) == []


def test_what_is_missing_on_a_shelf_that_tells_its_use_is_a_loss(world: World, store: Place) -> None:
    receive(world, store, "n95", 100)
    world.wait(days=1)
    issue(world, store, "n95", 10)
    assert count(world, store, Counted("n95", 85)) == ["loss"]
    assert [row[:3] for row in days(world)] == [(0, 100, 0), (10, 0, 0)], "a loss burns nothing"
    world.wait(days=1)
    assert count(world, store, Counted("n95", 80)) == ["use"], "nothing was issued since the count before"
    assert unbalanced(world) == []


def test_the_first_number_of_a_shelf_is_its_opening_and_a_surplus_is_found(
    world: World, store: Place
) -> None:
    assert (
        count(world, store, Counted("n95", 40), Counted("coverall", 5, "C1", date(2023, 1, 1)))
        == ["found"] * 2
    )
    assert count(world, store, Counted("n95", 45)) == ["found"]
    with world.as_system() as w:
        reasons = list(w.session.scalars(select(Sheet.reason).order_by(Sheet.id)))
        assert reasons == ["opening", "found"] and not w.session.scalars(select(StockDay)).all()
        lines = w.session.scalars(select(CountLine).order_by(CountLine.id)).all()
        assert [line.lot_id is None for line in lines] == [True, False, True]
    assert by_lot(world, store, "n95") == [(45, 0, 0)] and by_lot(world, store, "coverall") == [(5, 0, 0)]
    assert [entry.data["found"] for entry in world.journal("resources.StockCounted")] == [2, 1]
    assert unbalanced(world) == []


def test_a_count_told_late_is_held_against_the_books_of_its_moment(world: World, store: Place) -> None:
    receive(world, store, "n95", 100)
    world.wait(days=1)
    counted_at = world.clock.at
    world.wait(days=1)
    receive(world, store, "n95", 500)
    assert count(world, store, Counted("n95", 70), at=counted_at) == ["use"]
    assert shelf(world, store, "n95").on_hand == 570
    assert count(world, store, Counted("n95", 1), at=counted_at - timedelta(hours=1)) == ["old"]
    assert shelf(world, store, "n95").on_hand == 570
    assert shelf(world, store, "n95").counted_at == counted_at
    assert unbalanced(world) == []


def test_a_lot_is_counted_for_itself(world: World, store: Place) -> None:
    receive(world, store, "n95", 100, "A", date(2024, 5, 31))
    receive(world, store, "n95", 100, "B", date(2022, 9, 30))
    world.wait(days=2)
    assert count(world, store, Counted("n95", 90, "A")) == ["use"]
    assert by_lot(world, store, "n95") == [(90, 0, 0), (100, 0, 0)]
    world.wait(days=1)
    assert count(world, store, Counted("n95", 80, "A"), Counted("n95", 100, "B")) == ["use", "same"]
    assert [row[3] for row in days(world) if row[0]] == [2, 1]
    receive(world, store, "n95", 5, "A", date(2025, 5, 31))
    with pytest.raises(Refused) as refused:
        count(world, store, Counted("n95", 1, "A"))
    assert refused.value.code == "count-lot-unclear"
    assert unbalanced(world) == []


def test_what_had_expired_before_cannot_have_been_used(world: World, store: Place) -> None:
    receive(world, store, "n95", 100, "GONE", date(2022, 7, 1))
    receive(world, store, "n95", 20, "GOOD", date(2024, 7, 1))
    world.wait(days=1)
    assert count(world, store, Counted("n95", 60)) == ["use"]
    assert by_lot(world, store, "n95") == [(60, 0, 0), (0, 0, 0)]
    assert days(world)[-1][0] == 20
    assert unbalanced(world) == []


def test_a_count_below_what_is_held_is_refused_with_the_numbers(world: World, store: Place) -> None:
    receive(world, store, "n95", 100)
    with world.as_("storekeeper", store) as w:
        stock = w.session.scalars(select(Stock.id)).one()
        held = (Change(stock, reserved=60), Change(stock, blocked=20))
        post_one(w, Posting(store.id, "reserve", uid(), held, w.now))
    with pytest.raises(Refused) as refused:
        count(world, store, Counted("n95", 70))
    facts = {"item": "n95", "counted": 70, "expected": 100, "held": 80, "free": 20}
    assert (refused.value.code, refused.value.facts) == ("count-below-held", facts)
    assert count(world, store, Counted("n95", 80)) == ["use"]
    assert by_lot(world, store, "n95") == [(80, 60, 20)]


def test_one_form_is_one_count_and_a_wrong_one_is_none(world: World, store: Place) -> None:
    for _ in range(2):
        with world.as_("storekeeper", store) as w:
            counting.take(w, store.id, [Counted("n95", 5)], uid="the-same-form")
    with world.as_system() as w:
        assert (
            len(w.session.scalars(select(Count)).all()) == len(w.session.scalars(select(Movement)).all()) == 1
        )
    for lines, code in (
        ([Counted("n95", 5), Counted("n95", 6)], "count-twice"),
        ([Counted("n95", 5), Counted("n95", 6, "A")], "count-twice"),
        ([Counted("unknown", 5)], "no-such-item"),
        ([Counted("n95", -1)], "quantity-wrong"),
    ):
        with pytest.raises(Invalid) as invalid, world.as_("storekeeper", store) as w:
            counting.take(w, store.id, lines, uid=uid())
        assert invalid.value.code == code
    with pytest.raises(Invalid) as invalid:
        count(world, store, Counted("n95", 5), at=world.clock.at + timedelta(minutes=6))
    assert invalid.value.code == "count-in-future"
    assert count(world, store, Counted("n95", 5), at=world.clock.at + timedelta(minutes=4)) == ["same"]
    with pytest.raises(Forbidden), world.as_("storekeeper", world.site(world.area(), "warehouse")) as w:
        counting.take(w, store.id, [Counted("n95", 5)], uid=uid())


def test_of_several_lines_those_that_fit_are_kept(world: World, store: Place) -> None:
    receive(world, store, "n95", 100)
    with world.as_("storekeeper", store) as w:
        stock = w.session.scalars(select(Stock.id)).one()
        post_one(w, Posting(store.id, "quarantine", uid(), (Change(stock, blocked=50),), w.now))
    with world.as_("storekeeper", store) as w:
        lines = [Counted("n95", 10), Counted("swab", 7)]
        made, refused = counting.take_what_fits(w, store.id, lines, uid=uid(), source="api")
        assert made is not None and [one.index for one in refused] == [0]
    assert shelf(world, store, "n95").on_hand == 100 and shelf(world, store, "swab").on_hand == 7
