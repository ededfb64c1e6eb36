"""What a hostile user, a careless clinic and a privacy officer try with samples: nothing leaks, nothing is stuck."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from region.sampling.actions.matching import match_unknown
from region.sampling.actions.scanning import found_in_books, scan
from region.sampling.models import Tube, WorkItem
from region.sampling.queries.field_pack import field_pack
from region.sampling.result_sent import SentResult
from region.sampling.schemas import Batch
from region.spine.errors import Refused
from tests.region.sampling import tubes
from tests.region.sampling.ground import Ground, resident, running_round, uid
from tests.region.sampling.test_results_api import KEY, PATH, ask
from tests.world import World

SYNC = "/api/v1/field/sync"
NUMBER = resident(7)


@pytest.fixture
def ground(sqlite_world: World) -> Ground:
    made = running_round(sqlite_world)
    made.lab = sqlite_world.site(
        made.district, "laboratory", webhook_url="http://127.0.0.1:9/", webhook_key=KEY
    )
    return made


def batch(ground: Ground, **facts: Any) -> dict[str, Any]:
    """A batch of the clinic's phone as JSON."""
    return json.loads(ground.batch([ground.tube([ground.person(1)])]).model_dump_json()) | facts


# --- personal data ------------------------------------------------------------------------------


def test_an_identity_card_under_the_scanner_is_kept_nowhere(ground: Ground) -> None:
    client = ground.world.browser_as("laboratory", ground.lab)
    answer = client.post(f"/sampling/bench/{ground.lab.id}/scan", data={"code": NUMBER})
    assert NUMBER not in answer.headers.get("Location", "") and answer.status_code == 303
    tubes.tell(ground, [tubes.result(ground, NUMBER, "positive")])
    with ground.world.as_system() as w:
        assert w.session.scalars(select(WorkItem.ref)).all() == []
    assert tubes.tell(ground, [tubes.result(ground, NUMBER)]).refused[0].facts["given"] != NUMBER
    assert NUMBER not in str([entry.data for entry in ground.world.journal()])


def test_an_identity_number_sent_as_a_tubes_code_is_not_its_code(ground: Ground) -> None:
    client = ground.world.browser_as("sampler", ground.clinic)
    sent = batch(ground)
    sent["tubes"][0]["code"] = NUMBER
    answer = client.post(SYNC, json=sent).get_json()
    assert (answer["tubes"][0]["state"], answer["tubes"][0]["reason"]) == ("contested", "resident_number")
    with ground.world.as_system() as w:
        assert NUMBER not in w.session.scalars(select(Tube.code)).one()


def test_what_is_wrong_is_named_without_what_was_sent(ground: Ground) -> None:
    client = ground.world.browser_as("sampler", ground.clinic)
    sent = batch(ground)
    sent["tubes"][0]["people"][0][NUMBER] = "测试七"
    answer = client.post(SYNC, json=sent)
    assert answer.status_code == 422 and NUMBER not in answer.text and "测试七" not in answer.text
    given = {"results": [{NUMBER: 1, "tube": "T-1000", "result": "negative", "reported_at": "2022-08-01"}]}
    assert NUMBER not in ask(ground.world, ground.lab, "POST", PATH, given).text


def test_a_refused_batch_does_not_say_its_people_in_a_traceback(ground: Ground) -> None:
    sent = batch(ground)
    sent["tubes"][0]["people"][0] |= {"name": "测试七" * 40}
    with pytest.raises(ValidationError) as wrong:
        Batch.model_validate_json(json.dumps(sent))
    assert "测试七" not in str(wrong.value)
    with pytest.raises(ValidationError) as wrong:
        SentResult.model_validate({"tube": NUMBER * 9})
    assert NUMBER not in str(wrong.value)


def test_the_pack_is_not_given_when_the_round_is_over(ground: Ground) -> None:
    from region.sampling.events.rounds import RoundSitesSet
    from region.sampling.models import Round

    with ground.world.as_system() as w:
        w.get(Round, ground.round_id).state = "closed"
        w.tell(RoundSitesSet(round=ground.round_id, sites=1, covered=1.0, place=ground.district.id))
    with pytest.raises(Refused), ground.sampler() as w:
        field_pack(w, ground.site_id)


