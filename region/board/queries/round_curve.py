"""The curve of a round: people sampled by hour against an even pace, and where the pace of the last hours leads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from region.board.queries.rounds import HOUR, RoundStanding, cumulative
from region.spine.i18n import clock_time
from region.spine.work import Work

WIDE, TALL = 1000, 100
LONGEST = 1.5
"""The picture ends at most at so many times the round's length, however far off the projected finish is."""


def curve(w: Work, lang: str, r: RoundStanding) -> dict[str, Any] | None:
    """Points in a box of 1000 by 100, its origin above left: {real, plan, ahead, now, due, start, end, due_at}.

    `real` is what was taken until now, `plan` an even pace, `ahead` the projection (empty where there is none); `now`
    and `due` are where those moments lie, 0 to 100 percent; the others are clock times. None where nobody is due.
    """
    if not r.whole.due:
        return None
    end = _end(r)
    now = min(r.now, end)

    def point(at: datetime, share: float) -> str:
        x = WIDE * (at - r.row.starts_at) / (end - r.row.starts_at)
        return f"{x:.0f},{TALL * (1 - min(1.0, share)):.1f}"

    total = r.whole.due
    real = [point(r.row.starts_at, 0.0)]
    for n, people in enumerate(cumulative(r.whole, r.hours)):
        at = min(now, r.row.starts_at + (n + 1) * HOUR)
        real.append(point(at, people / total))
    real.append(point(now, r.whole.sampled / total))
    plan = [point(r.row.starts_at, 0.0), point(r.row.due_at, 1.0)]
    plan += [point(end, 1.0)] if end > r.row.due_at else []
    ahead = _ahead(r, now, end)
    zone = w.office.clock.zone
    return {
        "real": " ".join(real),
        "plan": " ".join(plan),
        "ahead": " ".join(point(at, share) for at, share in ahead),
        "now": _percent(now, r, end),
        "due": _percent(r.row.due_at, r, end),
        "start": clock_time(lang, r.row.starts_at, zone),
        "due_at": clock_time(lang, r.row.due_at, zone)[-5:],
    }


def _end(r: RoundStanding) -> datetime:
    length = r.row.due_at - r.row.starts_at
    latest = max(r.row.due_at, r.now if r.row.state == "running" else r.row.due_at)
    if r.whole.left and r.pace.finish is not None and not r.over:
        latest = max(latest, r.pace.finish)
    return min(latest, r.row.starts_at + LONGEST * length)


def _ahead(r: RoundStanding, now: datetime, end: datetime) -> list[tuple[datetime, float]]:
    """From now to the projected finish, or as far towards it as the picture goes."""
    finish = r.pace.finish
    if finish is None or not r.whole.left or now >= end or r.row.state != "running":
        return []
    share = r.whole.sampled / r.whole.due
    until = min(finish, end)
    return [(now, share), (until, share + (1 - share) * ((until - now) / (finish - now)))]


def _percent(at: datetime, r: RoundStanding, end: datetime) -> float:
    return round(100 * (min(at, end) - r.row.starts_at) / (end - r.row.starts_at), 1)
