"""Laboratories: what they can do in a round, what came, what they reported, and how long it took."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.sampling.models.field import RESULTS
from region.spine.db import Base, Kept, Key
from region.spine.scope import InRealm, Placed


class RoundLab(Placed, Kept, Base):
    """A laboratory of a round and the tubes a day that it declared for it; `aid` where another place lends it."""

    __tablename__ = "round_labs"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    tubes_a_day: Mapped[int]
    aid: Mapped[bool] = mapped_column(default=False)
    note_code: Mapped[str] = mapped_column(String(40), default="")
    """What the aid rests on: the number of a letter or an order."""


class TubeResult(Placed, InRealm, Kept, Base):
    """One result as a laboratory told it, of a known tube or not; `mark` makes it once. Never changed: a correction
    is another result, later."""

    __tablename__ = "tube_results"
    __table_args__ = (
        UniqueConstraint("lab_id", "mark", "realm"),
        Index("ix_tube_results_tube", "tube_id"),
        Index("ix_tube_results_code", "code"),
        CheckConstraint(f"result IN {RESULTS}", name="result"),
    )
    place_columns = ("lab_id", "place_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    lab_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    """The place that runs the tube's site; None while the tube is unknown."""
    tube_id: Mapped[int | None] = mapped_column(Key, ForeignKey("tubes.id"))
    code: Mapped[str] = mapped_column(String(40))
    mark: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(String(8))
    ct_n: Mapped[float | None]
    ct_orf: Mapped[float | None]
    reported_at: Mapped[datetime]
    told_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(8))
    """bench, file, api, hl7, fhir."""
    load_id: Mapped[int | None] = mapped_column(ForeignKey("result_loads.id"))


class ResultLoad(Placed, InRealm, Kept, Base):
    """One file of results: read, checked, planned, and perhaps applied; the same file twice changes nothing."""

    __tablename__ = "result_loads"
    __table_args__ = (
        CheckConstraint("state IN ('planned', 'applying', 'applied', 'dropped')", name="state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    """The laboratory."""
    file_name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    plan: Mapped[dict[str, Any]]
    content: Mapped[str | None] = mapped_column(String(64))
    """Digest of the rows to apply, kept among the files."""
    state: Mapped[str] = mapped_column(String(10))
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    applied_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class LabDay(Placed, InRealm, Base):
    """One laboratory, one day of the region: kept counts of tubes. Derived."""

    __tablename__ = "lab_days"
    __table_args__ = ({"sqlite_with_rowid": False},)

    realm: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    received: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    reported: Mapped[int] = mapped_column(default=0)
    positive: Mapped[int] = mapped_column(default=0)
    """Positive or grey."""


class Turnaround(Placed, Base):
    """How many tubes of a round a laboratory reported so many tenths of an hour after they were closed. Derived.

    ``steps`` of one row are tenths of an hour, rounded down, so that medians and percentiles are exact to six minutes.
    """

    __tablename__ = "turnarounds"
    __table_args__ = ({"sqlite_with_rowid": False},)

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), primary_key=True)
    stream: Mapped[str] = mapped_column(String(10), primary_key=True)
    steps: Mapped[int] = mapped_column(primary_key=True)
    tubes: Mapped[int] = mapped_column(default=0)
    pools: Mapped[int] = mapped_column(default=0)
    positive: Mapped[int] = mapped_column(default=0)
    """Of the pools, those positive or grey."""
