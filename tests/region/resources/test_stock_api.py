"""A site's own system tells counts and movements and asks for its shelves; a telephone does so line by line."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from typing import Any

import pytest

from region.accounts.identify import signature
from region.places.models import Place
from tests.region.resources.store import by_lot, receive, shelf, unbalanced
from tests.world import World

KEY = "site key"


@pytest.fixture
def store(sqlite_world: World) -> Place:
    return sqlite_world.site(
        sqlite_world.area(), "warehouse", webhook_url="http://127.0.0.1:9/", webhook_key=KEY
    )


def ask(world: World, site: Place, method: str, path: str, given: Any = None) -> Any:
    """What the site's system gets for a signed request."""
    raw = b"" if given is None else json.dumps(given).encode()
    stamp = str(int(world.clock.at.timestamp()))
    made = signature(KEY, stamp, "0", method, path, raw)
    header = f'Region-Signature site="{site.id}", realm="0", timestamp="{stamp}", signature="{made}"'
    headers = {"Authorization": header, "Content-Type": "application/json"}
    return world.browser().open(path, method=method, data=raw, headers=headers)


def test_a_system_counts_and_wrong_lines_are_refused_by_number(sqlite_world: World, store: Place) -> None:
    world = sqlite_world
    receive(world, store, "n95", 100, "A1", date(2024, 5, 31))
    world.wait(days=2)
    lines = [
        {"item": "n95", "quantity": 80, "lot": "A1"},
        {"item": "unknown", "quantity": 1},
        {"item": "swab", "quantity": -1},
        {"item": "swab", "quantity": 50, "note": "x"},
        "nothing",
        {"item": "swab", "quantity": 50},
    ]
    told = {"uid": "system-count-1", "counted_at": world.clock.at.isoformat(), "lines": lines}
    answer = ask(world, store, "POST", "/api/v1/stock/counts", told)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    said = answer.get_json()
    assert (said["new"], said["same"]) == (2, 0)
    assert [(one["index"], one["field"]) for one in said["refused"]] == [
        (1, "item"), (2, "quantity"), (3, "note"), (4, "")]  # fmt: skip
    assert shelf(world, store, "n95").on_hand == 80 and shelf(world, store, "swab").on_hand == 50
    world.wait(minutes=1)
    again = ask(world, store, "POST", "/api/v1/stock/counts", told).get_json()
    assert (again["new"], again["same"], again["count"]) == (0, 2, said["count"])
    late = {**told, "uid": "system-count-2", "counted_at": (world.clock.at + timedelta(hours=1)).isoformat()}
    assert ask(world, store, "POST", "/api/v1/stock/counts", late).get_json()["error"] == "count-in-future"
    assert ask(world, store, "POST", "/api/v1/stock/counts", {"lines": []}).status_code == 422


def test_a_system_tells_movements_once_and_sees_its_shelves(sqlite_world: World, store: Place) -> None:
    world = sqlite_world
    moves = [
        {
            "uid": "move-0001",
            "kind": "receive",
            "item": "n95",
            "quantity": 60,
            "lot": "A",
            "expires_on": "2024-05-31",
        },
        {"uid": "move-0002", "kind": "issue", "item": "n95", "quantity": 20},
        {"uid": "move-0003", "kind": "issue", "item": "n95", "quantity": 500},
        {"uid": "move-0004", "kind": "issue", "item": "n95", "quantity": 1, "lot": "B"},
        {"uid": "move-0005", "kind": "steal", "item": "n95", "quantity": 1},
    ]
    said = ask(world, store, "POST", "/api/v1/stock/movements", moves).get_json()
    assert (said["new"], said["same"]) == (2, 0)
    assert [(one["index"], one["reason"]) for one in said["refused"]] == [
        (2, "not-enough"), (3, "lot-not-here"), (4, "literal_error")]  # fmt: skip
    assert said["refused"][0]["there"] == 40
    again = ask(world, store, "POST", "/api/v1/stock/movements", moves[:2]).get_json()
    assert (again["new"], again["same"]) == (0, 2) and by_lot(world, store, "n95") == [(40, 0, 0)]
    found = ask(world, store, "GET", "/api/v1/stock").get_json()
    [one] = found["shelves"]
    assert (one["item"], one["on_hand"], one["usable"], one["days"]) == ("n95", 40, 40, None)
    assert one["lots"] == [{"lot": "A", "expires_on": "2024-05-31", "on_hand": 40, "usable": 40}]
    stranger = world.browser_as("duty_officer", world.area())
    assert stranger.get("/api/v1/stock").status_code == 409
    assert stranger.post("/api/v1/stock/movements", json=[]).status_code == 403
    assert unbalanced(world) == []


