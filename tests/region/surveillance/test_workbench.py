"""The workbench: a method tried on the past says what it would have raised, and its row is one the pack takes."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import yaml
from sqlalchemy import insert

from region.places.models import Place
from region.surveillance.models import DayCount
from tests.world import World

AT = "/surveillance/workbench"


@pytest.fixture
def district(sqlite_world: World) -> Place:
    """Two cases a week for three years, and eleven in one week, ten weeks ago."""
    place = sqlite_world.area(sqlite_world.area(level="city"))
    with sqlite_world.as_system() as w:
        day = w.office.clock.day(w.now) - dt.timedelta(days=1)
        rows = [
            {"realm": 0, "stream": "card", "item": "mumps", "place_id": place.id, "told_at": w.now}
            | {"day": day - dt.timedelta(days=back), "count": 11 if back == 69 else 1, "first": 1}
            for back in range(0, 1095, 3)
        ]
        w.session.execute(insert(DayCount), rows)
    return place


def test_what_a_method_would_have_raised_is_shown_with_its_row(sqlite_world: World, district: Place) -> None:
    desk = sqlite_world.browser_as("epidemiologist", district, lang="en")
    assert "What the pack does every night" in desk.get(AT).text
    asked = {"item": "mumps", "place": district.id, "method": "bayes", "options": "b=0\nw=8\nalpha=0.001"}
    page = desk.get(AT, query_string=asked).text
    assert "In 104 points 1 alarms; 0 points without an answer." in page
    row = re.search(r"<pre[^>]*>(.*?)</pre>", page, re.S)
    assert row is not None
    written = yaml.safe_load(row[1].replace("&#39;", "'").replace("&#34;", '"'))["detector.mine"]
    assert written["value"]["options"] == {"b": "0", "w": "8", "alpha": "0.001"}
    assert written["examples"] == [{"at": "method", "is": "bayes"}]


def test_what_makes_no_sense_is_said_and_a_stranger_tries_nothing(
    sqlite_world: World, district: Place
) -> None:
    desk = sqlite_world.browser_as("epidemiologist", district, lang="en")
    asked = {"item": "mumps", "place": district.id}
    for wrong in (
        {"method": "astrology"},
        {"method": "bayes", "options": "b"},
        {"method": "bayes", "options": "z=1"},
    ):
        refused = desk.get(AT, query_string=asked | wrong)
        assert refused.status_code == 422 and 'role="alert"' in refused.text
    stranger = sqlite_world.browser_as("epidemiologist", sqlite_world.area())
    assert stranger.get(AT, query_string=asked | {"method": "bayes"}).status_code == 404
