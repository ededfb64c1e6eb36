"""Two people act on one order in the same moment: one is first, the other sees it, nothing is done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from region.dispatch.actions import answering
from region.dispatch.models import Recipient
from region.spine.errors import Stale
from tests.flows.stage import Stage, stage
from tests.world import World

__all__ = ["stage"]


def sign(stage: Stage, directive: int, barrier: Barrier) -> str:
    """Read, wait until the other has read too, then sign."""
    clinic = stage.clinics[0]
    try:
        with stage.world.as_("clinic", clinic) as w:
            wanted = select(Recipient).where(Recipient.directive_id == directive)
            recipient = w.session.scalars(wanted).one()
            if w.office.engine.dialect.name != "sqlite":  # SQLite lets one write at a time in any case
                barrier.wait(10)
            answering.acknowledge(w, recipient)
    except Stale as stale:
        return stale.code
    return "signed"


def test_two_signatures_at_once_are_one(stage: Stage, world: World) -> None:
    directive = stage.issued()
    barrier = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(lambda _: sign(stage, directive.id, barrier), range(2)))
    assert len(world.journal("dispatch.DirectiveAcknowledged")) == 1
    assert "signed" in outcomes
    if world.office.engine.dialect.name != "sqlite":
        assert outcomes == ["crossed", "signed"]


def test_the_same_key_written_at_once_is_a_crossing_and_not_a_fault_of_ours(
    stage: Stage, world: World
) -> None:
    directive = stage.issued()
    with pytest.raises(Stale), world.as_system() as w:
        w.session.add(
            Recipient(
                directive_id=directive.id,
                place_id=stage.clinics[0].id,
                state="pending",
                since=w.now,
                pressure=0,
            )
        )
        w.session.flush()
