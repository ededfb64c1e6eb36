"""The screens of a store: lists in both languages, forms that lose nothing and write once, nothing of a stranger's."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from region.places.models import Place
from region.resources.models import Lot, Sheet, Stock
from tests.region.resources.store import by_lot, issue, receive, shelf, uid
from tests.world import World


@pytest.fixture
def store(sqlite_world: World) -> Place:
    """A warehouse with two lots of masks."""
    world = sqlite_world
    made = world.site(world.area(), "warehouse", name_zh="中心仓库", name_en="Central store")
    receive(world, made, "n95", 1200, "B2201", date(2024, 5, 31))
    receive(world, made, "n95", 300, "A1", world.clock.at.date() + timedelta(days=20))
    return made


def text_of(answer: Any) -> str:
    """What a reader sees of a page, in one line."""
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def sheets(world: World) -> list[str]:
    with world.as_system() as w:
        return list(w.session.scalars(select(Sheet.kind).order_by(Sheet.id)))


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", ("医用防护口罩", "1,500 只", "尚无消耗记录", "消耗未知")),
        ("en", ("1,500 pcs", "no use told yet", "burn unknown")),
    ],
)
def test_a_store_shows_what_it_has(
    sqlite_world: World, store: Place, lang: str, words: tuple[str, ...]
) -> None:
    person = sqlite_world.browser_as("storekeeper", store, lang=lang)
    assert person.get("/supplies").headers["Location"] == f"/supplies/{store.id}"
    shown = text_of(person.get(f"/supplies/{store.id}"))
    assert all(word in shown for word in words)
    assert "B2201" in text_of(person.get(f"/supplies/{store.id}/shelf?item=n95"))


def test_a_double_click_writes_once(sqlite_world: World, store: Place) -> None:
    person = sqlite_world.browser_as("storekeeper", store)
    page = person.get(f"/supplies/{store.id}/shelf?item=n95&do=issue").get_data(as_text=True)
    token = re.search(r'name="uid" value="([^"]+)"', page)
    assert token is not None
    form = {"uid": token[1], "item": "n95", "quantity": "1,500"}
    answers = [person.post(f"/supplies/{store.id}/issue", data=form) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert shelf(sqlite_world, store, "n95").on_hand == 0
    assert sheets(sqlite_world) == ["receive", "receive", "issue"]


@pytest.mark.parametrize(
    ("lang", "sentence"), [("zh", "医用防护口罩（N95/KN95）"), ("en", "Medical protective mask (N95/KN95)")]
)
def test_what_is_refused_is_said_beside_the_form_and_nothing_typed_is_lost(
    sqlite_world: World, store: Place, lang: str, sentence: str
) -> None:
    person = sqlite_world.browser_as("storekeeper", store, lang=lang)
    form = {"uid": "a-form-token", "item": "n95", "quantity": "1501", "note": "to ward 3"}
    answer = person.post(f"/supplies/{store.id}/issue", data=form)
    page = answer.get_data(as_text=True)
    said = re.search(r'<p class="error" role="alert">([^<]+)</p>', page)
    assert answer.status_code == 409 and said is not None
    assert sentence in said[1] and "1500" in said[1].replace(",", "")
    assert all(f'value="{typed}"' in page for typed in ("a-form-token", "1501", "to ward 3"))
    wrong = person.post(f"/supplies/{store.id}/issue", data={**form, "quantity": "many"})
    assert wrong.status_code == 422 and "has-error" in wrong.get_data(as_text=True)
    assert by_lot(sqlite_world, store, "n95") == [(1200, 0, 0), (300, 0, 0)]


def test_every_form_does_what_it_says(sqlite_world: World, store: Place) -> None:
    world, person = sqlite_world, sqlite_world.browser_as("storekeeper", store)
    with world.as_system() as w:
        stock = str(
            w.session.scalars(
                select(Stock.id).join(Lot, Lot.id == Stock.lot_id).where(Lot.code == "B2201")
            ).one()
        )
    first = {"item": "n95", "stock": stock, "quantity": "100"}
    for path, more, after in (
        ("receive", {"lot": "B2201", "expires_on": "2024-05-31"}, (1300, 0, 0)),
        ("block", {}, (1300, 0, 100)),
        ("release", {"quantity": "40"}, (1300, 0, 60)),
        ("write-off", {"quantity": "10", "blocked": "yes"}, (1290, 0, 50)),
        ("return-out", {"quantity": "50", "blocked": "yes"}, (1240, 0, 0)),
        ("adjust", {"quantity": "40", "way": "down", "reason": "entry_error"}, (1200, 0, 0)),
    ):
        answer = person.post(f"/supplies/{store.id}/{path}", data={**first, "uid": uid(), **more})
        assert answer.status_code == 303, path
        assert by_lot(world, store, "n95")[0] == after, path
        assert person.get(answer.headers["Location"]).status_code == 200
    for typed, kept in (("2,000", 2000), ("", None)):
        person.post(f"/supplies/{store.id}/target", data={"uid": uid(), "item": "n95", "target": typed})
        assert shelf(world, store, "n95").target == kept
    issue(world, store, "n95", 10)
    person.post(f"/supplies/{store.id}/return-in", data={"uid": uid(), "item": "n95", "quantity": "4"})
    world.wait(days=21)
    person = world.browser_as("storekeeper", store)
    person.post(f"/supplies/{store.id}/expire", data={"uid": uid()})
    assert by_lot(world, store, "n95") == [(1200, 0, 0), (0, 0, 0)]
    assert sheets(world)[-3:] == ["issue", "return_in", "expire"]


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("剩 20 天", "消耗未知")), ("en", ("20 d left", "burn unknown"))]
)
def test_near_expiry_and_a_lot_s_trail(
    sqlite_world: World, store: Place, lang: str, words: tuple[str, ...]
) -> None:
    person = sqlite_world.browser_as("storekeeper", store, lang=lang)
    shown = text_of(person.get("/supplies/expiry"))
    assert "A1" in shown and "B2201" not in shown and all(word in shown for word in words)
    with sqlite_world.as_system() as w:
        lot = w.session.scalars(select(Lot.id).where(Lot.code == "A1")).one()
    answer = person.post(f"/supplies/lots/{lot}/recall", data={"uid": uid(), "note": "maker's letter"})
    trail = text_of(person.get(answer.headers["Location"]))
    assert "maker" in trail and "+300" in trail
    assert by_lot(sqlite_world, store, "n95") == [(1200, 0, 0), (300, 0, 300)]
    person.post(f"/supplies/lots/{lot}/lift", data={"uid": uid()})
    assert by_lot(sqlite_world, store, "n95")[1] == (300, 0, 0)


def test_the_list_of_all_places_is_a_link_that_filters(sqlite_world: World, store: Place) -> None:
    world = sqlite_world
    with world.as_system() as w:
        area = w.get(Place, store.parent_id)
    receive(world, store, "gloves", 5)
    person = world.browser_as("duty_officer", area, lang="en")
    rows = {
        path: re.findall(r"shelf\?item=(\w+)", person.get(f"/supplies{path}").get_data(as_text=True))
        for path in ("", "?item=n95", "?band=red", f"?area={area.id}&band=unknown", "?after=nonsense")
    }
    assert rows == {
        "": ["gloves", "n95"], "?item=n95": ["n95"], "?band=red": [],
        f"?area={area.id}&band=unknown": ["gloves", "n95"],
        "?after=nonsense": ["gloves", "n95"],
    }  # fmt: skip
    assert f"/supplies/{store.id}" in person.get("/supplies?q=Central").get_data(as_text=True)
    assert "/receive" not in person.get(f"/supplies/{store.id}/shelf?item=n95&do=receive").get_data(
        as_text=True
    )


def test_a_neighbour_finds_neither_store_nor_lot(sqlite_world: World, store: Place) -> None:
    other = sqlite_world.browser_as("storekeeper", sqlite_world.site(sqlite_world.area(), "warehouse"))
    with sqlite_world.as_system() as w:
        lot = w.session.scalars(select(Lot.id).where(Lot.code == "A1")).one()
    for path in (f"/supplies/{store.id}", f"/supplies/{store.id}/shelf?item=n95", f"/supplies/lots/{lot}"):
        assert other.get(path).status_code == 404
    answer = other.post(f"/supplies/{store.id}/issue", data={"uid": uid(), "item": "n95", "quantity": "1"})
    assert answer.status_code in (403, 404)
    assert "A1" not in text_of(other.get("/supplies/expiry"))
