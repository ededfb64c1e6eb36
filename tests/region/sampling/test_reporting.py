"""Results are kept once and take effect once; what is positive, unknown, wrong or corrected is told and counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from region.sampling.models import TubeResult
from region.spine.errors import Forbidden
from tests.region.sampling import tubes
from tests.region.sampling.ground import Ground, running_round
from tests.region.sampling.tubes import days, items, result, stands, tell, times, told
from tests.world import World


@pytest.fixture
def ground(world: World) -> Ground:
    return running_round(world)


def kept(ground: Ground) -> int:
    with ground.world.as_system() as w:
        return w.session.scalar(select(func.count()).select_from(TubeResult)) or 0


def test_results_stand_and_are_counted(ground: Ground) -> None:
    pool, single = tubes.tube(ground), tubes.tube(ground, 1)
    said = tell(ground, [result(ground, pool.code, ct_n=31.5), result(ground, single.code, "invalid")])
    assert (said.negative, said.invalid, said.kept, said.again, said.refused) == (1, 1, 2, 0, ())
    found = stands(ground, pool.code)
    assert (found.state, found.result, found.result_at) == ("reported", "negative", ground.world.clock.at)
    with ground.world.as_system() as w:
        row = w.get(TubeResult, found.result_id)
        assert (row.tube_id, row.ct_n, row.place_id) == (pool.id, 31.5, ground.clinic.id)
    assert days(ground) == [(2, 0)] and times(ground) == [(10, 2, 1, 0)]
    assert len(told(ground, "ResultsReported")) == 1
    assert not told(ground, "PoolPositive") and not told(ground, "SinglePositive")


def test_at_06_a_pool_result_that_arrives_twice_counts_once(ground: Ground) -> None:
    pool = tubes.tube(ground)
    positive = result(ground, pool.code, "positive", mark="MSG-1", ct_n=29.0)
    assert tell(ground, [positive]).positive == 1
    before = kept(ground), days(ground), times(ground)
    ground.world.wait(minutes=5)
    again = tell(ground, [positive, positive])
    assert (again.kept, again.again) == (0, 2)
    assert (kept(ground), days(ground), times(ground)) == before == (1, [(1, 1)], [(10, 1, 1, 1)])
    # By another way, with another number and a later time: kept as told, and it changes nothing.
    other = tell(ground, [result(ground, pool.code, "positive", mark="ROW-7")], source="file")
    assert (other.kept, other.again) == (0, 1) and kept(ground) == 2
    assert (days(ground), times(ground)) == before[1:]
    assert len(told(ground, "PoolPositive")) == 1 and not told(ground, "ResultChanged")
    assert stands(ground, pool.code).result_at == positive.reported_at


def test_at_07_a_positive_result_of_an_unknown_tube_is_an_alarm_until_the_tube_comes(ground: Ground) -> None:
    code = ground.code()
    said = tell(ground, [result(ground, code, "positive"), result(ground, ground.code())])
    assert (said.unknown, said.positive, said.negative) == (2, 1, 1)
    alarm, rest = items(ground, "unknown_tube")
    assert (alarm.alarm, alarm.ref, alarm.place_id, alarm.facts["result"]) == (
        True,
        code,
        ground.lab.id,
        "positive",
    )
    assert not rest.alarm and not days(ground) and not told(ground, "PoolPositive")
    ground.world.wait(minutes=31)
    tell(ground, [result(ground, code, "positive")])
    assert len(items(ground, "unknown_tube")) == 2, "the same tube is one piece of work"
    made = tubes.tube(ground, code=code, closed_at=ground.world.clock.at - timedelta(hours=2))
    ground.world.run()
    found = stands(ground, code)
    assert (found.state, found.result) == ("reported", "positive")
    assert [one.subject for one in told(ground, "PoolPositive")] == [f"tube:{made.id}"]
    assert days(ground) == [(1, 1)]
    states = [(one.state, one.verdict) for one in items(ground, "unknown_tube")]
    assert states == [("settled", "matched"), ("open", None)], "one result still waits for its tube"


def test_a_tube_still_open_waits_for_its_phone(ground: Ground) -> None:
    pool = tubes.tube(ground, state="open", closed_at=None)
    assert tell(ground, [result(ground, pool.code, "grey")]).unknown == 1
    assert items(ground, "unknown_tube")[0].alarm and stands(ground, pool.code).state == "open"


def test_a_correction_changes_the_counts_and_keeps_both(ground: Ground) -> None:
    pool = tubes.tube(ground)
    tell(ground, [result(ground, pool.code, "positive", mark="A-1")])
    ground.world.wait(hours=20)
    said = tell(ground, [result(ground, pool.code, "negative", mark="A-1")])
    assert (said.changed, said.negative) == (1, 1)
    assert stands(ground, pool.code).result == "negative" and kept(ground) == 2
    assert days(ground) == [(1, 0)] and times(ground) == [(10, 1, 1, 0)], "counted where the first result was"
    (change,) = told(ground, "ResultChanged")
    assert (change.data["before"], change.data["result"]) == ("positive", "negative")
    ground.world.wait(hours=1)
    tell(ground, [result(ground, pool.code, "grey")])
    assert days(ground) == [(1, 1)] and len(told(ground, "PoolPositive")) == 2


def test_an_older_result_is_kept_and_does_not_stand(ground: Ground) -> None:
    pool = tubes.tube(ground)
    ground.world.wait(minutes=30)
    early = result(ground, pool.code, "positive", reported_at=ground.world.clock.at - timedelta(minutes=20))
    tell(ground, [result(ground, pool.code)])
    tell(ground, [early])
    assert stands(ground, pool.code).result == "negative" and kept(ground) == 2
    (item,) = items(ground, "result_refused")
    assert item.alarm and item.facts["why"] == "older" and not told(ground, "PoolPositive")


def test_single_tubes_are_cases_to_propose_or_for_a_look(ground: Ground) -> None:
    single, grey, empty = tubes.tube(ground, 1), tubes.tube(ground, 1), tubes.tube(ground, 0)
    codes = [(single.code, "positive"), (grey.code, "grey"), (empty.code, "positive")]
    tell(ground, [result(ground, code, said) for code, said in codes])
    (entry,) = told(ground, "SinglePositive")
    assert entry.subject == f"tube:{single.id}" and entry.data["person"] and entry.incident_id
    assert [one.alarm for kind in ("single_grey", "empty_positive") for one in items(ground, kind)] == [
        True,
        True,
    ]


def test_what_cannot_be_true_is_refused_by_row(ground: Ground) -> None:
    pool, gone = tubes.tube(ground), tubes.tube(ground, state="rejected", reject_reason="leaking")
    now = ground.world.clock.at
    given = [
        result(ground, pool.code, reported_at=now + timedelta(hours=1)),
        result(ground, pool.code, reported_at=now - timedelta(hours=2)),
        result(ground, "12"),
        result(ground, pool.code, "perhaps"),
        result(ground, gone.code, "positive"),
        result(ground, gone.code[:-1] + ("0" if gone.code[-1] != "0" else "1")),
    ]
    said = tell(ground, given)
    assert [(one.index, one.why) for one in said.refused] == [
        (0, "in_future"), (1, "before_sample"), (2, "code_wrong"), (3, "result_unknown"), (4, "tube_ended"),
        (5, "code_wrong")]  # fmt: skip
    assert kept(ground) == 0 and stands(ground, pool.code).state == "closed"
    assert not told(ground, "ResultsReported") and [one.alarm for one in items(ground, "result_refused")] == [
        True, False]  # fmt: skip
    contrary = tell(ground, [result(ground, pool.code), result(ground, pool.code, "positive")])
    assert {one.why for one in contrary.refused} == {"contrary"} and kept(ground) == 0


def test_a_laboratory_reports_its_own_tubes_and_those_nobody_claims(ground: Ground) -> None:
    world = ground.world
    other = world.site(ground.district, "laboratory")
    sent, free = tubes.tube(ground), tubes.tube(ground, lab_id=None, round_id=None)
    said = tell(ground, [result(ground, sent.code, "positive"), result(ground, free.code)], lab=other)
    assert (said.refused, said.unknown, said.positive, said.negative) == ((), 1, 1, 1)
    (item,) = items(ground, "result_refused")
    assert item.alarm and item.lab_id == ground.lab.id and stands(ground, sent.code).result is None
    with pytest.raises(Forbidden), world.as_("laboratory", other) as w:
        from region.sampling.actions.reporting import report

        report(w, ground.lab.id, [result(ground, sent.code)], source="api")
