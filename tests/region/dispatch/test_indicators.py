"""K34 to K36 are counted from rows: signed in time, closed on time, supervised."""

from __future__ import annotations

from datetime import timedelta

from region.dispatch.actions import ending
from region.dispatch.models import Directive
from region.dispatch.queries.indicators import indicators, target
from tests.flows.stage import Stage, stage

__all__ = ["stage"]


def figures(stage: Stage) -> dict[str, tuple[int, int]]:
    with stage.world.as_("duty_officer", stage.district) as w:
        found = indicators(w, w.now - timedelta(days=2), w.now + timedelta(seconds=1))
        return {one.id: (one.numerator, one.denominator) for one in found}


def test_they_count_what_the_definitions_say(stage: Stage) -> None:
    assert figures(stage) == {"K34": (0, 0), "K35": (0, 0), "K36": (0, 0)}
    first, second = stage.issued(), stage.issued(token="form-0002")
    cancelled = stage.issued(token="form-0003")
    with stage.world.as_("duty_officer", stage.district) as w:
        ending.withdraw(w, w.get(Directive, cancelled.id), "not needed")
    stage.sign(first, stage.clinics[0])
    stage.world.wait(minutes=61)
    stage.sign(first, stage.clinics[1])
    assert figures(stage) == {"K34": (1, 6), "K35": (0, 0), "K36": (0, 2)}
    for number, clinic in enumerate(stage.clinics):
        stage.sign(second, clinic)
        stage.finish(second, clinic, f"report-{number:04}")
    stage.world.run()
    assert figures(stage)["K35"] == (1, 1)
    stage.world.wait(hours=4)
    stage.world.run()
    # Both are due now; the first was supervised, and the supervision order itself counts nowhere.
    assert figures(stage) == {"K34": (1, 6), "K35": (1, 2), "K36": (1, 2)}


def test_they_are_held_against_the_pack_and_a_nought_divides_nothing(stage: Stage) -> None:
    with stage.world.as_("duty_officer", stage.district) as w:
        found = indicators(w, w.now - timedelta(days=1), w.now)
        assert [one.share for one in found] == [None, None, None]
        assert [one.target for one in found] == [target(w, one.id) for one in found] == [0.95, 0.95, 0.05]


def test_another_district_s_orders_are_not_counted(stage: Stage) -> None:
    stage.issued()
    stage.world.wait(minutes=1)
    other = stage.world.area(level="district")
    with stage.world.as_("duty_officer", other) as w:
        assert [one.denominator for one in indicators(w, w.now - timedelta(days=1), w.now)] == [0, 0, 0]
