"""The wall's supplies scene in a real Chromium: legible, whole, coloured and drawn, and turned to by clock or key."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.test_wall import CUT_OFF, SIZES, Site, own, page, site
from tests.browsing import eventually
from tests.region.board.test_wall import Stage, staged
from tests.region.board.test_wall_supplies import Ground
from tests.region.resources.store import issue, receive
from tests.world import World

__all__ = ["page", "site"]
pytestmark = pytest.mark.browser

WORST = [0x8F, 0x4A, 0x12]
"""The first of maps.palette.CLASSES."""
PAINTED = """([pane, colour]) => {
  const canvas = document.querySelector(`.leaflet-region-${pane}-pane canvas`);
  if (!canvas || !canvas.offsetWidth) return 0;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255 && (!colour || colour.every((part, n) => data[at + n] === part))) found += 1;
  }
  return found;
}"""


@pytest.fixture
def stage(sqlite_world: World) -> Stage:
    """A town whose clinic has two days of masks left, another with a fortnight, and trucks on the road."""
    made = staged(sqlite_world)
    store = sqlite_world.site(made.district, "warehouse", name_en="District Warehouse", name_zh="区物资总仓")
    sites = [made.clinics[0], made.elsewhere]
    ground = Ground(sqlite_world, made.district, [made.town, made.other], sites, store, made.other)
    sqlite_world.wait(hours=-8)
    for clinic, masks in zip(sites, (400, 1600), strict=True):
        receive(sqlite_world, clinic, "n95", masks)
    ground.days(2, "n95", 100, 100)
    receive(sqlite_world, store, "n95", 9000)
    ground.send(sites[0], 4000)
    ground.send(sites[1], 10, ship=False)
    ground.reckon()
    return made


def painted(page: Any, pane: str, colour: list[int] | None = None) -> int:
    """How many points of a pane's canvas are painted, in this colour if one is given."""
    found: int = page.evaluate(PAINTED, [pane, colour])
    return found


def address(site: Site, lang: str = "en", scene: str = "supplies") -> str:
    return site.url.replace("lang=en", f"scene={scene}&lang={lang}")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_scene_is_held_by_its_address_and_legible(site: Site, page: Any, lang: str) -> None:
    page.clock.install()
    page.goto(address(site, lang))
    page.clock.resume()
    eventually(page, lambda: painted(page, "areas", WORST) > 1000)
    page.clock.fast_forward(95_000)
    assert page.get_attribute("#wall", "data-scene") == "supplies"
    assert page.locator("#wall-tiles").is_hidden()
    assert page.locator("#wall-timeline").is_hidden()
    assert page.locator("#wall-first li").count() == 2
    for width in (1920, 3840):
        page.set_viewport_size({"width": width, "height": 1080})
        assert_legible(page)
    assert own(page.wrong) == []


def assert_legible(page: Any) -> None:
    """No text is too small for eight metres, nothing is cut off, nothing lies over another part."""
    assert [one for one in page.evaluate(SIZES) if one[0] < 29.9] == []
    assert page.evaluate(CUT_OFF) == []
    numbers = "() => [...document.querySelectorAll('.big-value')].filter((e) => e.offsetWidth)"
    sizes = page.evaluate(f"{numbers}.map((e) => parseFloat(getComputedStyle(e).fontSize))")
    assert sizes
    assert min(sizes) >= 96
    below = "() => [...document.querySelectorAll('#wall-facts > *')].at(-1).getBoundingClientRect().bottom"
    foot = "() => document.querySelector('.scene-road').getBoundingClientRect().top"
    assert page.evaluate(below) <= page.evaluate(foot)


def test_colours_and_arrows_belong_to_this_scene_and_marks_to_the_others(site: Site, page: Any) -> None:
    page.goto(address(site))
    eventually(page, lambda: painted(page, "areas", WORST) > 1000)
    eventually(page, lambda: painted(page, "moves") > 100)
    assert painted(page, "sites") == 0
    page.keyboard.press("1")
    eventually(page, lambda: painted(page, "areas", WORST) == 0)
    eventually(page, lambda: painted(page, "sites") > 100)
    assert painted(page, "moves") == 0
    page.keyboard.press("3")
    eventually(page, lambda: painted(page, "areas", WORST) > 1000)
    assert own(page.wrong) == []


def test_the_scenes_turn_to_it_when_stock_is_known(site: Site, page: Any) -> None:
    page.clock.install()
    page.goto(site.url)
    page.clock.fast_forward(31_000)
    page.wait_for_selector("#wall[data-scene=supplies]")
    assert page.locator("#wall-stocks").is_visible()
    page.clock.fast_forward(31_000)
    page.wait_for_selector("#wall[data-scene=overview]")
    assert page.locator("#wall-stocks").is_hidden() and own(page.wrong) == []


def test_what_is_used_reaches_the_screen(stage: Stage, site: Site, page: Any) -> None:
    page.goto(address(site))
    value = page.locator("#wall-stocks [data-key=n95] [data-text=value]")
    assert value.text_content() == "33", "(200 + 1,400 + 5,000) masks at 200 a day"
    issue(stage.world, stage.clinics[0], "n95", 200)
    with stage.world.as_system() as w:
        w.owe("resources.reckon", key="test:used")
    stage.world.run()
    page.get_by_text("is out of medical protective mask").wait_for()
    assert own(page.wrong) == []
