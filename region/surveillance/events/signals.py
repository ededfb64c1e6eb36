"""What can happen when detectors look: signals, alerts, a night's run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class AlertRaised(Event):
    """A signal that nothing open explains: somebody must answer for it."""

    alert: int
    item: str
    rule: str
    urgent: bool


@dataclass(frozen=True, kw_only=True)
class AlertGrew(Event):
    """More signals joined an alert that stood already."""

    alert: int
    signals: int


@dataclass(frozen=True, kw_only=True)
class AlertLate(Event):
    """A step of an alert waits for longer than its limit."""

    alert: int
    state: str


@dataclass(frozen=True, kw_only=True)
class AlertStepped(Event):
    """Somebody did the next step of an alert: took it, verified, assessed, answered, fed back, closed, dismissed."""

    alert: int
    step: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class SignalsKept(Event):
    """Rules found something: so many findings were kept, of which so many are to be answered."""

    signals: int
    paged: int


@dataclass(frozen=True, kw_only=True)
class NightJudged(Event):
    """All series of a day were looked at."""

    run: int
    day: date
    series: int
    answered: int
    signals: int
