"""Codes for tubes and boxes are given out once: no number comes twice for an area and a day, whoever asks."""

from __future__ import annotations

import pytest

from region.formats.codes.tubes import read_code
from region.sampling.actions.labelling import MOST, give
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.region.sampling.ground import running_round
from tests.world import World


def test_two_sites_of_an_area_share_its_numbers_and_the_next_day_begins_anew(world: World) -> None:
    ground = running_round(world)
    other = world.clinic(ground.district)
    near = world.clinic(ground.grids[0])
    seen: list[str] = []
    for place, count in ((ground.clinic, 3), (near, 2), (ground.clinic, 5), (other, 4)):
        with world.as_("sampler", place) as w:
            seen += give(w, place.id, count)
    assert len(set(seen)) == 14
    assert all(read_code(code).facts == {"own": True} for code in seen)
    assert [code[18:24] for code in seen[:3]] == ["000000", "000001", "000002"]
    assert [code[18:24] for code in seen[5:10]] == [f"{n:06}" for n in range(3, 8)]
    world.wait(hours=24)
    with world.as_("sampler", ground.clinic) as w:
        (tomorrow,) = give(w, ground.clinic.id, 1)
    assert tomorrow[18:24] == "000000" and tomorrow[:6] != seen[0][:6]


def test_who_may_not_and_what_is_too_much(world: World) -> None:
    ground = running_round(world)
    stranger = world.clinic(world.area(level="district"))
    with pytest.raises(Missing), world.as_("sampler", stranger) as w:
        give(w, ground.clinic.id, 1)
    with pytest.raises(Forbidden), world.as_("courier", ground.clinic) as w:
        give(w, ground.clinic.id, 1)
    for count in (0, MOST + 1):
        with pytest.raises(Invalid) as wrong, ground.sampler() as w:
            give(w, ground.clinic.id, count)
        assert wrong.value.code == "labels-count"
    unnamed = world.clinic(world.area(level="district", code="X-1"))
    with pytest.raises(Refused) as none, world.as_("sampler", unnamed) as w:
        give(w, unnamed.id, 1)
    assert none.value.code == "labels-no-area"


def test_the_sheets_carry_bars_and_squares(sqlite_world: World) -> None:
    ground = running_round(sqlite_world)
    browser = sqlite_world.browser_as("sampler", ground.clinic, lang="en")
    form = browser.get("/sampling/labels").get_data(as_text=True)
    assert f'value="{ground.clinic.id}"' in form and "label-sheet" not in form
    sheets = browser.post("/sampling/labels", data={"place": ground.clinic.id, "count": 30, "kind": "box"})
    text = sheets.get_data(as_text=True)
    assert text.count('class="label-sheet"') == 2
    assert text.count('class="code128"') == text.count('class="square"') == 30
    assert browser.post("/sampling/labels", data={"count": 3}).status_code == 422
