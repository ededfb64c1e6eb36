"""The errands of dispatch that no step waits for: sending what is due, and seeing to it that nothing is forgotten."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from region.dispatch import wave
from region.dispatch.actions import channels, handing_over, pressing, roll_call
from region.dispatch.channels import trial
from region.dispatch.channels.lane import Lane
from region.dispatch.models import Directive, Handover
from region.spine.flow import runner
from region.spine.work import Work
from region.spine.worker import Desk

EVERY = timedelta(minutes=1)
"""How often the safety net looks."""


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
    for channel in wave.switched_off(w):
        wave.divert_soon(w, channel, w.real_now + EVERY)


@runner("dispatch.divert", queue="urgent")
def divert(w: Work, channel: str, beyond: int = 0) -> None:
    """What an ailing channel, or one that was switched off, still owes in this realm, the next one owes instead."""
    channels.divert(w, channel, beyond)


@runner("dispatch.look", queue="urgent")
def look(w: Work, directive: int, limit: str, number: int) -> None:
    """A limit of an order has run out: see who is late, and do what the rule pack says."""
    pressing.look(w, w.get(Directive, directive), limit, number)


@runner("dispatch.climb", queue="urgent")
def climb(w: Work, directive: int, limit: str, times: int, step: str) -> None:
    """Between two limits of an order: call the next person for those who are still silent."""
    pressing.climb(w, w.get(Directive, directive), limit, times, step)


@runner("dispatch.remind")
def remind(w: Work, directive: int) -> None:
    """Before the time of an order runs out: remind those who have not reported."""
    pressing.remind(w, w.get(Directive, directive))


@runner("dispatch.roll_call")
def call_rolls(w: Work) -> None:
    """In the evening, once a day and realm: call the roll of everybody who stands duty tonight."""
    roll_call.call_every_body(w)


@runner("dispatch.end_roll_call", queue="urgent")
def end_roll_call(w: Work, directive: int) -> None:
    """The time to answer a roll call is over: name those whom it did not reach."""
    roll_call.end(w, w.get(Directive, directive))


@runner("dispatch.lapse_handover")
def lapse_handover(w: Work, handover: int) -> None:
    """Nobody signed for a handover in time: duty stays where it was."""
    handing_over.lapse(w, w.get(Handover, handover))


@runner("dispatch.try_address", queue="urgent", outside=True)
def try_address(desk: Desk, line: int, asked: int) -> None:
    """An administrator wants to know whether an address works."""
    trial.try_address(desk, line, asked)
