"""The ledger: nothing becomes negative, nothing is made twice, and what stands is the sum of what moved."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from region.resources.actions import keeping
from region.spine.errors import Fault, Refused
from tests.region.resources.store import by_lot, issue, receive, shelf, uid, unbalanced
from tests.world import World


def test_at_15_an_expired_lot_cannot_be_issued_and_the_first_to_expire_goes_first(world: World) -> None:
    store = world.site(world.area(), "warehouse")
    receive(world, store, "n95", 100, "LATE", date(2024, 5, 31))
    receive(world, store, "n95", 100, "SOON", date(2022, 9, 30))
    receive(world, store, "n95", 100, "GONE", date(2022, 7, 31))
    issue(world, store, "n95", 150)
    assert by_lot(world, store, "n95") == [(50, 0, 0), (0, 0, 0), (100, 0, 0)]
    kept = shelf(world, store, "n95")
    assert (kept.on_hand, kept.expired, kept.usable) == (150, 100, 50)
    with pytest.raises(Refused) as refused:
        issue(world, store, "n95", 51)
    assert (refused.value.code, refused.value.facts["there"]) == ("not-enough", 50)
    assert unbalanced(world) == []


def test_the_same_sheet_twice_is_one(world: World) -> None:
    store = world.site(world.area(), "warehouse")
    receive(world, store, "n95", 100)
    for _ in range(2):
        with world.as_("storekeeper", store) as w:
            keeping.issue(w, store.id, "n95", 30, uid="the-same-form")
    assert by_lot(world, store, "n95") == [(70, 0, 0)]
    assert len(world.journal("resources.StockMoved")) == 2


def test_of_two_hundred_who_want_the_last_hundred_exactly_a_hundred_get_one(world: World) -> None:
    store = world.site(world.area(), "warehouse")
    for lot in range(4):
        receive(world, store, "n95", 25, f"L{lot}", date(2024, 1, 1 + lot))
    answers: list[str] = []

    def one_of_them(names: list[str]) -> None:
        for name in names:
            try:
                with world.as_("storekeeper", store) as w:
                    keeping.issue(w, store.id, "n95", 1, uid=name)
                answers.append("got one")
            except Fault as fault:
                answers.append(fault.code)

    names = [uid() for _ in range(200)]
    people = [threading.Thread(target=one_of_them, args=(names[at::20],)) for at in range(20)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(answers) == ["got one"] * 100 + ["not-enough"] * 100
    assert by_lot(world, store, "n95") == [(0, 0, 0)] * 4
    assert unbalanced(world) == []
