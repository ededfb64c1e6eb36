"""Contacts, what each of them is linked to, and under which control they were when."""

from __future__ import annotations

import datetime as dt
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed
from region.tracing.states import CONTACT

CATEGORIES = (
    "close_contact",
    "secondary_contact",
    "general_contact",
    "high_zone_spillover",
    "medium_zone_spillover",
    "entrant",
    "high_risk_post",
)
"""Whom a policy's schedules name; each is a schedule of the incident's pack (``schedule.close_contact``), or none."""
FROM = ("us", "to_us")
"""Found by us, or pushed to us by another district, city or province."""
CONTROLS = ("awaiting", "central", "home", "hospital")
ARRIVED = ("central", "hospital")
"""Where a transfer ends (K09)."""


class Contact(Placed, InRealm, Kept, Base):
    """One person exposed in one incident; `episode` counts up when he is exposed again after an end.

    `place_id` is the community (or grid) that answers for him. `pushed_to` says to whom he was given away:
    ``district``, ``city`` or ``province``.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("incident_id", "person_id", "episode", "realm"),
        Index("ix_contacts_incident_state", "incident_id", "state", "determined_at"),
        Index("ix_contacts_place", "place_id", "state"),
        CheckConstraint(CONTACT.check_sql(), name="state"),
        CheckConstraint(f"category IN {CATEGORIES}", name="category"),
        CheckConstraint(f"came_from IN {FROM}", name="came_from"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"))
    person_id: Mapped[int] = mapped_column(Key, ForeignKey("persons.id"), index=True)
    episode: Mapped[int] = mapped_column(default=1)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    category: Mapped[str] = mapped_column(String(24))
    came_from: Mapped[str] = mapped_column(String(8), default="us")
    pushed_to: Mapped[str | None] = mapped_column(String(10))
    last_exposure_on: Mapped[dt.date]
    determined_at: Mapped[datetime]
    determined_by: Mapped[str] = mapped_column(String(80))
    transfer_due_at: Mapped[datetime | None]
    """Until when he is to arrive in central quarantine (K09); None where his category stays at home."""
    control_due_at: Mapped[datetime]
    """Until when he is to be under control (K11)."""
    reclassified_at: Mapped[datetime | None]
    landed_at: Mapped[datetime | None]
    controlled_at: Mapped[datetime | None]
    """When he was first under control, in a site, a hospital or at home (K11); to await a transfer is none."""
    arrived_at: Mapped[datetime | None]
    """When he was first in a site or a hospital (K09): kept, because its stretches are slow to look through."""
    control: Mapped[str | None] = mapped_column(String(10))
    case_id: Mapped[int | None] = mapped_column(Key, ForeignKey("cases.id"))
    """The case that he became."""
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    """Why he was excluded: a code of the pack."""
    late_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}


class ContactLink(InRealm, Kept, Base):
    """What made somebody a contact: a case, or (contact of a contact) another contact; several are kept."""

    __tablename__ = "contact_links"
    __table_args__ = (
        UniqueConstraint("contact_id", "case_id", "via_id"),
        CheckConstraint("(case_id IS NULL) <> (via_id IS NULL)", name="one_source"),
        Index("ix_contact_links_case", "case_id"),
        Index("ix_contact_links_via", "via_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    realm: Mapped[int] = mapped_column()
    contact_id: Mapped[int] = mapped_column(Key, ForeignKey("contacts.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(Key, ForeignKey("cases.id"))
    via_id: Mapped[int | None] = mapped_column(Key, ForeignKey("contacts.id"))
    first_on: Mapped[dt.date | None]
    last_on: Mapped[dt.date]
    setting: Mapped[str] = mapped_column(String(24))
    """A code of the pack: dining, household, same_room, workplace, vehicle, care, ward, leisure, other."""
    exposure_place_id: Mapped[int | None] = mapped_column(Key, ForeignKey("exposure_places.id"))
    note: Mapped[str] = mapped_column(Text, default="")


class ContactControl(InRealm, Kept, Base):
    """A stretch under one control; what the funnel counts at any past hour."""

    __tablename__ = "contact_controls"
    __table_args__ = (CheckConstraint(f"control IN {CONTROLS}", name="control"),)

    contact_id: Mapped[int] = mapped_column(Key, ForeignKey("contacts.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    realm: Mapped[int] = mapped_column()
    until: Mapped[datetime | None]
    control: Mapped[str] = mapped_column(String(10))
