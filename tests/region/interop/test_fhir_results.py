"""A laboratory's system reports by FHIR and reads what stands; faults come as an OperationOutcome, by their place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from region.accounts.identify import signature
from region.formats import fhir
from region.places.models import Place
from tests.region.sampling import tubes
from tests.region.sampling.ground import Ground, running_round
from tests.world import World

KEY = "site key"
PATH = "/api/v1/fhir/DiagnosticReport"


@pytest.fixture
def ground(sqlite_world: World) -> Ground:
    made = running_round(sqlite_world)
    made.lab = sqlite_world.site(
        made.district, "laboratory", webhook_url="http://127.0.0.1:9/", webhook_key=KEY
    )
    return made


def ask(world: World, site: Place, method: str, path: str, given: Any = None) -> Any:
    """What the laboratory's system gets for a signed request."""
    raw = b"" if given is None else given if isinstance(given, bytes) else json.dumps(given).encode()
    stamp = str(int(world.clock.at.timestamp()))
    made = signature(KEY, stamp, "0", method, path, raw)
    header = f'Region-Signature site="{site.id}", realm="0", timestamp="{stamp}", signature="{made}"'
    headers = {"Authorization": header, "Content-Type": "application/fhir+json"}
    return world.browser().open(path, method=method, data=raw, headers=headers)


def report(ground: Ground, tube: str, result: str, **facts: Any) -> dict[str, Any]:
    at = ground.world.clock.at
    said = {"system": "urn:lis", "number": f"A-{tube}", "collected": None, "test": "94500-6", "cycles": {}}
    return fhir.write_report(**{**said, "tube": tube, "result": result, "issued": at, **facts})


def test_reports_stand_once_and_are_read_back_without_persons(ground: Ground) -> None:
    pool, single = tubes.tube(ground), tubes.tube(ground, 1)
    doc = fhir.bundle(
        [
            report(ground, pool.code, "positive", cycles={"94745-7": 31.5}),
            report(ground, single.code, "negative"),
        ]
    )
    for _ in range(2):
        answer = ask(ground.world, ground.lab, "POST", PATH, doc)
        assert (answer.status_code, answer.mimetype) == (200, "application/fhir+json")
    assert tubes.days(ground) == [(2, 1)] and len(tubes.told(ground, "PoolPositive")) == 1
    shown = ask(ground.world, ground.lab, "GET", f"{PATH}/{pool.code}").get_json(force=True)
    ((read,), wrong) = fhir.read_reports(shown)
    assert not wrong and read.specimen == pool.code and read.observations[1].number == 31.5
    assert "subject" not in shown and shown["status"] == "final"
    stranger = ground.world.site(
        ground.world.area(), "laboratory", webhook_url="http://127.0.0.1:9/", webhook_key=KEY
    )
    assert ask(ground.world, stranger, "GET", f"{PATH}/{pool.code}").status_code == 404


def test_faults_come_by_place_and_the_rest_stands(ground: Ground) -> None:
    pool, gone = tubes.tube(ground), tubes.tube(ground, state="rejected", reject_reason="leaking")
    bad = report(ground, pool.code, "negative") | {"status": "preliminary"}
    doc = fhir.bundle([report(ground, pool.code, "negative"), bad, report(ground, gone.code, "negative")])
    answer = ask(ground.world, ground.lab, "POST", PATH, doc)
    issues = answer.get_json(force=True)["issue"]
    assert answer.status_code == 422 and [(one["code"], one["expression"][0]) for one in issues] == [
        ("business-rule", "Bundle.entry[1].resource.status"),
        ("business-rule", "Bundle.entry[2].resource.contained[0].identifier[0].value"),
    ]  # fmt: skip
    assert tubes.stands(ground, pool.code).result == "negative"
    (entry,) = ground.world.journal("interop.MessageRefused")
    assert entry.data["at"] == "Bundle.entry.1..resource.status"
    for data, status in ((b"[" * 100_000, 422), (b"nothing", 422), (b'{"resourceType":"Patient"}', 422)):
        answer = ask(ground.world, ground.lab, "POST", PATH, data)
        assert answer.status_code == status
        assert answer.get_json(force=True)["resourceType"] == "OperationOutcome"
