"""K16, K19 and K21: exact on small histograms, the figures of the scenario's first round, and from real tubes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from region.sampling.queries.turnaround import Share, pool_positivity, positivity, times, times_of
from tests.region.sampling import tubes
from tests.region.sampling.ground import running_round
from tests.region.sampling.tubes import result, tell
from tests.world import World

# Shaped like the scenario's round 1: 35,680 tubes, half of them by 7.8 h, nine of ten by 11.3 h, 94.1 % by 12 h.
R1 = {40: 4000, 60: 6000, 75: 7000, 78: 3000, 95: 8000, 113: 4200, 118: 1375, 130: 1500, 180: 600, 250: 5}


def test_the_first_rounds_figures() -> None:
    found = times(R1)
    assert (found.tubes, found.median, found.p90) == (35_680, 7.8, 11.3)
    assert round(100 * (found.within[12] or 0), 1) == 94.1
    assert found.within[6] == 4000 / 35_680 and found.within[24] == 35_675 / 35_680
    assert round(100 * (Share(2, 34_760).value or 0), 3) == 0.006
    assert round(100_000 * (Share(1, 346_920).value or 0), 2) == 0.29


@pytest.mark.parametrize(
    ("steps", "median", "p90", "within12"),
    [
        ({0: 1}, 0.0, 0.0, 1.0),
        ({119: 1, 120: 1}, 11.9, 12.0, 0.5),
        ({10: 9, 500: 1}, 1.0, 1.0, 0.9),
        ({10: 8, 500: 2}, 1.0, 50.0, 0.8),
        ({10: 3, 20: 0, 30: 3}, 1.0, 3.0, 1.0),
    ],
)
def test_small_histograms(steps: dict[int, int], median: float, p90: float, within12: float) -> None:
    found = times(steps)
    assert (found.median, found.p90, found.within[12]) == (median, p90, within12)


def test_nothing_is_unknown_and_never_zero() -> None:
    found = times({})
    assert (found.tubes, found.median, found.p90, set(found.within.values())) == (0, None, None, {None})
    assert Share(0, 0).value is None


def test_from_real_tubes_by_stream_and_laboratory(world: World) -> None:
    ground = running_round(world)
    pools = [tubes.tube(ground) for _ in range(3)]
    single, retest = tubes.tube(ground, 1), tubes.tube(ground, 1, stream="retest")
    world.wait(hours=5)
    tell(ground, [result(ground, one.code) for one in pools[:2]])
    world.wait(hours=6)
    late = [result(ground, one.code, "positive") for one in (pools[2], single, retest)]
    tell(ground, late)
    with world.as_system() as w:
        found = times_of(w, [ground.round_id], stream="round")
        assert (found.tubes, found.median, found.p90, found.within[6]) == (4, 6.0, 12.0, 0.0)
        assert times_of(w, [ground.round_id], lab=ground.clinic.id).tubes == 0
        assert pool_positivity(w, [ground.round_id]) == Share(1, 3)
        by_stream = positivity(w, [ground.round_id])
    assert by_stream["round"] == Share(1, 31) and by_stream["retest"] == Share(1, 1)


def test_a_correction_moves_positivity_and_not_the_time(world: World) -> None:
    ground = running_round(world)
    pool = tubes.tube(ground)
    tell(ground, [result(ground, pool.code, "positive")])
    world.wait(hours=30)
    later = result(ground, pool.code, reported_at=world.clock.at - timedelta(minutes=1))
    tell(ground, [later])
    with world.as_system() as w:
        assert times_of(w, [ground.round_id]).median == 1.0
        assert pool_positivity(w, [ground.round_id]) == Share(0, 1)
