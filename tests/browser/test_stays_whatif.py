"""The epidemiologist's what-if view and the work-list of stays in a real Chromium, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.browser.test_health_checks import opened, server
from tests.region.quarantine.ground import Ground, ground
from tests.world import World

pytestmark = pytest.mark.browser
SWITCH = datetime(2022, 11, 11, 1, 0, tzinfo=UTC)
__all__ = ["server"]


@pytest.fixture
def place(sqlite_world: World) -> Ground:
    """Contacts and contacts of contacts under the ninth edition, on the day on which the twenty measures came."""
    sqlite_world.clock.at = SWITCH - timedelta(days=3)
    here = ground(sqlite_world)
    here.inside(8, counts_from=date(2022, 11, 7))
    here.stays(20, counts_from=date(2022, 11, 7))
    here.stays(6, counts_from=date(2022, 11, 5), category="secondary_contact", mode=None)
    sqlite_world.clock.at = SWITCH
    return here


def signed_in(place: Ground, server: tuple[Any, str], chromium: Any, lang: str) -> Any:
    app, origin = server
    page = opened(chromium, 1440, 900, lang, touch=False)
    token = place.world.signed_in("epidemiologist", place.district, lang=lang)
    sealed = app.session_interface.get_signing_serializer(app).dumps({"sid": token})
    page.context.add_cookies([{"name": "region", "value": sealed, "url": origin}])
    return page


def fits(page: Any) -> bool:
    wide = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return bool(wide)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_pack_is_chosen_and_the_difference_is_seen_before_it_is_proposed(
    place: Ground, server: tuple[Any, str], chromium: Any, lang: str
) -> None:
    page = signed_in(place, server, chromium, lang)
    page.goto(f"{server[1]}/quarantine/what-if")
    page.select_option("#to", "CN-COVID-20M")
    page.locator(".filters button").click()
    page.locator("#difference").wait_for()
    tiles = page.locator(".tile-value").all_inner_texts()
    assert len(tiles) == 5 and tiles[3].startswith("−")
    assert fits(page)
    page.locator("form[action$='/quarantine/transitions'] button").click()
    page.locator("#whom").wait_for()
    assert page.locator("button[value=approve]").count() == 0
    page.context.close()


def test_two_people_are_ticked_shown_and_changed(
    place: Ground, server: tuple[Any, str], chromium: Any
) -> None:
    page = signed_in(place, server, chromium, "en")
    page.goto(f"{server[1]}/quarantine/stays")
    assert page.locator("tr[data-stay]").count() == 34
    for n in (0, 1):
        page.locator("input[name=stay]").nth(n).check()
    page.select_option("#verb", "cancel")
    page.get_by_role("button", name="Show what would change").click()
    page.get_by_role("button", name="Change 2 people").click()
    page.locator(".note.is-working").wait_for()
    assert page.locator("tr[data-stay]").count() == 32
    assert fits(page)
    page.context.close()
