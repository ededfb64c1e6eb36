"""Cases and who may have infected whom."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed
from region.tracing.states import CASE

KINDS = ("suspected", "confirmed", "asymptomatic")
FOUND_BY = ("community", "tracing", "quarantine", "key_post", "fever_clinic", "round", "entry", "other")


class Case(Placed, InRealm, Kept, Base):
    """One person found infected in one incident, with the clocks of card, investigation and transfer.

    `place_id` is where he lives. `day` is the region's day of the first confirming positive (K01), `community` whether
    he was under no measure when sampled (K03). A case recorded after its `day` is over revises that day.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("incident_id", "person_id", "realm"),
        UniqueConstraint("realm", "code"),
        Index("ix_cases_incident_day", "incident_id", "day"),
        Index("ix_cases_place", "place_id", "state"),
        CheckConstraint(CASE.check_sql(), name="state"),
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"found_by IN {FOUND_BY}", name="found_by"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    found_by: Mapped[str] = mapped_column(String(12))
    community: Mapped[bool]
    ref: Mapped[str | None] = mapped_column(String(40))
    """What it rests on: ``proposal:12``; None when entered by hand or from a list."""
    day: Mapped[dt.date]
    first_day: Mapped[dt.date]
    """The day as it was first recorded: a day that loses a case later is marked as revised too."""
    revised_at: Mapped[datetime | None]
    """When its day or where it was found was last corrected, or when it was void."""
    sampled_at: Mapped[datetime | None]
    found_at: Mapped[datetime]
    """When the positive was known: the clock of the transfer starts."""
    diagnosed_at: Mapped[datetime | None]
    """When it was confirmed: the clock of the card starts."""
    onset_on: Mapped[dt.date | None]
    recorded_at: Mapped[datetime]
    card_due_at: Mapped[datetime | None]
    card_at: Mapped[datetime | None]
    card_late_at: Mapped[datetime | None]
    assigned_to: Mapped[str | None] = mapped_column(String(80))
    assigned_at: Mapped[datetime | None]
    core_due_at: Mapped[datetime | None]
    core_at: Mapped[datetime | None]
    report_due_at: Mapped[datetime | None]
    report_at: Mapped[datetime | None]
    care_due_at: Mapped[datetime | None]
    care_late_at: Mapped[datetime | None]
    care_at: Mapped[datetime | None]
    """When he arrived in the hospital or shelter `care_place_id` (K08)."""
    care_place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Core facts as codes, numbers and dates: occupation, vaccination doses, severity, symptoms; never a name."""
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class Infection(InRealm, Kept, Base):
    """One possible source of one case; several are kept, with how likely each is held to be."""

    __tablename__ = "infections"
    __table_args__ = (CheckConstraint("case_id <> source_id", name="not_oneself"),)

    case_id: Mapped[int] = mapped_column(Key, ForeignKey("cases.id"), primary_key=True)
    source_id: Mapped[int] = mapped_column(Key, ForeignKey("cases.id"), primary_key=True)
    likely: Mapped[str] = mapped_column(String(10))
    """``confirmed`` (by sequence), ``probable``, ``possible``."""
    setting: Mapped[str] = mapped_column(String(24), default="")
    on: Mapped[dt.date | None]
