"""The errands of surveillance that no step waits for."""

from __future__ import annotations

import datetime as dt

from region.spine.flow import runner
from region.spine.work import Work
from region.spine.worker import Desk
from region.surveillance.actions import nightly, proposing, reporting, stepping, watching
from region.surveillance.queries import nights


@runner("surveillance.look")
def look(w: Work, proposal: int) -> None:
    """The time to decide on a proposal is over."""
    proposing.look(w, proposal)


@runner("surveillance.look_at_alert")
def look_at_alert(w: Work, alert: int, state: str) -> None:
    """The time of one step of an alert is over."""
    stepping.look(w, alert, state)


@runner("surveillance.night")
def night(w: Work) -> None:
    """Once the day before is over, it is owed that it is judged."""
    nightly.owe(w)


@runner("surveillance.judge", queue="slow", outside=True)
def judge(desk: Desk, day: str) -> None:
    """Read all counts, judge them with no transaction open, and keep what was found."""
    with desk.work() as w:
        asked = nights.asked(w, dt.date.fromisoformat(day))
    if asked is None:
        return
    answer = desk.meanwhile(lambda: nights.answer(asked))
    with desk.work() as w:
        desk.alive(w)
        nightly.keep(w, asked.day, answer)


@runner("surveillance.watch")
def watch(w: Work, items: list[str]) -> None:
    """Cards of these diseases came in: their thresholds are looked at."""
    watching.watch(w, items)


@runner("surveillance.look_at_cards")
def look_at_cards(w: Work, cards: list[int]) -> None:
    """The time to look at these cards is over."""
    reporting.look(w, cards)