# --- absurd input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"person": 2**70}, {"person": -1}, {"home": 2**40}, {"person": True}, {"at": "0000-01-01T00:00:00Z"}],
)
def test_an_absurd_person_stops_only_his_batch(world: World, wrong: dict[str, Any]) -> None:
    ground = running_round(world)
    client = world.browser_as("sampler", ground.clinic)
    sent = batch(ground)
    sent["tubes"][0]["people"][0] |= wrong
    assert client.post(SYNC, json=sent).status_code == 422  # 400 would make the phone wait for ever


def test_a_nul_in_a_code_or_a_seal_stops_no_phone(world: World) -> None:
    ground = running_round(world)
    client = world.browser_as("sampler", ground.clinic)
    sent = batch(ground)
    at = sent["sent_at"]
    box = {"uid": uid(), "code": "BOX-0001", "opened_at": at, "sealed_at": at, "seal": "\x0012", "tubes": 0}
    sent["boxes"] = [box]
    sent["tubes"][0]["code"] = "12\x00\x1d?5"
    assert client.post(SYNC, json=sent).status_code in (200, 422)


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"]
)
def test_one_result_beyond_the_calendar_leaves_the_others(ground: Ground, at: str) -> None:
    good = tubes.tube(ground)
    now = ground.world.clock.at.isoformat()
    given = [{"tube": "T-1000", "result": "negative", "reported_at": at}]
    given.append({"tube": good.code, "result": "negative", "reported_at": now})
    said = ask(ground.world, ground.lab, "POST", PATH, {"results": given})
    assert said.status_code == 200 and said.get_json()["negative"] == 1


@pytest.mark.parametrize("text", ["\ud800", "\u202e<b>", "\x00"])
def test_strange_characters_in_a_fhir_report_are_no_fault_of_ours(ground: Ground, text: str) -> None:
    good = tubes.tube(ground)
    doc = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "identifier": [{"value": text}],
        "issued": ground.world.clock.at.isoformat(),
        "specimen": [{"identifier": {"value": good.code}}],
        "conclusion": text,
        "conclusionCode": [{"coding": [{"system": "http://snomed.info/sct", "code": "260385009"}]}],
    }
    for tried in (doc, {**doc, "specimen": [{"identifier": {"value": text + good.code}}]}):
        assert ask(ground.world, ground.lab, "POST", "/api/v1/fhir/DiagnosticReport", tried).status_code in (
            200,
            422,
        )


# --- strangers ----------------------------------------------------------------------------------


def test_a_laboratory_that_scans_a_strangers_tube_does_not_hide_it_from_its_own(world: World) -> None:
    ground = running_round(world)
    other = world.site(ground.district, "laboratory")
    code = ground.code()
    for lab in (other, ground.lab):
        with world.as_("laboratory", lab) as w:
            assert scan(w, lab.id, code).kind == "unknown"
    tubes.tube(ground, code=code)
    with world.as_system() as w:
        found_in_books(w)
    assert tubes.stands(ground, code).state == "received"


# --- conservation -------------------------------------------------------------------------------


def test_counts_hold_when_results_were_told_out_of_order_before_their_tube(world: World) -> None:
    ground, code = running_round(world), ""
    code = ground.code()
    world.wait(hours=30)
    now = world.clock.at
    for at in (now, now - timedelta(hours=26)):
        tubes.tell(ground, [tubes.result(ground, code, "negative", reported_at=at)])
    made = {"sampled_at": now - timedelta(hours=28), "closed_at": now - timedelta(hours=27)}
    tubes.tube(ground, code=code, **made)
    with world.as_system() as w:
        match_unknown(w, [code])
    world.wait(minutes=10)
    tubes.tell(ground, [tubes.result(ground, code, "positive")])
    world.wait(minutes=10)
    assert [one for one in tubes.days(ground) if one != (0, 0)] == [(1, 1)]
    assert [one[1:] for one in tubes.times(ground) if any(one[1:])] == [(1, 1, 1)]
