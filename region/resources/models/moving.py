"""Asking for supplies and moving them: requests, and transfers that both sides sign."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from region.resources.states import REQUEST, TRANSFER
from region.spine.db import GUARDED, Base, Kept, Key
from region.spine.scope import InRealm, Placed


class SupplyRequest(Placed, InRealm, Kept, Base):
    """A place asks another one above or beside it for supplies; `answer_place_id` is who must answer."""

    __tablename__ = "supply_requests"
    __table_args__ = (
        UniqueConstraint("realm", "uid"),
        CheckConstraint(REQUEST.check_sql(), name="state"),
    )
    place_columns = ("place_id", "answer_place_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(40))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    answer_place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    needed_by: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    """When it was found waiting beyond the limit of its state; cleared by the next move."""

    lines: Mapped[list[RequestLine]] = relationship(order_by="RequestLine.id", back_populates="request")


class RequestLine(Placed, InRealm, Kept, Base):
    """One item of a request: asked, approved, promised by transfers, received."""

    __tablename__ = "supply_request_lines"
    __table_args__ = (
        UniqueConstraint("request_id", "item"),
        CheckConstraint("asked > 0", name="asked"),
        CheckConstraint("approved >= 0 AND promised >= 0 AND received >= 0", name="numbers"),
    )
    place_columns = ("place_id", "answer_place_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("supply_requests.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    answer_place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    item: Mapped[str] = mapped_column(String(32))
    asked: Mapped[int] = mapped_column(Key)
    approved: Mapped[int] = mapped_column(Key, default=0)
    promised: Mapped[int] = mapped_column(Key, default=0)
    received: Mapped[int] = mapped_column(Key, default=0)

    request: Mapped[SupplyRequest] = relationship(back_populates="lines")


class Transfer(Placed, InRealm, Kept, Base):
    """Goods go from a giver to a taker; both sign, and what differs is explained before it ends."""

    __tablename__ = "transfers"
    __table_args__ = (
        UniqueConstraint("realm", "uid"),
        CheckConstraint(TRANSFER.check_sql(), name="state"),
        CheckConstraint("giver_id <> taker_id", name="sides"),
        CheckConstraint("kind IN ('requisition', 'plan', 'offer', 'return')", name="kind"),
        Index("ix_transfers_state", "realm", "state"),
    )
    place_columns = ("giver_id", "taker_id", "ordered_for_id")

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(12))
    giver_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    taker_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    ordered_for_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    """The place in whose name it was ordered: it may call it off and settles differences."""
    request_id: Mapped[int | None] = mapped_column(ForeignKey("supply_requests.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("supply_plans.id"), index=True)
    returns_id: Mapped[int | None] = mapped_column(ForeignKey("transfers.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(16))
    since: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = GUARDED | {"version_id_col": version}
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    shipped_by: Mapped[str | None] = mapped_column(String(80))
    shipped_at: Mapped[datetime | None]
    carrier: Mapped[str] = mapped_column(String(60), default="")
    """Vehicle or team that carries it, as the giver names it; no person."""
    received_by: Mapped[str | None] = mapped_column(String(80))
    received_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(Text, default="")
    """What the taker says of what came, and of the giver's explanation."""
    explained_by: Mapped[str | None] = mapped_column(String(80))
    explanation: Mapped[str] = mapped_column(Text, default="")
    """What the giver says of what is missing."""
    settled_by: Mapped[str | None] = mapped_column(String(80))
    ruling: Mapped[str] = mapped_column(Text, default="")
    """What the place that ordered it decided where the two did not agree."""
    ended_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]

    lines: Mapped[list[TransferLine]] = relationship(order_by="TransferLine.id", back_populates="transfer")


class TransferLine(Placed, InRealm, Kept, Base):
    """One lot on its way: ordered, sent, received; the rest is missing until it is explained.

    A line is ordered by item; committing it picks the lots, first expiry first, and splits it by lot.
    """

    __tablename__ = "transfer_lines"
    __table_args__ = (
        Index("ix_transfer_lines_transfer", "transfer_id"),
        CheckConstraint("ordered >= 0", name="ordered"),
        CheckConstraint("sent >= 0 AND received >= 0 AND damaged >= 0 AND settled >= 0", name="numbers"),
        CheckConstraint("received + damaged + settled <= sent", name="sent"),
    )
    place_columns = ("giver_id", "taker_id", "ordered_for_id")

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfers.id"))
    giver_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    taker_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    ordered_for_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    request_line_id: Mapped[int | None] = mapped_column(ForeignKey("supply_request_lines.id"))
    item: Mapped[str] = mapped_column(String(32))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    owner: Mapped[str | None] = mapped_column(String(12))
    stock_id: Mapped[int | None] = mapped_column(ForeignKey("stocks.id"))
    """The giver's stock that it is taken from."""
    ordered: Mapped[int] = mapped_column(Key, default=0)
    sent: Mapped[int] = mapped_column(Key, default=0)
    received: Mapped[int] = mapped_column(Key, default=0)
    damaged: Mapped[int] = mapped_column(Key, default=0)
    """Came, and cannot be used: written off at the taker."""
    settled: Mapped[int] = mapped_column(Key, default=0)
    """Missing, and explained: lost on the way, or never left and put back into the giver's books."""
    settled_as: Mapped[str | None] = mapped_column(String(12))
    """lost, never_left, turned_back."""

    transfer: Mapped[Transfer] = relationship(back_populates="lines")

    @property
    def in_transit(self) -> int:
        """Sent, and neither received nor explained."""
        return self.sent - self.received - self.damaged - self.settled
