"""The supply pack: its parts name only what the pack itself knows, and no name in a file can mean two items."""

from collections import Counter
from itertools import chain
from typing import Any

from region.places.levels import KNOWN_TYPES
from region.spine.rulebook import Rulebook

PACK = Rulebook.shipped().pack("supply")
CLASSES = PACK.value("classes").value
ITEMS: dict[str, Any] = {
    code: item for name in CLASSES for code, item in PACK.value(f"catalogue.{name}").value.items()
}
NEEDED = {"zh", "en", "unit", "pack", "lot", "expiry", "alias"}
MAY = {"standard", "pool", "cold", "hours"}


def test_every_item_is_whole_and_stands_once() -> None:
    assert len(ITEMS) >= 40 and len(ITEMS) == sum(len(PACK.value(f"catalogue.{c}").value) for c in CLASSES)
    for code, item in ITEMS.items():
        assert NEEDED <= set(item) <= NEEDED | MAY, code
        assert set(item["unit"]) == {"zh", "en"} and item["pack"] >= 1, code
    assert set(PACK.value("volumes").value) == set(ITEMS)


def test_no_name_means_two_items() -> None:
    spoken = chain.from_iterable(
        {name.casefold() for name in (code, item["zh"], item["en"], *item["alias"])}
        for code, item in ITEMS.items()
    )
    assert [name for name, times in Counter(spoken).items() if times > 1] == []


def test_other_parts_name_items_kinds_and_sites_that_exist() -> None:
    names = [*PACK.value("wall.items").value, *PACK.value("watch.items").value]
    for rule in ("bed_items", "pool_tubes"):
        names += PACK.value(f"forecast.{rule}").value.values()
    for rule in ("per_person", "per_tube", "per_sampler_day"):
        names += PACK.value(f"forecast.{rule}").value
    assert set(names) <= set(ITEMS)
    assert set(PACK.value("forecast.bed_kinds").value) <= set(PACK.value("capacity.kinds").value)
    assert set(PACK.value("allocation.givers").value) <= KNOWN_TYPES
    assert set(PACK.value("forecast.bed_items").value) == set(PACK.value("forecast.per_bed_day").value)


def test_every_tube_holds_the_pool_that_it_stands_for() -> None:
    tubes = PACK.value("forecast.pool_tubes").value
    assert {int(pool): ITEMS[code]["pool"] for pool, code in tubes.items()} == {n: n for n in (1, 5, 10, 20)}


def test_floors_bands_and_hours_rise() -> None:
    floors = [PACK.value(f"allocation.{name}").value for name in ("giver_floor", "taker_floor", "target")]
    assert floors == [3, 7, 14] and floors[1:] == [PACK.value(f"band.{b}").value for b in ("red", "amber")]
    assert PACK.duration("hours.red") < PACK.duration("hours.amber")
    assert PACK.value("burn.least_days").value <= PACK.value("burn.days").value


def test_every_rank_of_the_published_order_is_reached() -> None:
    order = PACK.value("allocation.order").value
    reached = {PACK.decide("allocation.class", {"site_type": kind}).outcome["rank"] for kind in KNOWN_TYPES}
    assert sorted(reached) == [line["rank"] for line in order] == [1, 2, 3, 4, 5]
