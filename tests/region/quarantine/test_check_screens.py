"""The nurse's pass over a floor, and the page behind a resident's own link."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from region.quarantine.actions import linking, nightly, releasing
from region.quarantine.models import Check, ResidentLink, Stay
from region.spine.errors import Refused
from tests.region.quarantine.ground import Ground, ground
from tests.world import World

DAY = date(2022, 8, 2)


@pytest.fixture
def place(sqlite_world: World) -> Ground:
    return ground(sqlite_world)


def morning(place: Ground, number: int) -> list[int]:
    ids = place.inside(number)
    place.world.wait(hours=22, minutes=30)
    with place.world.as_system() as w:
        nightly.make_dues(w, DAY, "am")
    return ids


def nurse(place: Ground, lang: str = "en") -> Any:
    return place.world.browser_as("quarantine_nurse", place.site, lang=lang)


def checks(place: Ground, stay: int) -> dict[str, tuple[float | None, list[str], str]]:
    with place.world.as_system() as w:
        rows = w.session.query(Check).filter_by(stay_id=stay)
        return {row.half: (row.celsius, row.symptoms, row.by) for row in rows}


def sent(place: Ground, **fields: Any) -> dict[str, Any]:
    return {"place": place.site.id, "day": "2022-08-02", "half": "am", **fields}


def test_a_floor_in_one_pass(place: Ground) -> None:
    a, b, c = morning(place, 3)
    browser = nurse(place)
    page = browser.get("/quarantine/checks").get_data(as_text=True)
    assert page.count("not checked yet") == 3 and "王" in page and "王小明" not in page
    said = sent(
        place, **{f"t-{a}": "36.6", f"s-{a}": "none", f"c-{b}": "38,1", f"s-{b}": "some", f"y-{b}": "fatigue"}
    )
    answer = browser.post("/quarantine/checks", data=said)
    assert answer.status_code == 303
    assert checks(place, a) == {"am": (36.6, [], "site")}
    assert checks(place, b) == {"am": (38.1, ["fatigue"], "site")} and checks(place, c) == {}
    page = browser.get(answer.location).get_data(as_text=True)
    assert "Kept: 2 checks." in page
    order = [page.index(f'data-stay="{id}"') for id in (b, c, a)]
    assert order == sorted(order), "symptoms first, then who is missing"
    done = browser.post("/quarantine/checks/handle", data=sent(place, stay=b, handling="called_doctor"))
    assert done.status_code == 303 and "act by" not in browser.get("/quarantine/checks").get_data(
        as_text=True
    )


def test_a_row_half_filled_in_keeps_nothing_and_loses_nothing(place: Ground) -> None:
    a, b = morning(place, 2)
    said = sent(place, **{f"t-{a}": "36.6", f"s-{a}": "none", f"t-{b}": "36.8"})
    answer = nurse(place).post("/quarantine/checks", data=said)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "both the temperature and the symptoms" in page
    assert f'name="t-{a}" value="36.6" checked' in page and checks(place, a) == {}
    odd = nurse(place).post("/quarantine/checks", data=sent(place, **{f"c-{a}": "57", f"s-{a}": "none"}))
    assert odd.status_code == 422 and "between 33.0 and 43.0" in odd.get_data(as_text=True)


def test_a_community_sees_its_places_and_calls_people(place: Ground) -> None:
    morning(place, 1)
    browser = place.world.browser_as("clinic_lead", place.district, lang="zh")
    page = browser.get("/quarantine/checks").get_data(as_text=True)
    assert place.site.name_zh in page and "未监测" in page
    empty = browser.get(f"/quarantine/checks?place={place.home.id}").get_data(as_text=True)
    assert "目前无人需要监测" in empty
    foreign = place.world.browser_as("quarantine_nurse", place.other, login="other")
    assert foreign.get(f"/quarantine/checks?place={place.site.id}").status_code == 404


def link_of(place: Ground, stay: int) -> str:
    with place.nurse() as w:
        return linking.give(w, w.get(Stay, stay))


def test_a_resident_answers_for_himself_without_signing_in(place: Ground) -> None:
    a = morning(place, 1)[0]
    word = link_of(place, a)
    browser = place.world.browser()
    page = browser.get(f"/q/{word}?lang=en").get_data(as_text=True)
    for said in (
        "Close contact",
        "CN-COVID-9ED",
        "Order of the incident command",
        "2022-08-11",
        "You may not go out",
    ):
        assert said in page
    assert "王" not in page, "a phone is read by others too"
    answer = browser.post(f"/q/{word}", data={"celsius": "37.6", "asked": "none"})
    assert answer.status_code == 303 and checks(place, a) == {"am": (37.6, [], "resident")}
    assert "Somebody will call you" in browser.get(f"/q/{word}?lang=en").get_data(as_text=True)
    half = browser.post(f"/q/{word}", data={"celsius": "", "asked": "some"})
    assert half.status_code == 422 and checks(place, a)["am"][0] == 37.6
    told = place.world.journal("quarantine.ChecksKept")[-1]
    assert (told.actor, told.role, told.data["source"]) == (f"resident:{a}", "resident", "link")


def test_only_the_hash_of_a_link_s_word_is_kept_and_a_new_one_replaces_it(place: Ground) -> None:
    a = morning(place, 1)[0]
    first, second = link_of(place, a), link_of(place, a)
    with place.world.as_system() as w:
        link = w.session.query(ResidentLink).one()
        assert second not in link.mark and len(link.mark) == 64
    browser = place.world.browser()
    assert browser.get(f"/q/{first}?lang=en").status_code == 409
    assert browser.get(f"/q/{second}?lang=en").status_code == 200
    assert "opens nothing" in browser.get("/q/0-guessed?lang=en").get_data(as_text=True)
    assert browser.get("/q/nonsense").status_code == 409
    with place.nurse() as w:
        linking.end(w, w.get(Stay, a)) if w.may("quarantine.check", place.home.id) else None
    with place.world.as_system() as w:
        linking.end(w, w.get(Stay, a))
        linking.end(w, w.get(Stay, a))
    assert browser.get(f"/q/{second}").status_code == 409
    assert [entry.data["verb"] for entry in place.world.journal("quarantine.LinkGiven")] == [
        "given",
        "given",
        "ended",
    ]


def test_a_link_ends_with_the_stay(place: Ground) -> None:
    a = morning(place, 1)[0]
    word = link_of(place, a)
    place.world.clock.at += timedelta(days=13)
    browser = place.world.browser()
    assert browser.get(f"/q/{word}").status_code == 409, (
        "its time is over, whether or not anybody has noticed"
    )
    with place.world.as_system() as w:
        assert releasing.expire(w) == 1
    assert "ended with the observation" in browser.get(f"/q/{word}?lang=en").get_data(as_text=True)
    with place.world.as_system() as w, pytest.raises(Refused, match="stay-over"):
        linking.give(w, w.get(Stay, a))


def test_the_nurse_hands_out_a_link_that_is_shown_once(place: Ground) -> None:
    a = morning(place, 1)[0]
    page = nurse(place).post("/quarantine/checks/link", data={"stay": a, "place": place.site.id})
    address = page.get_data(as_text=True).split("data-word>")[1].split("<")[0]
    assert place.world.browser().get("/q/" + address.rsplit("/q/")[1]).status_code == 200
