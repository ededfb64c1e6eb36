"""Stays of people under observation, and the handovers by which they pass from one side to another."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.quarantine.states import HANDOVER, STAY
from region.spine.db import GUARDED, Base, Doc, Kept, Key, where
from region.spine.scope import InRealm, Placed


class Stay(Placed, InRealm, Kept, Base):
    """One person's time under observation in one incident, on a legal ground and on evidence, until it expires.

    `place_id` is the community (or grid) of his home, `site_id` the quarantine site when there is one. `plan` is what
    the pack says of him: stages with their days and tests (see `regimen`). `pack` and `pack_digest` are those it began
    under; they change only with an approved transition.
    """

    __tablename__ = "stays"
    __table_args__ = (
        UniqueConstraint("realm", "ref"),
        Index("ix_stays_person", "person_id"),
        Index("ix_stays_place", "place_id", "state", "ends_on"),
        Index("ix_stays_site", "site_id", "state", "floor", "id"),
        Index("ix_stays_incident", "incident_id", "state"),
        Index("ix_stays_ends", "incident_id", "ends_on", "id"),
        Index("ix_stays_late", "incident_id", "late_at", "id"),
        Index("ix_stays_symptoms", "incident_id", "symptoms_at", "id"),
        Index("ix_stays_roomless", "site_id", "state", **where("room_id IS NULL AND site_id IS NOT NULL")),
        CheckConstraint(STAY.check_sql(), name="state"),
    )
    place_columns = ("place_id", "site_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"))
    ref: Mapped[str] = mapped_column(String(40))
    """What it rests on, once: ``contact:12``, ``case:7/after``, ``manual:UUID``."""
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    room_id: Mapped[int | None] = mapped_column(Key, ForeignKey("quarantine_rooms.id"))
    floor: Mapped[int | None]
    household: Mapped[str | None] = mapped_column(String(40))
    category: Mapped[str] = mapped_column(String(24))
    """The schedule of the pack that he is under: ``close_contact``."""
    mode: Mapped[str] = mapped_column(String(24))
    """The mode of the stage he is in (or will begin with): central_quarantine, home_quarantine, home_monitoring …"""
    pack: Mapped[str] = mapped_column(String(40))
    pack_digest: Mapped[str] = mapped_column(String(64))
    counts_from: Mapped[dt.date]
    """Day 0: the region's day of the last exposure, arrival, discharge or leaving the loop."""
    plan: Mapped[dict[str, Any]]
    stage: Mapped[int] = mapped_column(default=0)
    ends_on: Mapped[dt.date]
    """The last day of the last stage; the end of the restriction if its conditions are met."""
    legal_ground: Mapped[str] = mapped_column(String(40))
    evidence: Mapped[str] = mapped_column(String(40))
    """The row that the restriction rests on (``contact:12``, ``tube:7``); without one there is none."""
    expires_at: Mapped[datetime]
    """The restriction ends then whatever is missing, unless somebody extends it with a reason."""
    alone: Mapped[bool] = mapped_column(default=True)
    care_needs: Mapped[list[Any]] = mapped_column(default=list)
    """Codes of the pack: pregnant, dialysis, minor, elderly, disabled."""
    determined_at: Mapped[datetime]
    transfer_due_at: Mapped[datetime | None]
    notified_at: Mapped[datetime | None]
    picked_up_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    """When the conditions of release were first met (K29)."""
    met_stage: Mapped[int | None]
    """The stage whose conditions are known to be met; another one is judged anew."""
    released_at: Mapped[datetime | None]
    """When he left the site, or his restriction ended at home."""
    closed_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(String(40))
    end_note: Mapped[str] = mapped_column(Text, default="")
    linked: Mapped[str | None] = mapped_column(String(40))
    """The contact whose tests a secondary contact waits for: ``contact:9``."""
    checked_at: Mapped[datetime | None]
    symptoms_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class Handover(Placed, InRealm, Kept, Base):
    """A person passes from one side to another: both sign, with a clock; `kind` is pick_up, arrive, leave or home."""

    __tablename__ = "stay_handovers"
    __table_args__ = (
        CheckConstraint(HANDOVER.check_sql(), name="state"),
        CheckConstraint("kind IN ('pick_up', 'arrive', 'leave', 'home')", name="kind"),
        Index("ix_stay_handovers_to", "to_place_id", "state"),
    )
    place_columns = ("from_place_id", "to_place_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    stay_id: Mapped[int] = mapped_column(Key, ForeignKey("stays.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    from_place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    to_place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    given_by: Mapped[str] = mapped_column(String(80))
    given_at: Mapped[datetime]
    taken_by: Mapped[str | None] = mapped_column(String(80))
    taken_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")
    late_at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]] = mapped_column(Doc, default=dict)
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
