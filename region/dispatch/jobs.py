"""The errands of dispatch that no step waits for: sending what is due, and seeing to it that nothing is forgotten."""

from __future__ import annotations

import asyncio

from region.dispatch import wave
from region.dispatch.actions import pressing
from region.dispatch.channels.lane import Lane
from region.dispatch.models import Directive
from region.spine.flow import runner
from region.spine.work import Work
from region.spine.worker import Desk


@runner("dispatch.deliver", queue="fanout", outside=True)
def deliver(desk: Desk, lane: int) -> None:
    """Send letters until none is due; any number of lanes may run at once, in any number of processes."""
    asyncio.run(_drive(desk))


async def _drive(desk: Desk) -> None:
    await Lane(desk).run()


@runner("dispatch.redeliver")
def redeliver(w: Work) -> None:
    """A safety net: if a letter is due, or its holder has gone silent, promise lanes, once in a minute."""
    w.need("system.operate")
    if wave.anything_due(w):
        minute = int(w.real_now.timestamp() // 60)
        for lane in range(w.office.installation.lanes):
            w.owe("dispatch.deliver", key=f"redeliver:{minute}:{lane}", lane=lane)


@runner("dispatch.look", queue="urgent")
def look(w: Work, directive: int, limit: str, number: int) -> None:
    """A limit of an order has run out: see who is late, and do what the rule pack says."""
    pressing.look(w, w.get(Directive, directive), limit, number)
