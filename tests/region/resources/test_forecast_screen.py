"""The page of what will be needed: its sentence in both languages, the days to come, and no number without a ground."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from region.places.models import Place
from tests.region.resources.store import issue, receive
from tests.world import START, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DRAWN = re.compile(r'id="forecast-data"[^>]*>(.*?)</script>', re.DOTALL)


@pytest.fixture
def clinic(world: World) -> Place:
    """A clinic of Linjiang that has used about 100 masks a day for eight days, and has 450 left."""
    district = world.area(name_zh="临江区", name_en="Linjiang")
    clinic = world.clinic(district, name_zh="青石诊所", name_en="Qingshi Clinic")
    receive(world, clinic, "n95", 1250)
    for n, amount in enumerate((60, 140, 100, 80, 120, 90, 130, 80)):
        world.clock.at = START + timedelta(days=n)
        issue(world, clinic, "n95", amount)
    world.clock.at = START + timedelta(days=8)
    return clinic


def test_the_sentence_says_when_it_runs_out_and_how_much_is_needed(world: World, clinic: Place) -> None:
    planner = world.browser_as("planner", clinic, lang="en")
    page = planner.get(f"/supplies/forecast?item=n95&area={clinic.id}").text
    assert (
        "Medical protective mask (N95/KN95) in Qingshi Clinic runs out between Fri 12 Aug and Mon 15 Aug, most likely "
        "Sat 13 Aug." in page
    )
    assert re.search(r"14 days need 1,4\d\d pcs, 9\d\d to (1,9|2,0)\d\d at 90%", page)
    assert "use told for 8 of the last 28 days" in page and "1 of 1 stores told yesterday" in page
    drawn = json.loads(DRAWN.findall(page)[0])
    assert [one["used"] for one in drawn["past"]][-2:] == [130, 80] and drawn["past"][0]["used"] is None
    assert len(drawn["ahead"]) == 14 and drawn["ahead"][0]["left"][0] == pytest.approx(350, abs=3)
    chinese = world.browser_as("planner", clinic, login="second", lang="zh").get(
        f"/supplies/forecast?item=n95&area={clinic.id}"
    )
    assert "青石诊所的医用防护口罩（N95/KN95）将在 8月12日周五 至 8月15日周一 之间用完" in chinese.text


def test_without_a_word_it_shows_the_readers_area(world: World, clinic: Place) -> None:
    planner = world.browser_as("planner", clinic, lang="en")
    assert "in Qingshi Clinic runs out" in planner.get("/supplies/forecast").text


def test_nothing_known_shows_no_table_and_no_picture(world: World, clinic: Place) -> None:
    planner = world.browser_as("planner", clinic, lang="en")
    page = planner.get("/supplies/forecast?item=goggles").text
    assert "No forecast: use is known of fewer than two of the last 28 days" in page
    assert "forecast-data" not in page and "<table" not in page


def test_what_is_asked_wrongly_is_refused_and_foreign_places_are_not_found(
    world: World, clinic: Place
) -> None:
    planner = world.browser_as("planner", clinic)
    assert planner.get("/supplies/forecast?item=gold").status_code == 422
    assert planner.get("/supplies/forecast?area=x").status_code == 422
    other = world.area()
    assert planner.get(f"/supplies/forecast?area={other.id}").status_code == 404
    assert "/supplies/forecast" in planner.get("/supplies/plans").text
