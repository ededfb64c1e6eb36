"""A site's own system tells its counts: each once, wrong ones by number and reason, and nobody else's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from region.accounts.identify import signature
from region.dispatch.models import Tally
from region.places.models import Place
from tests.flows.stage import Stage, stage
from tests.world import World

__all__ = ["stage"]
KEY = "site key"


def send(world: World, site: Place, counts: Any) -> Any:
    """Post counts as the site's system, with its signature."""
    raw = json.dumps(counts).encode()
    stamp = str(int(world.clock.at.timestamp()))
    made = signature(KEY, stamp, "0", "POST", "/api/v1/tallies", raw)
    header = f'Region-Signature site="{site.id}", realm="0", timestamp="{stamp}", signature="{made}"'
    return world.browser().post(
        "/api/v1/tallies", data=raw, headers={"Authorization": header, "Content-Type": "application/json"}
    )


def kept(world: World) -> list[tuple[int, str, float]]:
    with world.as_system() as w:
        rows = w.session.scalars(select(Tally).order_by(Tally.id))
        return [(row.place_id, row.measure, row.value) for row in rows]


def test_counts_are_kept_once_and_wrong_ones_named(stage: Stage) -> None:
    world = stage.world
    site = world.clinic(stage.subdistrict, webhook_url="http://127.0.0.1:9/", webhook_key=KEY)
    at = world.clock.at.isoformat()
    counts = [
        {"measure": "sampled", "at": at, "value": 120},
        {"measure": "sampled", "at": "yesterday", "value": 1},
        {"measure": "tubes", "at": at, "value": -3},
        {"measure": "tubes", "at": (world.clock.at + timedelta(hours=1)).isoformat(), "value": 3},
        {"measure": "tubes", "at": at, "value": 12, "note": "x"},
        "nothing",
        {"measure": "tubes", "at": at, "value": 12},
    ]
    answer = send(world, site, counts)
    assert answer.status_code == 200
    said = answer.get_json()
    assert (said["new"], said["same"]) == (2, 0)
    assert [(one["index"], one["field"]) for one in said["refused"]] == [
        (1, "at"), (2, "value"), (3, "at"), (4, "note"), (5, "")]  # fmt: skip
    assert said["refused"][2]["reason"] == "in-the-future"
    assert kept(world) == [(site.id, "sampled", 120), (site.id, "tubes", 12)]
    again = send(world, site, [counts[0], {**counts[6], "value": 13}]).get_json()
    assert (again["new"], again["same"]) == (0, 1)
    assert again["refused"] == [{"index": 1, "field": "value", "reason": "differs", "standing": 12}]
    told = world.journal("dispatch.NumbersTallied")
    assert [(one.data["measure"], one.data["tallies"], one.place_id) for one in told] == [
        ("sampled", 1, site.id), ("tubes", 1, site.id)]  # fmt: skip


def test_what_is_no_list_and_who_is_no_site_is_refused(stage: Stage) -> None:
    world = stage.world
    site = world.clinic(stage.subdistrict, webhook_url="http://127.0.0.1:9/", webhook_key=KEY)
    assert send(world, site, {"measure": "sampled"}).status_code == 422
    at = world.clock.at.isoformat()
    many = [{"measure": "sampled", "at": at, "value": n} for n in range(1001)]
    assert send(world, site, many).get_json()["error"] == "too-many"
    assert send(world, stage.elsewhere, []).status_code == 401
    browser = world.browser_as("clinic", stage.clinics[0])
    assert browser.post("/api/v1/tallies", json=[]).status_code == 403
    assert kept(world) == []


def test_the_same_moment_twice_in_one_list_is_one(stage: Stage) -> None:
    world = stage.world
    site = world.clinic(stage.subdistrict, webhook_url="http://127.0.0.1:9/", webhook_key=KEY)
    count = {"measure": "sampled", "at": world.clock.at.isoformat(), "value": 5}
    said = send(world, site, [count, count, {**count, "value": 6}]).get_json()
    assert (said["new"], said["same"], len(said["refused"])) == (1, 1, 1)
