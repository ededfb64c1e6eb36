"""The invented supplies: the same every time, never more used than came, and something of everything to be seen."""

from __future__ import annotations

import pandas as pd
import pytest

from region.exercise.linjiang import supplies
from region.exercise.linjiang.region import build
from region.resources.capacity import kinds_of
from region.resources.catalogue import items_of
from region.spine.rulebook import Rulebook

RULES = Rulebook.shipped()


@pytest.fixture(scope="module")
def sites() -> pd.DataFrame:
    return build().sites


def test_it_is_the_same_every_time(sites: pd.DataFrame) -> None:
    asked = RULES.value("supply", "capacity.asked")
    assert supplies.stock_of(sites) == supplies.stock_of(sites)
    assert supplies.capacity_of(sites, asked) == supplies.capacity_of(sites, asked)


def test_no_day_uses_more_than_came_and_all_items_are_in_the_catalogue(sites: pd.DataFrame) -> None:
    kept = supplies.stock_of(sites)
    assert {one.item for one in kept} <= set(items_of(RULES)) and len({one.site for one in kept}) >= 150
    for one in kept:
        first = one.parcels[0]
        assert sum(one.used) + first.blocked <= first.quantity, (one.site, one.item)
        assert all(0 <= parcel.blocked <= parcel.quantity for parcel in one.parcels)
    assert len({(one.site, one.item) for one in kept}) == len(kept)


def test_there_is_something_of_everything_to_be_seen(sites: pd.DataFrame) -> None:
    kept = supplies.stock_of(sites)
    silent = {one.site for one in kept if any(one.used) and not any(one.used[5:])}
    new = {one.site for one in kept if one.used[-1] and not any(one.used[:-1])}
    lots = {parcel.lot for one in kept for parcel in one.parcels}
    assert len(silent) >= supplies.SILENT and len(new) >= supplies.NEW
    assert lots == {lot for lot, _days in supplies.LOTS}
    assert any(parcel.blocked for one in kept for parcel in one.parcels)
    assert {"own", "government", "donated"} == {parcel.owner for one in kept for parcel in one.parcels}


def test_capacity_can_be_true_and_some_of_it_is_old(sites: pd.DataFrame) -> None:
    told = supplies.capacity_of(sites, RULES.value("supply", "capacity.asked"))
    kinds = kinds_of(RULES)
    for one in told:
        assert one.in_use + one.broken <= one.total and one.ready <= one.total, one
    assert any(one.hours > kinds[one.kind]["stale_hours"] for one in told)
    rooms = [one for one in told if one.kind == "rooms.quarantine"]
    assert sum(one.total for one in rooms) == 780
    assert sum(one.total for one in told if one.kind == "lab.tubes_per_day") == 38_000
