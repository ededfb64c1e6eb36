"""Lists of a store: what runs out first, what is near its last day, and the trail of one lot with both signatures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from region.places.models import Place
from region.resources.actions import blocking
from region.resources.actions.ledger import Change, Posting, post_one, stock_for
from region.resources.models import Lot, Shelf, Stock, Transfer
from region.resources.queries import expiry, lots, shelf
from region.resources.queries.shelf import Wanted
from region.spine.errors import Missing
from region.spine.work import Work
from tests.region.resources.store import issue, receive, uid
from tests.world import World

TODAY = date(2022, 8, 1)


def burn(world: World, place: Place, item: str, a_day: float | None, band: str) -> None:
    """As if it had been reckoned."""
    with world.as_system() as w:
        row = w.session.scalars(select(Shelf).where(Shelf.place_id == place.id, Shelf.item == item)).one()
        row.burn, row.band = a_day, band
        row.days = None if a_day is None else row.usable / a_day


def test_what_runs_out_first_stands_first_on_every_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "PAGE", 2)
    east, west = world.area(), world.area()
    a, b, other = world.clinic(east), world.clinic(east), world.clinic(west)
    for place, item, quantity, a_day, band in (
        (a, "n95", 100, 10.0, "amber"), (a, "gloves", 100, None, "unknown"), (b, "n95", 30, 10.0, "red"),
        (b, "swab", 1, None, "empty"), (b, "gloves", 90, 3.0, "green"), (other, "n95", 1, 1.0, "red"),
    ):  # fmt: skip
        receive(world, place, item, quantity)
        burn(world, place, item, a_day, band)
    seen, after, pages = [], "", 0
    with world.as_("storekeeper", east) as w:
        while pages == 0 or after:
            page = shelf.running_out(w, Wanted(), after)
            seen += [(line.shelf.place_id, line.shelf.item) for line in page.lines]
            after, pages = page.after, pages + 1
        reds = shelf.running_out(w, Wanted(item="n95", band="red", area=east.id)).lines
        with pytest.raises(Missing):
            shelf.running_out(w, Wanted(area=west.id))
    assert seen == [(b.id, "swab"), (b.id, "n95"), (a.id, "n95"), (b.id, "gloves"), (a.id, "gloves")]
    assert pages == 3 and [line.shelf.place_id for line in reds] == [b.id]


def test_a_lot_near_its_last_day_says_what_is_left_over_and_who_could_use_it(world: World) -> None:
    area = world.area()
    store, clinic, full = (world.clinic(area) for _ in range(3))
    receive(world, store, "n95", 300, "SECOND", TODAY + timedelta(days=30))
    receive(world, store, "n95", 100, "FIRST", TODAY + timedelta(days=20))
    receive(world, store, "n95", 40, "FAR", TODAY + timedelta(days=91))
    receive(world, store, "gloves", 10, "WHO", TODAY + timedelta(days=90))
    receive(world, clinic, "n95", 50, "OWN", TODAY + timedelta(days=400))
    receive(world, full, "n95", 5000, "OWN", TODAY + timedelta(days=400))
    for place, a_day in ((store, 8.0), (clinic, 5.0), (full, 100.0)):
        burn(world, place, "n95", a_day, "green")
    with world.as_("storekeeper", area) as w:
        first, second, unknown = expiry.near_expiry(w).lines
    assert (first.lot.code, first.here, first.left_over) == ("FIRST", 100, 0)
    assert (second.lot.code, second.days_left, second.here, second.left_over) == ("SECOND", 30, 140, 160)
    assert [(one.place, one.could) for one in second.elsewhere] == [(clinic.id, 100)]
    assert (unknown.lot.code, unknown.here, unknown.left_over) == ("WHO", None, None)
    world.wait(days=21)
    with world.as_("storekeeper", area) as w:
        gone = expiry.near_expiry(w).lines[0]
    assert (gone.days_left, gone.left_over, gone.elsewhere) == (-1, 100, ())


def test_pages_of_near_expiry_leave_nothing_out(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = sqlite_world
    monkeypatch.setattr(expiry, "PAGE", 2)
    area = world.area()
    for place in [world.clinic(area) for _ in range(3)]:
        for days in (5, 5, 9):
            receive(world, place, "n95", 1, f"{place.id}-{days}-{uid()[-3:]}", TODAY + timedelta(days=days))
    found, after = [], "-"
    with world.as_("storekeeper", area) as w:
        while after:
            page = expiry.near_expiry(w, after=after)
            found += [line.stock.id for line in page.lines]
            after = page.after
    assert len(found) == len(set(found)) == 9


def test_the_trail_of_a_lot_runs_from_receipt_to_use(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lots, "PAGE", 2)
    area = world.area()
    store, clinic = world.site(area, "warehouse"), world.clinic(area)
    receive(world, store, "n95", 100, "B1", date(2024, 5, 31))
    with world.as_system() as w:
        lot = w.session.scalars(select(Lot.id)).one()
        sent = signed(world, store, clinic)
        w.session.add(sent)
        w.session.flush()
        here = w.session.scalars(select(Stock.id)).one()
        there = stock_for(w, clinic.id, lot)
        for place, kind, stock, by in ((store, "send", here, -60), (clinic, "arrive", there, 60)):
            change = Change(stock, on_hand=by)
            post_one(w, Posting(place.id, kind, uid(), (change,), w.now, ref=f"transfer:{sent.id}"))
    issue(world, clinic, "n95", 15)
    with world.as_("storekeeper", area) as w:
        blocking.recall(w, lot, uid=uid())
    with world.as_("storekeeper", area) as w:
        account, steps = lots.account_of(w, lot), walked(w, lot)
    assert [(one.movement.kind, one.place.id, one.balance.on_hand, one.balance.blocked) for one in steps] == [
        ("receive", store.id, 100, 0), ("send", store.id, 40, 0), ("arrive", clinic.id, 60, 0),
        ("issue", clinic.id, 45, 0), ("quarantine", store.id, 40, 40), ("quarantine", clinic.id, 45, 45),
    ]  # fmt: skip
    hands = [one.transfer for one in steps if one.transfer is not None]
    assert {(one.shipped_by, one.received_by) for one in hands} == {("account:1", "account:2")} and len(
        hands
    ) == 2
    assert sum(account.by_kind.values()) == account.on_hand.on_hand == 85 and account.places == 2
    with world.as_("clinic", clinic) as w:
        own = walked(w, lot)
        assert {one.place.id for one in own} == {clinic.id} and own[0].ends[0] == (
            store.name_zh,
            store.name_en,
        )
    with pytest.raises(Missing), world.as_("storekeeper", world.area()) as w:
        lots.account_of(w, lot)


def walked(w: Work, lot: int) -> list[lots.Step]:
    """All pages of a trail."""
    found, after = [], "0"
    while after:
        page = lots.trail(w, lot, after)
        found, after = [*found, *page.lines], page.after
    return found


def signed(world: World, giver: Place, taker: Place) -> Transfer:
    """A transfer that both sides have signed."""
    now = world.clock.at
    return Transfer(
        uid=uid(), kind="plan", giver_id=giver.id, taker_id=taker.id, ordered_for_id=giver.parent_id, state="received",
        since=now, made_by="account:9", made_at=now, shipped_by="account:1", shipped_at=now, received_by="account:2",
        received_at=now, ended_at=now,
    )  # fmt: skip
