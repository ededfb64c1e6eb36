"""Every night the day before is judged once; what was found becomes signals and alerts."""

from __future__ import annotations

import datetime as dt

from region.spine.work import Work
from region.surveillance.actions.raising import raise_signals
from region.surveillance.actions.watching import watch
from region.surveillance.events import NightJudged
from region.surveillance.models import DetectionRun
from region.surveillance.queries.nights import PACK, Answer, judged


def owe(w: Work) -> bool:
    """Owe the judging of yesterday, from the pack's hour on; False where it is too early, owed or done."""
    w.need("surveillance.detect")
    clock = w.office.clock
    hour = w.now.astimezone(clock.zone).hour
    day = clock.day(w.now) - dt.timedelta(days=1)
    if hour < int(w.rules.value(PACK, "night.hour")) or judged(w, day):
        return False
    return w.owe("surveillance.judge", key=f"night:{day.isoformat()}", day=day.isoformat())


def keep(w: Work, day: dt.date, answer: Answer) -> None:
    """Keep what a night found, once for its day."""
    if judged(w, day):
        return
    watch(w)
    alerts = raise_signals(w, answer.found)
    row = w.add(
        DetectionRun(
            day=day,
            finished_at=w.now,
            series=answer.series,
            judged=answer.judged,
            answered=answer.answered,
            signals=len(answer.found),
            alerts=len(alerts),
            digest=w.rules.pack(PACK).digest,
        )
    )
    facts = {"series": row.series, "answered": row.answered, "signals": row.signals}
    w.tell(NightJudged(run=row.id, day=day, **facts))
