"""Requests and transfers by the web: asked, answered, drawn up and signed on both sides; wrong numbers are said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.region.resources.road import Road
from tests.world import World


def pressed(browser: Any, path: str, **form: Any) -> Any:
    """A form sent; what it says after it went through."""
    return browser.post(path, data={"form_token": "the-form-of-today", **form}, follow_redirects=True)


@pytest.mark.parametrize(
    ("lang", "asked", "received"), [("zh", "待应答", "已签收"), ("en", "waits for an answer", "received")]
)
def test_a_request_goes_all_the_way_by_the_screens(
    sqlite_world: World, lang: str, asked: str, received: str
) -> None:
    road, world = Road.of(sqlite_world), sqlite_world
    clinic = world.browser_as("clinic", road.clinic, lang=lang)
    store = world.browser_as("storekeeper", road.store, lang=lang)
    duty = world.browser_as("duty_officer", road.district, lang=lang)
    assert clinic.get("/supplies/requests").status_code == 200
    form = {"place": road.clinic.id, "item-1": "n95", "quantity-1": "1,00", "needed_by": "2022-08-03T10:00"}
    assert asked in pressed(clinic, "/supplies/requests", **form).text
    assert asked in duty.get("/supplies/requests").text
    assert "RequestResource" in duty.get("/supplies/requests/1").text
    assert pressed(duty, "/supplies/requests/1/accept", **{"approved-1": 101}).status_code == 422
    pressed(duty, "/supplies/requests/1/accept", **{"approved-1": 80})
    assert f'name="from{road.store.id}-1"' in duty.get("/supplies/requests/1").text
    pressed(duty, "/supplies/requests/1/requisition", **{f"from{road.store.id}-1": 80})
    pressed(store, "/supplies/transfers/1/commit")
    pressed(store, "/supplies/transfers/1/ship", **{"sent-1": 80, "carrier": "van 3"})
    page = store.get("/supplies/transfers/1").text
    assert "<svg" in page and "van 3" in page
    assert pressed(store, "/supplies/transfers/1/receive", **{"received-1": 80}).status_code == 403
    assert pressed(clinic, "/supplies/transfers/1/receive", **{"received-1": 81}).status_code == 422
    assert received in pressed(clinic, "/supplies/transfers/1/receive", **{"received-1": 80}).text
    world.run()
    assert "100.0" in duty.get("/supplies/requests").text
    assert received in duty.get("/supplies/transfers").text
    assert world.browser_as("storekeeper", road.stranger).get("/supplies/transfers/1").status_code == 404


def test_a_difference_is_explained_and_agreed_to_by_the_screens(sqlite_world: World) -> None:
    road, world = Road.of(sqlite_world), sqlite_world
    transfer = road.on_the_way(100)
    clinic = world.browser_as("clinic", road.clinic, lang="en")
    store = world.browser_as("storekeeper", road.store, lang="en")
    at = f"/supplies/transfers/{transfer}"
    assert (
        "something is missing" in pressed(clinic, f"{at}/receive", **{"received-1": 90, "damaged-1": 4}).text
    )
    assert pressed(store, f"{at}/explain", **{"left-1": 7, "words": "it stood there"}).status_code == 422
    pressed(store, f"{at}/explain", **{"left-1": 6, "words": "it stood there"})
    assert "it stood there" in clinic.get(at).text
    assert "never left" in pressed(clinic, f"{at}/confirm").text
    assert (road.state(transfer), road.kept(road.store)) == ("received", (906, 0, 0))


def test_something_is_offered_to_a_place_found_by_its_code(sqlite_world: World) -> None:
    road, world = Road.of(sqlite_world), sqlite_world
    store = world.browser_as("storekeeper", road.store, lang="en")
    said = {"giver": road.store.id, "item-1": "n95", "quantity-1": 20}
    assert pressed(store, "/supplies/transfers", taker="nowhere", **said).status_code == 422
    pressed(store, "/supplies/transfers", taker=road.stranger.code, **said)
    taker = world.browser_as("storekeeper", road.stranger, lang="en")
    assert "We take the offer" in taker.get("/supplies/transfers/1").text
    assert "to be set aside" in pressed(taker, "/supplies/transfers/1/accept").text
