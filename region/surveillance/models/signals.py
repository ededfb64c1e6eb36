"""Signals as methods raise them, the alerts that group them, and the runs that looked."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed
from region.surveillance.states import ALERT


class Alert(Placed, InRealm, Kept, Base):
    """One happening: the signals of one disease, near in place and time, as somebody must answer for them."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("ix_alerts_open", "realm", "state", "item"),
        CheckConstraint(ALERT.check_sql(), name="state"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    item: Mapped[str] = mapped_column(String(40))
    first_day: Mapped[dt.date]
    last_day: Mapped[dt.date]
    signals: Mapped[int] = mapped_column(default=0)
    score: Mapped[float] = mapped_column(default=0.0)
    """What sorts the morning list, 0 to 100; docs/early-warning.md says how it is made."""
    urgent: Mapped[bool] = mapped_column(default=False)
    """A fixed threshold was met: it is answered within two hours, not 24."""
    raised_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """When the present step must be done."""
    answered_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    taken_by: Mapped[str | None] = mapped_column(String(80))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    grade: Mapped[int | None]
    """Proposed grade of the event, 1 to 4."""
    risk: Mapped[str | None] = mapped_column(String(10))
    emerged_on: Mapped[dt.date | None]
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class Signal(Placed, InRealm, Kept, Base):
    """One method's finding on one series (or cluster) for one day, kept whether or not anybody is paged for it."""

    __tablename__ = "signals"
    __table_args__ = (
        UniqueConstraint("realm", "rule", "item", "stream", "place_id", "day"),
        Index("ix_signals_day", "day", "item"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    alert_id: Mapped[int | None] = mapped_column(Key, ForeignKey("alerts.id"), index=True)
    """None where it is kept but raised nobody: below the minimum, or a repeat that was suppressed."""
    kind: Mapped[str] = mapped_column(String(10))
    """``threshold``, ``series``, ``cluster``, ``definition``."""
    rule: Mapped[str] = mapped_column(String(60))
    """The row of the pack: a threshold's id or a detector's."""
    method: Mapped[str] = mapped_column(String(30))
    stream: Mapped[str] = mapped_column(String(20))
    item: Mapped[str] = mapped_column(String(40))
    day: Mapped[dt.date]
    days: Mapped[int]
    """How many days, ending with `day`, were counted."""
    observed: Mapped[float]
    expected: Mapped[float | None]
    upper: Mapped[float | None]
    probability: Mapped[float | None]
    q: Mapped[float | None]
    """The false discovery rate at which it would still stand, over all series of its run."""
    score: Mapped[float] = mapped_column(default=0.0)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    radius_km: Mapped[float | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What else the reader needs to judge, as numbers and codes: deaths, units, members of a cluster."""
    digest: Mapped[str] = mapped_column(String(64), default="")
    raised_at: Mapped[datetime]


class DetectionRun(InRealm, Kept, Base):
    """One night's look at all series."""

    __tablename__ = "detection_runs"
    __table_args__ = (UniqueConstraint("realm", "day"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    day: Mapped[dt.date]
    finished_at: Mapped[datetime]
    series: Mapped[int]
    answered: Mapped[int]
    """Series-methods that gave an answer; the rest are marked, never silent."""
    judged: Mapped[int]
    signals: Mapped[int]
    alerts: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64), default="")
