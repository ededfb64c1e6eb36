"""Nothing is made from nothing and nothing is lost: whatever two stores do in any order, the books add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from region.resources.actions import blocking, keeping
from region.resources.actions.keeping import Received
from region.resources.actions.ledger import Change, Posting, post_one
from region.resources.models import Movement, Shelf, Stock
from region.spine.db import Base
from region.spine.errors import Refused
from region.spine.work import Work
from tests.region.resources.store import receive, uid, unbalanced
from tests.world import World

ITEM = "n95"
LIVES = (2, 5, 40, None)
"""How many days the lots of a run may still be used, from its first day; the last for ever."""
STORES = st.integers(0, 1)
LOTS = st.integers(0, len(LIVES) - 1)
QUANTITIES = st.integers(1, 60)
Do = Callable[[Work, str], Any]
Books = dict[tuple[int, int], tuple[int, int, int]]
"""By place and lot: on hand, reserved, blocked."""


class TwoStores(RuleBasedStateMachine):
    """Two stores, four lots of one item, and a list of what ought to stand, kept beside the books."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        area = self.world.area()
        self.area, self.places = area, [self.world.site(area, "warehouse") for _ in range(2)]
        self.run, self.today = uid(), self.day()
        self.until = [None if left is None else self.today + timedelta(days=left) for left in LIVES]
        self.used: dict[tuple[int, date], int] = {}
        self.again: tuple[Do, str] | None = None
        for place in self.places:
            with self.world.as_("storekeeper", place) as w:
                lines = [Received(ITEM, 50, f"{self.run}-{at}", last) for at, last in enumerate(self.until)]
                keeping.receive(w, place.id, lines, uid=uid())
        with self.world.as_system() as w:
            wanted = select(Stock).where(Stock.place_id.in_(self.ids())).order_by(Stock.id)
            made = w.session.scalars(wanted).all()
        self.stocks = {(one.place_id, one.lot_id): one.id for one in made}
        self.lots = [one.lot_id for one in made[: len(LIVES)]]
        self.ought = self.books()
        self.recalled: set[int] = set()

    def day(self) -> date:
        return self.world.office.clock.day(self.world.clock.at)

    def do(self, act: Do) -> tuple[Books, Books, Refused | None]:
        """Do something in a work of its own: the books before and after, and why it was refused."""
        before, name, refused = self.books(), uid(), None
        try:
            with self.world.as_("storekeeper", self.area) as w:
                act(w, name)
                self.again = act, name
        except Refused as fault:
            refused = fault
            assert self.books() == before, "what was refused changed something"
        return before, self.books(), refused

    def books(self) -> Books:
        with self.world.as_system() as w:
            wanted = select(Stock).where(Stock.place_id.in_([one.id for one in self.places]))
            return {
                (one.place_id, one.lot_id): (one.on_hand, one.reserved, one.blocked)
                for one in w.session.scalars(wanted)
            }

    def stock(self, store: int, lot: int) -> int:
        return self.stocks[self.places[store].id, self.lots[lot]]

    def expect(self, after: Books, **by: int) -> None:
        """The sums over both stores changed by just so much; of a recalled lot nothing is free, whatever happened."""
        on_hand, reserved, blocked = (sum(one[at] for one in self.ought.values()) for at in range(3))
        assert sum(one[0] for one in after.values()) == on_hand + by.get("on_hand", 0)
        assert sum(one[1] for one in after.values()) == reserved + by.get("reserved", 0)
        if not self.recalled:
            assert sum(one[2] for one in after.values()) == blocked + by.get("blocked", 0)
        loose = {key for key, (there, held, barred) in after.items() if there != held + barred}
        assert not {lot for _place, lot in loose} & self.recalled
        self.ought = after

    def ledgered(self, store: int, lot: int, kind: str, **by: int) -> None:
        """One line written straight into the ledger, as transfers do."""

        def act(w: Work, name: str) -> None:
            change = Change(self.stock(store, lot), **by)
            post_one(w, Posting(self.places[store].id, kind, name, (change,), w.now))

        _before, after, refused = self.do(act)
        self.expect(after, **({} if refused else by))

    @rule(store=STORES, lot=LOTS, quantity=QUANTITIES)
    def receive(self, store: int, lot: int, quantity: int) -> None:
        line = Received(ITEM, quantity, f"{self.run}-{lot}", self.until[lot])
        _before, after, refused = self.do(
            lambda w, name: keeping.receive(w, self.places[store].id, [line], uid=name)
        )
        assert refused is None
        self.expect(after, on_hand=quantity)

    @rule(store=STORES, quantity=QUANTITIES)
    def issue(self, store: int, quantity: int) -> None:
        place = self.places[store].id
        before, after, refused = self.do(lambda w, name: keeping.issue(w, place, ITEM, quantity, uid=name))
        usable = {lot: free for lot, free in self.free(before, place).items() if self.may_be_used(lot)}
        assert (refused is not None) == (sum(usable.values()) < quantity)
        taken = {lot: before[place, lot][0] - after[place, lot][0] for lot in self.free(before, place)}
        assert all(self.may_be_used(lot) for lot, one in taken.items() if one), "an expired lot was issued"
        last = max((self.last_day(lot) for lot, one in taken.items() if one), default=date.min)
        left = {lot: free - taken[lot] for lot, free in usable.items()}
        assert not [lot for lot, free in left.items() if free and self.last_day(lot) < last], (
            "not first expiry first"
        )
        self.expect(after, on_hand=0 if refused else -quantity)
        if refused is None:
            self.used[place, self.day()] = self.used.get((place, self.day()), 0) + quantity

    @rule(store=STORES, quantity=QUANTITIES)
    def bring_back(self, store: int, quantity: int) -> None:
        place, used = self.places[store].id, self.used.get((self.places[store].id, self.day()), 0)
        _before, after, refused = self.do(
            lambda w, name: keeping.return_in(w, place, ITEM, quantity, uid=name)
        )
        assert (refused is not None) == (used < quantity)
        self.expect(after, on_hand=0 if refused else quantity)
        self.used[place, self.day()] = used if refused else used - quantity

    @rule(store=STORES, lot=LOTS, by=st.integers(-60, 60).filter(bool))
    def adjust(self, store: int, lot: int, by: int) -> None:
        _before, after, refused = self.do(
            lambda w, name: keeping.adjust(w, self.stock(store, lot), by, reason="count", uid=name)
        )
        assert refused is None or by < 0
        self.expect(after, on_hand=0 if refused else by)

    @rule(store=STORES, lot=LOTS, quantity=QUANTITIES, out=st.sampled_from(["write_off", "return_out"]))
    def out(self, store: int, lot: int, quantity: int, out: str) -> None:
        act = getattr(keeping, out)
        _before, after, refused = self.do(
            lambda w, name: act(w, self.stock(store, lot), quantity, uid=name, blocked=True)
        )
        gone = 0 if refused else -quantity
        self.expect(after, on_hand=gone, blocked=gone)

    @rule(store=STORES, lot=LOTS, quantity=QUANTITIES, free=st.booleans())
    def block_or_release(self, store: int, lot: int, quantity: int, free: bool) -> None:
        act = blocking.release if free else blocking.block
        _before, after, refused = self.do(lambda w, name: act(w, self.stock(store, lot), quantity, uid=name))
        self.expect(after, blocked=0 if refused else -quantity if free else quantity)

    @rule(lot=LOTS, free=st.booleans())
    def recall_or_lift(self, lot: int, free: bool) -> None:
        act = blocking.lift if free else blocking.recall

        before, after, refused = self.do(lambda w, name: act(w, self.lots[lot], uid=name))
        assert refused is None
        self.recalled = self.recalled - {self.lots[lot]} if free else self.recalled | {self.lots[lot]}
        moved = sum(after[key][2] - before[key][2] for key in before)
        self.expect(after, blocked=moved)

    @rule(store=STORES, lot=LOTS, quantity=QUANTITIES, free=st.booleans())
    def reserve_or_free(self, store: int, lot: int, quantity: int, free: bool) -> None:
        self.ledgered(store, lot, "free" if free else "reserve", reserved=-quantity if free else quantity)

    @rule(giver=STORES, lot=LOTS, quantity=QUANTITIES)
    def carry(self, giver: int, lot: int, quantity: int) -> None:
        """From one store to the other: what leaves here arrives there, or neither happens."""

        def act(w: Work, name: str) -> None:
            for store, kind, by in ((giver, "send", -quantity), (1 - giver, "arrive", quantity)):
                change = Change(self.stock(store, lot), on_hand=by)
                post_one(w, Posting(self.places[store].id, kind, f"{name}/{kind}", (change,), w.now))

        self.expect(self.do(act)[1])

    @rule(store=STORES)
    def take_out_expired(self, store: int) -> None:
        place = self.places[store].id
        before, after, _refused = self.do(lambda w, name: keeping.expire(w, place, uid=name))
        gone = sum(free for lot, free in self.free(before, place).items() if not self.may_be_used(lot))
        self.expect(after, on_hand=-gone)
        assert not any(free for lot, free in self.free(after, place).items() if not self.may_be_used(lot))

    @precondition(lambda self: self.again is not None)
    @rule()
    def the_same_once_more(self) -> None:
        assert self.again is not None
        act, name = self.again
        before, count = self.books(), self.moved()
        with self.world.as_("storekeeper", self.area) as w:
            act(w, name)
        assert (self.books(), self.moved()) == (before, count)

    @rule(days=st.integers(1, 3))
    def time_passes(self, days: int) -> None:
        self.world.wait(days=days)
        self.again = None

    def moved(self) -> int:
        with self.world.as_system() as w:
            return len(w.session.scalars(select(Movement.id).where(Movement.place_id.in_(self.ids()))).all())

    def ids(self) -> list[int]:
        return [one.id for one in self.places]

    def free(self, books: Books, place: int) -> dict[int, int]:
        return {lot: one[0] - one[1] - one[2] for (where, lot), one in books.items() if where == place}

    def last_day(self, lot: int) -> date:
        return self.until[self.lots.index(lot)] or date.max

    def may_be_used(self, lot: int) -> bool:
        return self.last_day(lot) >= self.day()

    @invariant()
    def the_books_add_up(self) -> None:
        books = self.books()
        for on_hand, reserved, blocked in books.values():
            assert min(on_hand, reserved, blocked) >= 0 and reserved + blocked <= on_hand
        assert unbalanced(self.world) == []
        with self.world.as_system() as w:
            shelves = w.session.scalars(select(Shelf).where(Shelf.place_id.in_(self.ids()))).all()
            for one in shelves:
                mine = [stock for (place, _lot), stock in books.items() if place == one.place_id]
                assert (one.on_hand, one.reserved, one.blocked) == tuple(map(sum, zip(*mine, strict=True)))


def test_whatever_two_stores_do_the_books_add_up(world: World) -> None:
    on_sqlite = world.database_url.startswith("sqlite")
    machine = type("Stores", (TwoStores,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=5 if on_sqlite else 1,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_database_itself_refuses_a_stock_below_nothing(world: World) -> None:
    store = world.site(world.area(), "warehouse")
    receive(world, store, ITEM, 10)
    stocks = Base.metadata.tables["stocks"]
    with world.office.engine.connect() as connection:
        standing = dict(connection.execute(select(stocks)).mappings().one())
    wrong = [
        {"on_hand": -1},
        {"reserved": -1},
        {"blocked": -1},
        {"reserved": 6, "blocked": 5},
        {"blocked": 11},
    ]
    for numbers in wrong:
        fresh = {**standing, "id": 999, "storage": "cold", **numbers}
        for statement in (update(stocks).values(**numbers), insert(stocks).values(**fresh)):
            with pytest.raises(IntegrityError), world.office.engine.begin() as connection:
                connection.execute(statement)
    assert unbalanced(world) == []
