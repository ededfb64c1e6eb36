"""What became of signals: answered in time (K37), suspected events (K38), by rule; 7-1-7 of one event (K39)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from region.spine.work import Work
from region.surveillance.models import Alert, AlertStep, Signal
from region.surveillance.states import ALERT

PACK = ALERT.pack


@dataclass(frozen=True)
class Learned:
    """Of one rule over a span of days. `in_time` and `suspected` count signals whose alert was so; None: no signals."""

    rule: str
    method: str
    kept: int
    paged: int
    answered: int
    in_time: int
    suspected: int
    dismissed: int

    @property
    def response(self) -> float | None:
        """K37: answered within 24 hours (two where a fixed threshold was met) of all that were to be answered."""
        return self.in_time / self.paged if self.paged else None

    @property
    def predictive(self) -> float | None:
        """K38: suspected events of all that were to be answered."""
        return self.suspected / self.paged if self.paged else None


def learned(w: Work, first: dt.date, last: dt.date) -> list[Learned]:
    """By rule, those with the most signals first."""
    wanted = select(Signal.rule, Signal.method, Alert).outerjoin(Alert, Alert.id == Signal.alert_id)
    counted: dict[tuple[str, str], list[int]] = {}
    for rule, method, alert in w.session.execute(wanted.where(Signal.day.between(first, last))):
        one = counted.setdefault((rule, method), [0] * 6)
        facts = (True, *_became(w, alert)) if alert else (True, *[False] * 5)
        counted[rule, method] = [total + fact for total, fact in zip(one, facts, strict=True)]
    found = [Learned(rule, method, *numbers) for (rule, method), numbers in counted.items()]
    return sorted(found, key=lambda one: (-one.kept, one.rule))


def _became(w: Work, alert: Alert) -> tuple[bool, bool, bool, bool, bool]:
    limit = w.rules.duration(PACK, "alert.answer_urgent" if alert.urgent else "alert.answer")
    at = alert.answered_at
    in_time = at is not None and at - alert.raised_at <= limit
    return True, at is not None, in_time, alert.verified_at is not None, alert.state == "dismissed"


@dataclass(frozen=True)
class SevenOneSeven:
    """Days from emergence to detection, to notification, to the latest early action; None: not known yet."""

    detected: int | None
    notified: int | None
    answered: int | None
    waiting: tuple[str, ...]
    """Early actions without a date that apply."""


def seven_one_seven(w: Work, alert: Alert, steps: Sequence[AlertStep]) -> SevenOneSeven:
    """K39: 7 days to detect, 1 to notify, 7 to respond early (Frieden et al. 2021, Lancet 398:638-640)."""
    day = w.office.clock.day
    actions: dict[str, str] = {}
    for one in steps:
        actions |= one.facts.get("actions", {})
    wanted = w.rules.value(PACK, "triage.actions")
    waiting = tuple(code for code in wanted if not actions.get(code))
    dates = [dt.date.fromisoformat(one) for one in actions.values() if one and one != "na"]
    notified = None if alert.verified_at is None else day(alert.verified_at)
    detected = day(alert.raised_at)
    return SevenOneSeven(
        None if alert.emerged_on is None else (detected - alert.emerged_on).days,
        None if notified is None else (notified - detected).days,
        None if waiting or notified is None or not dates else (max(dates) - notified).days,
        waiting,
    )
