"""What recurs: nightly runs and regular checks, owed once per slot whoever sweeps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from region.spine.actor import system_actor
from region.spine.clock import REAL, Realm
from region.spine.work import Office


@dataclass(frozen=True)
class Every:
    """Owe `runner` once in each interval of real time, in every open realm."""

    runner: str
    interval: timedelta

    def slot(self, timestamp: float) -> int:
        """The number of the interval that `timestamp` (seconds) falls into."""
        return int(timestamp // self.interval.total_seconds())


def owe_scheduled(office: Office, plans: Iterable[Every], last: dict[str, int]) -> None:
    """Owe what has come due since the slots in `last`; the errand's key keeps two sweeps from owing it twice."""
    stamp = office.clock.instant().timestamp()
    fresh = [plan for plan in plans if last.get(plan.runner) != plan.slot(stamp)]
    if not fresh:
        return
    with office.work(system_actor(), reading=True) as w:
        realms = [
            REAL,
            *w.session.scalars(select(Realm.id).where(Realm.closed_at.is_(None), Realm.id != REAL)),
        ]
    for realm in realms:
        with office.work(system_actor(realm)) as w:
            for plan in fresh:
                w.owe(plan.runner, key=f"every:{plan.runner}:{plan.slot(stamp)}")
    last.update({plan.runner: plan.slot(stamp) for plan in fresh})
