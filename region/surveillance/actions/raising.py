"""Findings become signals, and signals of one disease near in place and time become one alert."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from region.places.models import Place
from region.spine.work import Work
from region.surveillance.actions.stepping import clock
from region.surveillance.events import AlertGrew, AlertRaised, SignalsKept
from region.surveillance.found import Found as Found
from region.surveillance.models import Alert, Signal
from region.surveillance.queries.items import weight
from region.surveillance.scoring import score
from region.surveillance.states import ALERT

PACK = ALERT.pack
ALIKE = (
    *("kind", "rule", "method", "stream", "item", "day", "days", "observed", "expected", "upper"),
    *("probability", "q", "radius_km", "facts"),
)
"""What a signal keeps of a finding as it is."""


def raise_signals(w: Work, found: Sequence[Found]) -> list[Alert]:
    """Keep each finding once as a signal; it joins an alert, or opens one if it is to be paged. The alerts touched.

    The same finding again (rule, disease, stream, place, day) changes nothing.
    """
    w.need("surveillance.detect")
    fresh = [one for one in {_key(one): one for one in found}.values() if not _stands(w, one)]
    touched: dict[int, list[Signal]] = {}
    alerts: dict[int, Alert] = {}
    for one in sorted(fresh, key=lambda one: _turn(w, one)):
        row = w.add(_signal(w, one))
        alert = _explained(w, one) or (_open(w, one, row.score) if one.page else None)
        if alert is None:
            continue
        row.alert_id = alert.id
        alerts[alert.id] = alert
        touched.setdefault(alert.id, []).append(row)
    for number, rows in touched.items():
        _join(w, alerts[number], rows)
    if fresh:
        w.tell(SignalsKept(signals=len(fresh), paged=sum(one.page for one in fresh)))
    return list(alerts.values())


def _turn(w: Work, one: Found) -> tuple[Any, ...]:
    """Who opens an alert that others join: what is paged, what is urgent, the smallest area, the least likely."""
    depth = w.get(Place, one.place).path.count("/")
    return one.day, not one.page, not one.urgent, -depth, one.probability or 0.0, one.rule


def _key(one: Found) -> tuple[str, str, str, int, dt.date]:
    return one.rule, one.item, one.stream, one.place, one.day


def _stands(w: Work, one: Found) -> bool:
    wanted = select(Signal.id).where(
        Signal.rule == one.rule,
        Signal.item == one.item,
        Signal.stream == one.stream,
        Signal.place_id == one.place,
        Signal.day == one.day,
    )
    return w.session.scalar(wanted) is not None


def _signal(w: Work, one: Found) -> Signal:
    lon, lat = one.centre or (None, None)
    return Signal(
        place_id=one.place,
        **{name: getattr(one, name) for name in ALIKE},
        longitude=lon,
        latitude=lat,
        score=_score(w, one),
        digest=w.rules.pack(PACK).digest,
        raised_at=w.now,
    )


def _score(w: Work, one: Found) -> float:
    return score(
        observed=one.observed,
        expected=one.expected,
        probability=one.probability,
        weight=weight(w, one.item),
        urgent=one.urgent,
    )


def _explained(w: Work, one: Found) -> Alert | None:
    """The alert that this finding belongs to: the same disease, an area above or below, and days that are near.

    One that was dismissed explains what is no larger than what it was dismissed for.
    """
    since = one.day - w.rules.duration(PACK, "alert.together")
    wanted = select(Alert).where(Alert.item == one.item, Alert.last_day >= since, Alert.state != "closed")
    place = w.get(Place, one.place)
    for alert in w.session.scalars(wanted.order_by(Alert.id)):
        own = w.get(Place, alert.place_id).path
        if not (place.path.startswith(own) or own.startswith(place.path)):
            continue
        if alert.state != "dismissed" or one.observed <= _largest(w, alert):
            return alert
    return None


def _largest(w: Work, alert: Alert) -> float:
    return max(w.session.scalars(select(Signal.observed).where(Signal.alert_id == alert.id)), default=0.0)


def _open(w: Work, one: Found, points: float) -> Alert:
    row = w.add(
        Alert(
            place_id=one.place,
            item=one.item,
            first_day=one.day,
            last_day=one.day,
            score=points,
            urgent=one.urgent,
            raised_at=w.now,
            emerged_on=one.day - dt.timedelta(days=one.days - 1),
            state=ALERT.start,
            since=w.now,
        )
    )
    clock(w, row)
    w.tell(AlertRaised(alert=row.id, item=row.item, rule=one.rule, urgent=row.urgent, place=row.place_id))
    return row


def _join(w: Work, alert: Alert, rows: Sequence[Signal]) -> None:
    """The alert counts its new signals; one that becomes urgent while nobody has answered has the shorter clock."""
    opened = alert.signals == 0
    alert.signals += len(rows)
    alert.last_day = max(alert.last_day, *(one.day for one in rows))
    alert.score = max(alert.score, *(one.score for one in rows))
    if not opened:
        w.tell(AlertGrew(alert=alert.id, signals=len(rows), place=alert.place_id))
