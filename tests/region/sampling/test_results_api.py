"""A laboratory's own system reports and asks by JSON: wrong ones by their place, the same again changes nothing."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from region.accounts.identify import signature
from region.places.models import Place
from tests.region.sampling import tubes
from tests.region.sampling.ground import Ground, running_round
from tests.world import World

KEY = "site key"
PATH = "/api/v1/sampling/results"


@pytest.fixture
def ground(sqlite_world: World) -> Ground:
    made = running_round(sqlite_world)
    made.lab = sqlite_world.site(
        made.district, "laboratory", webhook_url="http://127.0.0.1:9/", webhook_key=KEY
    )
    return made


def ask(world: World, site: Place, method: str, path: str, given: Any = None) -> Any:
    """What the laboratory's system gets for a signed request."""
    raw = b"" if given is None else json.dumps(given).encode()
    stamp = str(int(world.clock.at.timestamp()))
    made = signature(KEY, stamp, "0", method, path, raw)
    header = f'Region-Signature site="{site.id}", realm="0", timestamp="{stamp}", signature="{made}"'
    headers = {"Authorization": header, "Content-Type": "application/json", "Idempotency-Key": "k-1"}
    return world.browser().open(path, method=method, data=raw, headers=headers)


def test_results_by_json_stand_once(ground: Ground) -> None:
    pool, single = tubes.tube(ground), tubes.tube(ground, 1)
    at = ground.world.clock.at
    given = {
        "results": [
            {"tube": pool.code, "result": "阳性", "reported_at": at.isoformat(), "ct_n": 28.5, "id": "A-1"},
            {"tube": single.code, "result": "negative", "reported_at": at.isoformat()},
            {"tube": single.code, "result": "negative", "reported_at": "2022-08-01T10:00:00"},
            {"tube": single.code, "result": "who knows", "reported_at": at.isoformat()},
            {"tube": pool.code, "result": "negative", "reported_at": (at + timedelta(days=1)).isoformat()},
            "nothing",
        ]
    }
    first = ask(ground.world, ground.lab, "POST", PATH, given)
    said = first.get_json()
    assert first.status_code == 200 and first.headers["Idempotency-Key"] == "k-1"
    assert (said["ok"], said["positive"], said["negative"], said["kept"]) == (False, 1, 1, 2)
    assert [(one["index"], one["why"]) for one in said["refused"]] == [
        (2, "field_wrong"), (3, "result_unknown"), (4, "in_future"), (5, "field_wrong")]  # fmt: skip
    again = ask(ground.world, ground.lab, "POST", PATH, given).get_json()
    assert (again["kept"], again["again"]) == (0, 2) and tubes.days(ground) == [(2, 1)]
    shown = ask(ground.world, ground.lab, "GET", f"{PATH}?tube={pool.code}&tube=none").get_json()
    assert shown["tubes"] == [
        {"tube": pool.code, "state": "reported", "result": "positive", "reported_at": at.isoformat()}
    ]


def test_what_is_no_list_of_results(ground: Ground) -> None:
    for given in (None, [], {"results": 7}, {"results": [], "more": 1}):
        assert ask(ground.world, ground.lab, "POST", PATH, given).status_code == 422
    assert ask(ground.world, ground.lab, "POST", PATH, {"results": []}).get_json()["ok"]
