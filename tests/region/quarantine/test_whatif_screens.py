"""The what-if view on the day on which the twenty measures came: seen before saving, proposed, approved by another."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from region.quarantine.models import Stay, Transition
from tests.region.quarantine.ground import Ground, ground
from tests.world import World

SWITCH = datetime(2022, 11, 11, 1, 0, tzinfo=UTC)
OLD, NEW = "CN-COVID-9ED", "CN-COVID-20M"


@pytest.fixture
def running(world: World) -> Ground:
    """Forty contacts of 7 November, three of 4 November, and ten contacts of contacts, under the ninth edition."""
    world.clock.at = SWITCH - timedelta(days=3)
    here = ground(world)
    here.stays(40, counts_from=date(2022, 11, 7))
    here.stays(3, counts_from=date(2022, 11, 4))
    here.stays(10, counts_from=date(2022, 11, 7), category="secondary_contact")
    world.clock.at = SWITCH
    return here


def seen(here: Ground) -> set[tuple[str, str, date, int]]:
    with here.world.as_system() as w:
        return {(one.ref, one.pack, one.ends_on, one.version) for one in w.session.query(Stay)}


def browser(here: Ground, role: str = "epidemiologist", login: str = "") -> Any:
    return here.world.browser_as(role, here.district, login, lang="en")


def cells(page: str) -> dict[str, list[str]]:
    """The rows of the tables that show the difference, by their first cell."""
    page = page.partition('name="d-')[0]
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.S)
    plain = [
        [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)]
        for row in rows
    ]
    return {row[0]: row[1:] for row in plain if row}


def test_at_20_the_difference_of_people_rooms_and_tests_is_on_screen_before_anything_is_saved(
    running: Ground,
) -> None:
    before = seen(running)
    page = browser(running).get(f"/quarantine/what-if?to={NEW}").get_data(as_text=True)
    rows = cells(page)
    assert rows["close contact"] == ["43", "0", "43", "0", "0", "43", "86"]
    assert rows["contact of a close contact"][:2] == ["10", "10"]
    assert rows["All together"][0] == "53"
    days = {on: row for on, row in rows.items() if re.fullmatch(r"2022-11-\d\d", on)}
    assert days["2022-11-13"][:3] == ["40", "0", "−40"]
    assert days["2022-11-12"][3:] == ["40", "43", "+3"] and max(days) == "2022-11-17"
    assert "Propose this change" in page
    assert seen(running) == before
    with running.world.as_system() as w:
        assert w.session.query(Transition).count() == 0


def test_what_was_seen_is_proposed_and_approved_by_somebody_else(running: Ground) -> None:
    before = seen(running)
    sent = {"incident": running.incident, "pack": OLD, "to": NEW}
    answer = browser(running).post("/quarantine/transitions", data=sent)
    assert answer.status_code == 303 and seen(running) == before
    mine = browser(running).get(answer.location).get_data(as_text=True)
    assert "waits for approval" in mine and "Approve: running stays" not in mine
    boss = browser(running, "commander", "chief")
    page = boss.get(answer.location).get_data(as_text=True)
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    assert boss.post(answer.location, data={"verb": "approve", "version": version}).status_code == 303
    after = {one[0]: one for one in seen(running)}
    assert len({one[1] for one in after.values()}) == 2
    assert all(after[ref][2] <= ends for ref, _, ends, _ in before)


def test_an_edited_number_is_seen_and_a_longer_one_leaves_people_as_they_are(running: Ground) -> None:
    page = browser(running)
    asked = {"incident": running.incident, "pack": OLD, "to": OLD}
    shorter = {
        "d-close_contact-0": "5",
        "t-close_contact-0": "1, 3，5",
        "d-close_contact-1": "3",
        "t-close_contact-1": "3",
    }
    rows = cells(page.get("/quarantine/what-if", query_string=asked | shorter).get_data(as_text=True))
    assert rows["close contact"][2] == "43" and rows["contact of a close contact"][2] == "0"
    longer = shorter | {"d-close_contact-0": "14"}
    said = page.get("/quarantine/what-if", query_string=asked | longer).get_data(as_text=True)
    assert cells(said)["close contact"][4] == "43"
    wrong = page.get("/quarantine/what-if", query_string=asked | shorter | {"t-close_contact-0": "9"})
    assert 'role="alert"' in wrong.get_data(as_text=True)


def test_with_nobody_under_observation_nothing_is_proposed(world: World) -> None:
    here = ground(world)
    page = browser(here).get(f"/quarantine/what-if?to={NEW}").get_data(as_text=True)
    assert "so nothing would change" in page and "Propose this change" not in page
