"""What walls and desks read of supplies: the sums of areas and the shelves that run out first, within one's places."""

from __future__ import annotations

import pytest

from region.places.models import Place
from region.resources.actions import reckoning
from region.resources.queries import overview
from region.spine.errors import Missing
from tests.region.resources.store import issue, receive
from tests.world import World

STOCK = {"n95": (1000, 100), "oxygen_cylinder": (50, 20), "gloves": (9000, 100)}


@pytest.fixture
def towns(world: World) -> list[Place]:
    """A district of two sub-districts: two clinics that use three items in the first, a full one in the second."""
    district = world.area()
    first, second = (world.area(district, "subdistrict") for _ in range(2))
    clinics = [world.clinic(first), world.clinic(first), world.clinic(second)]
    for n, clinic in enumerate(clinics):
        for item, (stock, _used) in STOCK.items():
            receive(world, clinic, item, stock * (n + 1))
    for _ in range(2):
        for clinic in clinics[:2]:
            for item, (_stock, used) in STOCK.items():
                issue(world, clinic, item, used)
        world.wait(days=1)
    with world.as_system() as w:
        reckoning.reckon_items(w, sorted(STOCK))
    return [district, first, second, *clinics]


def test_an_area_shows_the_gravest_first(world: World, towns: list[Place]) -> None:
    district, first, second = towns[:3]
    with world.as_("duty_officer", district) as w:
        lines = overview.of_area(w, district.id)
        assert [(line.item, line.band) for line in lines] == [
            ("oxygen_cylinder", "green"),
            ("n95", "green"),
            ("gloves", "green"),
        ]
        masks, oxygen, _ = overview.of_area(w, first.id)
        assert (masks.days, masks.usable, masks.burn, masks.known, masks.places) == (13, 2600, 200, 2, 2)
        assert (masks.hours, oxygen.hours, oxygen.band, oxygen.area.place) == (None, 42, "green", first.id)
        parts = overview.of_parts(w, district.id, "n95")
        assert [(part.area.place, part.band) for part in parts] == [
            (first.id, "amber"),
            (second.id, "unknown"),
        ]
        assert overview.of_parts(w, district.id, "n95", "subdistrict") == parts
        asked = overview.of_area(w, district.id, ("gloves", "n95"))
        assert [line.item for line in asked] == ["gloves", "n95"]


def test_what_runs_out_first_comes_first_with_its_ages(world: World, towns: list[Place]) -> None:
    district, first, _second, clinic, other, full = towns
    with world.as_("duty_officer", district) as w:
        lines = overview.runs_out_first(w, district.id)
        assert [(line.at.place, line.item) for line in lines] == [
            (clinic.id, "oxygen_cylinder"),
            (clinic.id, "n95"),
            (clinic.id, "gloves"),
        ]
        assert (lines[0].days, lines[0].hours, lines[0].usable, lines[0].burn) == (0.5, 12, 10, 20)
        assert lines[0].last_used is not None and lines[0].moved_at is not None
        assert overview.runs_out_first(w, district.id, items=("gloves",)) == lines[2:]
        assert overview.runs_out_first(w, district.id, most=1) == lines[:1]
        assert [line.at.place for line in overview.shelves_of(w, district.id, "n95")] == [clinic.id, other.id]
        assert overview.runs_out_first(w, full.parent_id or 0) == []
    with world.as_("duty_officer", first) as w:
        assert overview.of_area(w, district.id) == []
        with pytest.raises(Missing):
            overview.runs_out_first(w, district.id)
