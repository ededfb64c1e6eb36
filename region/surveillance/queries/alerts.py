"""Alerts as the epidemiologist reads them: the morning list, and one alert with what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from region.places.models import Place
from region.spine.scope import below
from region.spine.work import Work
from region.surveillance.models import Alert, AlertStep, DayCount, DetectionRun, Signal
from region.surveillance.states import ALERT

A_PAGE = 24
WEEKS = 26
SHOWN = ("open", "late", "urgent", "mine", "ended")


@dataclass(frozen=True)
class Card:
    """One alert of the list; `weeks`: cases of the last 26 weeks up to its last day, `top` its latest signal."""

    row: Alert
    weeks: tuple[int, ...]
    top: Signal | None


@dataclass(frozen=True)
class Morning:
    """One page of the list, how many there are of each kind, and the last night's run."""

    cards: list[Card]
    counts: dict[str, int]
    more: bool
    run: DetectionRun | None


def _kind(w: Work, kind: str) -> ColumnElement[bool]:
    running = Alert.state.not_in(sorted(ALERT.ends))
    return {
        "late": running & Alert.late_at.is_not(None),
        "urgent": running & Alert.urgent.is_(True),
        "mine": running & (Alert.taken_by == w.actor.name),
        "ended": ~running,
    }.get(kind, running)


def morning(w: Work, kind: str, item: str, page: int) -> Morning:
    """Alerts of a kind, those with the highest score first."""
    wanted = select(Alert).where(_kind(w, kind), Alert.item == item if item else Alert.id > 0)
    order = (Alert.last_day.desc(),) if kind == "ended" else ()
    rows = w.session.scalars(
        wanted.order_by(*order, Alert.score.desc(), Alert.id).offset(page * A_PAGE).limit(A_PAGE + 1)
    ).all()
    counts = {
        one: w.session.scalar(select(func.count()).select_from(Alert).where(_kind(w, one))) or 0
        for one in SHOWN
    }
    run = w.session.scalars(select(DetectionRun).order_by(DetectionRun.day.desc()).limit(1)).one_or_none()
    tops = _tops(w, [row.id for row in rows[:A_PAGE]])
    cards = [
        Card(row, weeks(w, row.item, row.place_id, row.last_day), tops.get(row.id)) for row in rows[:A_PAGE]
    ]
    return Morning(cards, counts, len(rows) > A_PAGE, run)


def _tops(w: Work, alerts: Sequence[int]) -> dict[int, Signal]:
    """The signal of the highest score of each alert, the latest of them."""
    wanted = select(Signal).where(Signal.alert_id.in_(alerts)).order_by(Signal.score, Signal.day, Signal.id)
    return {one.alert_id: one for one in w.session.scalars(wanted) if one.alert_id is not None}


def days(w: Work, item: str, place: int, last: dt.date, number: int) -> list[int]:
    """Cards of a disease in an area on each of the `number` days that end with `last`."""
    path = w.get(Place, place).path
    first = last - dt.timedelta(days=number - 1)
    inside = select(Place.id).where(below(Place.path, path))
    wanted = (
        select(DayCount.day, func.sum(DayCount.count))
        .where(DayCount.stream == "card", DayCount.item == item, DayCount.place_id.in_(inside))
        .where(DayCount.day.between(first, last))
        .group_by(DayCount.day)
    )
    found = {day: int(many) for day, many in w.session.execute(wanted)}
    return [found.get(first + dt.timedelta(days=n), 0) for n in range(number)]


def weeks(w: Work, item: str, place: int, last: dt.date, number: int = WEEKS) -> tuple[int, ...]:
    """Cards in each of the `number` times seven days that end with `last`, the oldest first."""
    found = days(w, item, place, last, 7 * number)
    return tuple(sum(found[7 * n : 7 * n + 7]) for n in range(number))


def signals_of(w: Work, alert: int) -> Sequence[Signal]:
    """What an alert rests on, the latest first."""
    wanted = (
        select(Signal)
        .where(Signal.alert_id == alert)
        .order_by(Signal.day.desc(), Signal.score.desc(), Signal.id)
    )
    return w.session.scalars(wanted.limit(200)).all()


def steps_of(w: Work, alert: int) -> Sequence[AlertStep]:
    """What was done, the first first."""
    return w.session.scalars(
        select(AlertStep).where(AlertStep.alert_id == alert).order_by(AlertStep.id)
    ).all()
