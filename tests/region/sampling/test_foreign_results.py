"""What a laboratory is told of a tube that went to another: what it is told of a code that nobody has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from region.formats import hl7
from region.interop.listening import Reception, Sender
from region.places.models import Place
from region.sampling.events.field import BoxMoved
from region.sampling.models import Tube, TubeResult, WorkItem
from region.sampling.queries.waiting import waiting_codes
from tests.region.interop import test_fhir_results as by_fhir
from tests.region.interop.test_listening import oru
from tests.region.sampling import test_results_api as by_json
from tests.region.sampling import tubes
from tests.region.sampling.ground import Ground, running_round
from tests.region.sampling.tubes import items, result, stands, tell
from tests.world import World

ENDED = {"state": "rejected", "reject_reason": "leaking"}


@pytest.fixture
def ground(world: World) -> Ground:
    return running_round(world)


def another(ground: Ground, **facts: Any) -> Place:
    """A laboratory of the same district that takes no part in the round."""
    return ground.world.site(ground.district, "laboratory", **facts)


def codes(ground: Ground) -> dict[str, str]:
    """Tubes of the first laboratory, one of which has ended, and a code that nobody has."""
    return {
        "closed": tubes.tube(ground).code,
        "ended": tubes.tube(ground, **ENDED).code,
        "reported": tubes.tube(
            ground, state="reported", result="negative", result_at=ground.world.clock.at
        ).code,
        "early": tubes.tube(ground, closed_at=ground.world.clock.at + timedelta(minutes=30)).code,
        "nobody's": ground.code(),
    }


@pytest.mark.parametrize("said", ["negative", "positive", "invalid"])
def test_it_is_answered_as_if_there_were_none_once_and_again(ground: Ground, said: str) -> None:
    other, given = another(ground), codes(ground)
    first = {name: tell(ground, [result(ground, code, said)], lab=other) for name, code in given.items()}
    again = {name: tell(ground, [result(ground, code, said)], lab=other) for name, code in given.items()}
    for answers in (first, again):
        assert {name for name, one in answers.items() if one == answers["nobody's"]} == set(given)
    assert (first["closed"].unknown, again["closed"].again) == (1, 1)
    assert stands(ground, given["closed"]).result is None and not tubes.told(ground, "PoolPositive")


def test_the_teller_s_own_lists_show_it_as_unknown_and_the_true_reason_stands_elsewhere(
    ground: Ground,
) -> None:
    other, given = another(ground), codes(ground)
    tell(ground, [result(ground, code, "positive") for code in given.values()], lab=other)
    refused = items(ground, "result_refused")
    assert [one.facts["why"] for one in refused] == ["other_lab"] * 4 and all(one.alarm for one in refused)
    assert {one.lab_id for one in refused} == {ground.lab.id}
    assert {one.ref for one in items(ground, "unknown_tube")} == set(given.values())
    with ground.world.as_("laboratory", other) as w:
        seen = w.session.scalars(select(WorkItem)).all()
        assert {one.kind for one in seen} == {"unknown_tube"} and len(seen) == 5
        assert not any("why" in one.facts for one in seen) and not w.session.scalars(select(Tube)).all()


def test_what_is_no_alarm_goes_to_the_site_as_one_item_an_hour(ground: Ground) -> None:
    other, given = another(ground), codes(ground)
    tell(ground, [result(ground, code) for code in given.values()], lab=other)
    (item,) = items(ground, "result_refused")
    assert (item.place_id, item.alarm, item.lab_id) == (ground.clinic.id, False, None)
    assert (item.facts["results"], item.facts["why"]) == (4, "other_lab")


def test_nobody_looks_for_its_tube_until_the_laboratory_has_it(ground: Ground) -> None:
    other, code = another(ground), tubes.tube(ground).code
    tell(ground, [result(ground, code, "positive")], lab=other)
    with ground.world.as_system() as w:
        assert waiting_codes(w) == []
        w.session.execute(update(Tube).where(Tube.code == code).values(lab_id=other.id))
        w.tell(BoxMoved(box=0, verb="redirect", state="sealed", tubes=1, place=ground.clinic.id))
        assert waiting_codes(w) == [code]
    ground.world.run()
    with ground.world.as_system() as w:
        w.owe("sampling.match_results", key="now")
    ground.world.run()
    assert stands(ground, code).result == "positive"
    with ground.world.as_system() as w:
        assert w.session.scalars(select(TubeResult.tube_id)).all() != [None]


def test_by_every_way_of_programs(sqlite_world: World) -> None:
    ground = running_round(sqlite_world)
    system = {"webhook_url": "http://127.0.0.1:9/", "webhook_key": by_json.KEY}
    other, given = another(ground, **system), codes(ground)
    said: dict[str, list[Any]] = {name: [] for name in given}
    reception = Reception(ground.world.office, {"LAB8": Sender(other.code)})
    for name, code in given.items():
        one = {"tube": code, "result": "negative", "reported_at": ground.world.clock.at.isoformat()}
        answer = by_json.ask(ground.world, other, "POST", by_json.PATH, {"results": [one]})
        said[name] += [answer.status_code, answer.json]
        ground.world.wait(minutes=1)
        doc = by_fhir.report(ground, code, "negative")
        answer = by_fhir.ask(ground.world, other, "POST", by_fhir.PATH, doc)
        said[name] += [answer.status_code, answer.get_json(force=True)]
        ack = hl7.parse(reception.answer(oru(ground, "M1", (code, "negative"), facility="LAB8")))
        said[name] += [ack.segments[1].text(1), [one.name for one in ack.segments]]
        got = by_json.ask(ground.world, other, "GET", f"{by_json.PATH}?tube={code}")
        said[name] += [got.json["tubes"]]
    assert [name for name in given if said[name] != said["nobody's"]] == []
    assert said["ended"][0] == said["ended"][2] == 200 and said["ended"][4] == "AA"
