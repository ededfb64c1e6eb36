"""Plans of transfers: what the solver proposes, what a person changed, what was left short and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from region.resources.states import PLAN
from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed


class Plan(Placed, InRealm, Kept, Base):
    """One plan for one item in one area: the question, the solver's answer, and the decision."""

    __tablename__ = "supply_plans"
    __table_args__ = (UniqueConstraint("realm", "uid"), CheckConstraint(PLAN.check_sql(), name="state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(40))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    item: Mapped[str] = mapped_column(String(32))
    asked: Mapped[dict[str, Any]]
    """Floors, limits and weights it was reckoned with, and the digest of the pack that they came from."""
    found: Mapped[dict[str, Any]]
    """What the solver says: sites lifted, cost, bound, gap, seconds, what greedy would have done."""
    short: Mapped[list[Any]]
    """Who is left short: place id, class, days, units missing, and the code of the reason."""
    state: Mapped[str] = mapped_column(String(12))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]

    lines: Mapped[list[PlanLine]] = relationship(order_by="PlanLine.id", back_populates="plan")


class PlanLine(Placed, InRealm, Kept, Base):
    """One proposed transfer of a plan, and why; `quantity` may be edited, `proposed` stays."""

    __tablename__ = "supply_plan_lines"
    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity"),)
    id: Mapped[int] = mapped_column(Key, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("supply_plans.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    """The area of the plan: whoever may see the plan sees its lines."""
    giver_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    taker_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    proposed: Mapped[int] = mapped_column(Key)
    quantity: Mapped[int] = mapped_column(Key)
    why: Mapped[dict[str, Any]]
    """Class of the taker, days before and after on both sides, km, minutes, cost, code of the reason."""
    edited_by: Mapped[str | None] = mapped_column(String(80))
    edit_reason: Mapped[str] = mapped_column(Text, default="")

    plan: Mapped[Plan] = relationship(back_populates="lines")
