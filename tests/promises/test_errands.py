"""Every errand run twice changes nothing the second time.

Whoever runs an errand may die after its effects and before its end; then it runs again. An order that goes out
twice because a machine died is an order that somebody obeys twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from region.app import AREAS, all_flows
from region.spine.db import Base
from region.spine.schedule import owe_scheduled
from tests.world import World


def everything(world: World) -> dict[str, list[Any]]:
    """All rows but the errands themselves."""
    with world.office.engine.connect() as connection:
        return {
            table.name: connection.execute(select(table).order_by(*table.primary_key)).all()
            for table in Base.metadata.sorted_tables
            if table.name != "errands"
        }


def again(world: World) -> None:
    """Make everything that was done due once more, as after a death before the end was written."""
    errands = Base.metadata.tables["errands"]
    with world.office.engine.begin() as connection:
        connection.execute(
            update(errands)
            .where(errands.c.state == "done")
            .values(state="due", due_at=world.clock.at, ended_at=None, tries=0)
        )


def test_what_recurs_changes_nothing_the_second_time(world: World) -> None:
    world.clinic(world.area())
    plans = [plan for area in AREAS for plan in area.schedule]
    world.wait(days=2)
    owe_scheduled(world.office, plans, {})
    world.run()
    done = {errand.runner for errand in world.errands("done")}
    assert {plan.runner for plan in plans} <= done, "what recurs must run in an ordinary world"
    before = everything(world)
    again(world)
    assert world.run()
    assert everything(world) == before


def test_what_recurs_has_a_runner() -> None:
    runners = all_flows().runners
    assert not [plan.runner for area in AREAS for plan in area.schedule if plan.runner not in runners]
