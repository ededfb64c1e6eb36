"""What can happen to requests and transfers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class SupplyRequested(Event):
    """A place asked for supplies."""

    request: int
    items: tuple[str, ...]
    answer_place: int


@dataclass(frozen=True, kw_only=True)
class RequestNoted(Event):
    """Received, and not decided yet."""

    request: int


@dataclass(frozen=True, kw_only=True)
class RequestAnswered(Event):
    """Accepted, declined, or promised for later (provisional)."""

    request: int
    verdict: str
    approved: int
    asked: int


@dataclass(frozen=True, kw_only=True)
class RequestRequisitioned(Event):
    """Transfers were ordered for it."""

    request: int
    transfers: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RequestReopened(Event):
    """A transfer ordered for it came to nothing: something is to be ordered again."""

    request: int
    transfer: int


@dataclass(frozen=True, kw_only=True)
class RequestCounted(Event):
    """What transfers promise and have brought for a request was counted anew: units of all its lines together."""

    request: int
    promised: int
    received: int


@dataclass(frozen=True, kw_only=True)
class RequestEnded(Event):
    """Fulfilled, cancelled, or ended with less than was approved."""

    request: int
    state: str
    received: int
    approved: int


@dataclass(frozen=True, kw_only=True)
class RequestLate(Event):
    """A request waits in one state for longer than the rules allow."""

    request: int
    state: str


@dataclass(frozen=True, kw_only=True)
class TransferOrdered(Event):
    """A place was told to give to another one, or offered to."""

    transfer: int
    kind: str
    giver: int
    taker: int
    items: tuple[str, ...]
    due: datetime | None


@dataclass(frozen=True, kw_only=True)
class TransferAnswered(Event):
    """The giver committed itself, or the taker accepted an offer, or one of them refused."""

    transfer: int
    state: str
    giver: int
    taker: int


@dataclass(frozen=True, kw_only=True)
class TransferShipped(Event):
    """The giver signed that the goods have left."""

    transfer: int
    giver: int
    taker: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class TransferReceived(Event):
    """The taker signed for the goods; `missing` are to be explained."""

    transfer: int
    giver: int
    taker: int
    quantity: int
    damaged: int
    missing: int


@dataclass(frozen=True, kw_only=True)
class DifferenceExplained(Event):
    """The giver, or the place that ordered it, says of what was missing that it was lost, or never left."""

    transfer: int
    giver: int
    taker: int
    lost: int
    never_left: int


@dataclass(frozen=True, kw_only=True)
class ExplanationContested(Event):
    """The taker does not accept the giver's explanation."""

    transfer: int
    giver: int
    taker: int


@dataclass(frozen=True, kw_only=True)
class TransferEnded(Event):
    """A transfer came to its end."""

    transfer: int
    state: str
    giver: int
    taker: int


@dataclass(frozen=True, kw_only=True)
class TransferTurned(Event):
    """Goods on their way were called back."""

    transfer: int
    giver: int
    taker: int


@dataclass(frozen=True, kw_only=True)
class TransferLate(Event):
    """A transfer waits in one state for longer than the rules allow."""

    transfer: int
    state: str
    giver: int
    taker: int
