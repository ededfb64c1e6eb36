"""What the field page speaks: the pack that a phone works from without a network, and its synchronisation."""

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select

from region.people.actions.registering import Given, register
from region.sampling.actions.singling import keep_apart
from region.sampling.models import RoundDue
from region.sampling.queries.field_pack import field_pack
from region.spine.errors import Missing
from tests.region.sampling.books import check, members
from tests.region.sampling.ground import Ground, resident, running_round, uid
from tests.region.sampling.sync_stage import seen, send
from tests.world import World

SYNC, PACK = "/api/v1/field/sync", "/api/v1/field/pack"


def residents(world: World, ground: Ground, *numbers: int) -> list[int]:
    """So many who live in the first grid, on the list of the round."""
    given = [
        Given(uid(), ground.grids[0].id, "resident", resident(n), f"张小{n}", "13800000000") for n in numbers
    ]
    with world.as_system() as w:
        known = register(w, given, incident=None, source="list")
        ids = [known[one.uid] for one in given]
        listed = {"round_id": ground.round_id, "place_id": ground.grids[0].id, "scheme": "due"}
        w.session.add_all(RoundDue(person_id=id, **listed) for id in ids)
        keep_apart(w, ids[:1], reason="close_contact", ref="contact:1")
    return ids


def test_the_pack_has_what_a_phone_needs_and_nobody_in_clear(world: World) -> None:
    ground = running_round(world)
    ids = residents(world, ground, 1, 2)
    with ground.sampler() as w:
        pack = field_pack(w, ground.site_id)
    shown = {one["person"]: (one["name"], one["last"], one["apart"]) for one in pack["residents"]}
    assert shown == {
        ids[0]: ("张*1", resident(1)[-4:], "close_contact"),
        ids[1]: ("张*2", resident(2)[-4:], None),
    }
    mark = hmac.new(bytes.fromhex(pack["key"]), f"resident:{resident(1)}".encode(), sha256).digest()[:16]
    assert pack["apart"] == {mark.hex(): "close_contact"}
    assert pack["limits"]["skew_seconds"] == 120
    assert pack["methods"]["pool_10"]["size"] == 10
    assert pack["reason_order"] == list(pack["reasons"]) and {"refused", "away"} <= set(pack["reasons"])
    assert resident(1) not in str(pack) and "张小1" not in str(pack)


def test_the_pack_of_a_foreign_site_is_not_there(world: World) -> None:
    ground = running_round(world)
    stranger = world.clinic(world.area(ground.district, level="community"))
    with pytest.raises(Missing), world.as_("sampler", stranger) as w:
        field_pack(w, ground.site_id)


def test_a_phone_takes_the_pack_and_synchronises(sqlite_world: World) -> None:
    ground = running_round(sqlite_world)
    (one, _) = residents(sqlite_world, ground, 1, 2)
    client = sqlite_world.browser_as("sampler", ground.clinic)
    pack = client.get(f"{PACK}?site={ground.site_id}").get_json()
    assert {"csrf", "account", "now", "rate", "realm"} <= set(pack)
    person = {"uid": uid(), "at": pack["now"], "person": one}
    batch = batch_of(ground, pack["now"], [person])
    answer = client.post(SYNC, json=batch).get_json()
    assert answer["tubes"][0]["state"] == "kept" and not answer["flagged"]
    assert client.post(SYNC, json=batch).get_json()["tubes"] == answer["tubes"]
    assert [member.person_id for member in members(sqlite_world)] == [one]
    check(sqlite_world)
    again = client.get(f"{PACK}?site={ground.site_id}").get_json()["residents"]
    assert {person["person"]: person["sampled"] for person in again}[one] is True


def test_why_somebody_was_not_sampled_is_kept_for_who_is_due_and_told_once(world: World) -> None:
    ground = running_round(world)
    ids = residents(world, ground, 1, 2, 3)
    with world.as_system() as w:
        exempt = w.get(RoundDue, (ground.round_id, ids[2]))
        exempt.scheme, exempt.reason = "exempt", "infant"
        w.tell(seen(ground))
    send(ground, ground.batch([ground.tube([ground.person(2, person=ids[1], kind="none", number="")])]))
    said = [{"person": id, "reason": "refused"} for id in ids] + [{"person": ids[0], "reason": "no such"}]
    for _ in range(2):
        send(ground, ground.batch([], reasons=said))
    with world.as_system() as w:
        kept = {row.person_id: row.reason for row in w.session.scalars(select(RoundDue))}
    assert kept == {ids[0]: "refused", ids[1]: None, ids[2]: "infant"}
    (told,) = world.journal("sampling.NotSampledExplained")
    assert (told.data["reason"], told.data["persons"]) == ("refused", 1)
    with ground.sampler() as w:
        pack = field_pack(w, ground.site_id)
    assert {one["person"]: one["reason"] for one in pack["residents"]} == kept


def batch_of(ground: Ground, now: str, people: list[dict[str, Any]]) -> dict[str, Any]:
    """A batch of one closed tube, as JSON."""
    tube = {"uid": uid(), "revision": 1, "code": ground.code(), "method": "single"}
    tube |= {"opened_at": now, "closed_at": now, "people": people}
    return {"device": uid(), "sent_at": now, "site": ground.site_id, "tubes": [tube]}


def test_what_is_wrong_is_named_by_its_place_and_never_shown(sqlite_world: World) -> None:
    ground = running_round(sqlite_world)
    client = sqlite_world.browser_as("sampler", ground.clinic)
    now = (sqlite_world.clock.at + timedelta(seconds=1)).isoformat()
    person = {"uid": uid(), "at": now, "kind": "resident", "number": resident(1), "name": "张小三" * 40}
    for body in (batch_of(ground, now, [person]), batch_of(ground, now, [person | {"name": 5}]), [], "x"):
        answer = client.post(SYNC, json=body)
        assert answer.status_code == 422
        assert "张小三" not in answer.text and resident(1) not in answer.text
    assert not members(sqlite_world)


def test_who_may_not_sample_gets_no_pack(sqlite_world: World) -> None:
    ground = running_round(sqlite_world)
    client = sqlite_world.browser_as("courier", ground.clinic)
    assert client.get(f"{PACK}?site={ground.site_id}").status_code == 403
