"""K14 to K21 of a round: a dash where there is nothing yet, and figures of its own stream once something came."""

from __future__ import annotations

from datetime import timedelta

from region.sampling.actions.receiving import receive_tubes
from region.sampling.models import Round
from region.sampling.queries.indicators import Indicator, of_round
from tests.region.sampling.ground import Ground, running_round
from tests.region.sampling.pool_stage import Stage
from tests.world import World


def told(ground: Ground) -> dict[str, Indicator]:
    with ground.world.as_system() as w:
        return of_round(w, w.get(Round, ground.round_id))


def test_a_round_that_begins_has_dashes(sqlite_world: World) -> None:
    found = told(running_round(sqlite_world))
    assert list(found) == ["K14", "K15", "K16", "K17", "K18", "K19", "K20", "K21"]
    assert (found["K14"].part, found["K14"].whole, found["K14"].target) == (0, 400, 0.98)
    assert found["K15"].part == 400 and found["K18"].value == 0
    assert all(found[code].value is None for code in ("K16", "K17", "K19", "K20", "K21"))


def test_streams_are_not_mixed(world: World) -> None:
    stage = Stage.of(world)
    pool, alone = stage.pool(*range(4)), stage.alone(5, 6, stream="separate")
    with world.as_("laboratory", stage.ground.lab) as w:
        receive_tubes(w, stage.ground.lab.id, [one.code for one in (pool, *alone)])
    world.clock.at += timedelta(hours=13)
    stage.answer("negative", pool, alone[0])
    stage.answer("positive", alone[1])
    found = told(stage.ground)
    parts = {code: (one.part, one.whole) for code, one in found.items()}
    assert parts["K14"] == (4, 400) and parts["K15"] == (396, 400)
    assert parts["K16"] == (0, 1) and found["K16"].facts["median"] == 13.0
    assert parts["K18"] == (3, 1000) and parts["K19"] == (0, 1)
    assert parts["K21"] == (0, 4), "who was found in the separate scheme is no finding of the round"
    other = found["K21"].facts["streams"]["separate"]
    assert (other.part, other.whole) == (1, 2)
