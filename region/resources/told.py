"""What telephones and sites' own systems tell of stock, parsed once: a count, or what came and was given out."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from region.resources.weighing import Counted

Uid = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,40}$")]
Item = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
LotCode = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[^\s/][^/]{0,39}$")]
Owner = Literal["own", "government", "enterprise", "donated"]


class Parsed(BaseModel):
    """Nothing unknown, nothing changed after parsing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LineTold(Parsed):
    """One counted item, or one lot of it; `quantity` in the item's unit."""

    item: Item
    quantity: Annotated[int, Field(ge=0, le=10**12)]
    lot: LotCode | None = None
    expires_on: date | None = None

    def counted(self) -> Counted:
        """As a count takes it."""
        return Counted(self.item, self.quantity, self.lot, self.expires_on)


class CountTold(Parsed):
    """A count of one place: its lines as they came, each judged for itself; `counted_at` with its offset."""

    uid: Uid
    counted_at: AwareDatetime | None = None
    lines: Annotated[list[Any], Field(min_length=1, max_length=1000)]


class MovementTold(Parsed):
    """One lot come in from outside, or so much of an item given out for use; `uid` makes it once."""

    uid: Uid
    kind: Literal["receive", "issue"]
    item: Item
    quantity: Annotated[int, Field(gt=0, le=10**12)]
    lot: LotCode | None = None
    expires_on: date | None = None
    made_on: date | None = None
    owner: Owner = "own"
    at: AwareDatetime | None = None