def test_a_telephone_tells_line_by_line_and_each_once(sqlite_world: World, store: Place) -> None:
    world = sqlite_world
    client = world.browser_as("storekeeper", store)
    at = world.clock.at.isoformat()
    line = {"place": store.id, "item": "n95", "at": at}
    for _ in range(2):
        for path, quantity, uid in (
            ("receipts", 100, "tap-00001"),
            ("issues", 30, "tap-00002"),
            ("counts", 65, "tap-00003"),
        ):
            answer = client.post(f"/shelf/{path}", json={**line, "quantity": quantity, "uid": uid})
            assert answer.status_code == 200, answer.get_json()
    assert shelf(world, store, "n95").on_hand == 65
    other = world.site(world.area(), "warehouse")
    foreign = {**line, "place": other.id, "quantity": 1, "uid": "tap-00004"}
    assert client.post("/shelf/counts", json=foreign).status_code in (403, 404)
    assert client.get(f"/shelf/data?place={other.id}").status_code == 404
    read = client.get("/shelf/scan?text=(01)06901234567892(17)240531(10)A1").get_json()
    assert read == {"gtin": "06901234567892", "lot": "A1", "expires_on": "2024-05-31"}
    assert client.get("/shelf/scan?text=nothing").status_code == 422


def test_who_keeps_several_chooses_and_the_page_links_nothing_that_is_not_kept(
    sqlite_world: World, store: Place
) -> None:
    world = sqlite_world
    second = world.site(world.area(), "warehouse")
    page = world.browser_as("storekeeper", store, lang="en").get("/shelf").get_data(as_text=True)
    assert "Counted, next item" in page and f'data-place="{store.id}"' in page
    shell = world.browser().get("/service-worker.js").get_data(as_text=True).splitlines()[0]
    linked = {part.split('"')[0] for part in page.split('"/static/')[1:]}
    assert linked and all(f'"/static/{one}"' in shell for one in linked)
    with world.as_system() as w:
        root = w.get(Place, second.parent_id)
    keeper = world.browser_as("planner", root, lang="en")
    assert f'data-place="{second.id}"' in keeper.get("/shelf").get_data(as_text=True)
    world.site(root, "warehouse")
    assert "Whose shelf?" in keeper.get("/shelf").get_data(as_text=True)


def test_the_screens_of_files(sqlite_world: World, store: Place) -> None:
    world = sqlite_world
    client = world.browser_as("storekeeper", store, lang="en")
    receive(world, store, "n95", 100, "A1", date(2024, 5, 31))
    text = client.get("/supplies/shelves.csv").get_data()
    assert b"A1" in text and client.get("/supplies/shelves.xlsx").data.startswith(b"PK")
    assert client.get("/supplies/shelves.doc").status_code == 422
    unclear = {"file": (io.BytesIO(b"a,b,c\n1,2,3\n"), "c.csv")}
    answer = client.post("/supplies/loads", data=unclear)
    assert answer.status_code == 422 and "<option>a</option>" in answer.get_data(as_text=True)
    sent = {"file": (io.BytesIO(text.replace(b",100,", b",90,")), "c.csv")}
    plan = client.post("/supplies/loads", data=sent, follow_redirects=True)
    assert "used since the last count" in plan.get_data(as_text=True)
    load = plan.request.path
    assert "Applied" in client.post(f"{load}/apply", follow_redirects=True).get_data(as_text=True)
    assert shelf(world, store, "n95").on_hand == 90
    assert "c.csv" in client.get("/supplies/loads").get_data(as_text=True)
    assert client.post(f"{load}/drop").status_code == 409
