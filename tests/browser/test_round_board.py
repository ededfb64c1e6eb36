"""A round in a real Chromium: the wall's scene is legible and painted, the desk's slider goes back and comes live."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from region.app import create_app
from region.board import feed as feeding
from region.board.routes import round as round_routes
from region.sampling.events.rounds import RoundSitesSet
from region.sampling.models import RoundArea, RoundHour
from tests.browser.test_wall import CUT_OFF, SIZES, Site, own, page
from tests.browser.test_wall_supplies import painted
from tests.browsing import eventually
from tests.region.board.round_ground import Ground, ground
from tests.world import World

__all__ = ["page"]
pytestmark = pytest.mark.browser

BEST = [0x2D, 0x80, 0x94]
"""The last of maps.palette.CLASSES on the wall."""


@pytest.fixture
def here(sqlite_world: World) -> Ground:
    return ground(sqlite_world)


@pytest.fixture
def site(here: Ground, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(round_routes, "GAP", 0.2)
    monkeypatch.setattr(round_routes, "LOOK", 0.2)
    monkeypatch.setattr(round_routes, "BEAT", 0.5)
    app = create_app(here.world.settings, here.world.office)
    viewer = here.world.actor("commander", here.district)
    app.extensions["region"] = dataclasses.replace(app.extensions["region"], identify=lambda *_: viewer)
    made = Site(app)
    yield made
    feeding.feed_of(here.world.office).close()
    made.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_scene_is_legible_painted_and_shown_by_its_key(site: Site, page: Any, lang: str) -> None:
    page.goto(site.url.replace("lang=en", f"lang={lang}"))
    page.keyboard.press("3")
    page.keyboard.press("4")
    eventually(page, lambda: painted(page, "areas", BEST) > 1000)
    for width in (1920, 3840):
        page.set_viewport_size({"width": width, "height": 1080})
        assert [one for one in page.evaluate(SIZES) if one[0] < 29.9] == []
        assert page.evaluate(CUT_OFF) == []
    assert painted(page, "sites") == 0
    page.keyboard.press("1")
    eventually(page, lambda: painted(page, "areas", BEST) == 0)
    assert own(page.wrong) == []


def test_the_slider_goes_back_by_key_and_the_page_comes_live(here: Ground, site: Site, page: Any) -> None:
    page.goto(site.url.replace("/board?", f"/sampling/rounds/{here.round_id}/board?"))
    said = page.locator("#hour-said")
    assert said.text_content() == "Mon 1 Aug 09:00 (now): 36.4% of 1,600"
    page.locator("#hour").focus()
    page.keyboard.press("Home")
    assert said.text_content() == "Mon 1 Aug 06:00: 16.5% of 1,600"
    with here.world.as_system() as w:
        grid = here.grids[0].id
        w.session.scalars(select(RoundArea).where(RoundArea.place_id == grid)).one().sampled += 100
        w.session.scalars(
            select(RoundHour).where(RoundHour.place_id == grid, RoundHour.hour == 3)
        ).one().sampled += 100
        w.tell(RoundSitesSet(round=here.round_id, sites=4, covered=1.0, place=here.district.id))
    page.get_by_text("682 of 1,600 people").wait_for()
    assert said.text_content() == "Mon 1 Aug 06:00: 16.5% of 1,600", "the hour that is looked at stays"
    page.keyboard.press("End")
    assert "42.6%" in (said.text_content() or "")
    assert own(page.wrong) == []
