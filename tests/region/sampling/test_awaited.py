"""What waits for a tube gets it, even when both come in the same moment and neither sees the other."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from region.sampling.actions import syncing
from region.sampling.actions.reporting import Result, report
from region.sampling.models import TubeResult
from tests.region.sampling.pool_stage import Stage
from tests.world import World

SWEEPS = ("sampling.match_results", "sampling.find_scanned", "sampling.follow_recalls")


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage.of(world)


def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A phone's work sees nothing of what others write at this moment."""
    monkeypatch.setattr(syncing, "awaited", lambda *_given, **_named: False)


def sweep(world: World) -> None:
    """The errands of a minute."""
    with world.as_system() as w:
        for name in SWEEPS:
            w.owe(name, key=f"{name}:{w.now.isoformat()}")
    world.run()


@pytest.mark.parametrize("seen", [True, False])
def test_a_result_that_came_first_is_matched(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    tube = stage.ground.tube([stage.ground.person(n) for n in range(10)])
    with stage.world.as_("laboratory", stage.ground.lab) as w:
        report(w, stage.ground.lab.id, [Result(tube.code, "negative", w.now)], source="bench")
    if not seen:
        blind(monkeypatch)
    stage.world.wait(minutes=1)
    stage.send(tube)
    assert (matched(stage) is not None) == seen
    sweep(stage.world)
    assert matched(stage) is not None


@pytest.mark.parametrize("seen", [True, False])
def test_members_of_a_pool_are_sampled_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    stage.recalled(*range(10))
    if not seen:
        blind(monkeypatch)
    stage.alone(*range(10))
    assert stage.states() == ({"resampled": 10} if seen else {"pool_suspect": 10})
    sweep(stage.world)
    assert stage.states() == {"resampled": 10}


def matched(stage: Stage) -> int | None:
    with stage.world.as_system() as w:
        return w.session.scalars(select(TubeResult.tube_id)).one()
