"""What can happen in the field: phones that synchronise, boxes that go from hand to hand."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class TubesKept(Event):
    """A phone synchronised: tubes new and changed, people in them, and what two sides claim.

    `awaited` when a laboratory, a result or a recall waited for any of it.
    """

    device: str
    site: int | None
    tubes: int
    changed: int
    persons: int
    contested: int
    awaited: bool = True


@dataclass(frozen=True, kw_only=True)
class DeviceSeen(Event):
    """A phone was heard for the first time, or its clock was found wrong by so many seconds."""

    device: str
    skew: int


@dataclass(frozen=True, kw_only=True)
class BoxMoved(Event):
    """A box was opened, sealed, collected, received, unpacked, voided or lost."""

    box: int
    verb: str
    state: str
    tubes: int


@dataclass(frozen=True, kw_only=True)
class BoxSigned(Event):
    """One side signed for a box."""

    box: int
    step: str
    side: str
    celsius: float | None


@dataclass(frozen=True, kw_only=True)
class BoxLate(Event):
    """A box waits in a state for longer than its limit: late on its way, or not unpacked."""

    box: int
    state: str


@dataclass(frozen=True, kw_only=True)
class TubesReceived(Event):
    """A laboratory scanned tubes in: received, and not received by reason."""

    laboratory: int
    received: int
    box: int | None


@dataclass(frozen=True, kw_only=True)
class TubesRejected(Event):
    """A laboratory rejected tubes, with the reason; their people are due again."""

    laboratory: int
    reason: str
    tubes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class WorkRaised(Event):
    """Something needs a person's look: `alarm` where it cannot wait."""

    item: int
    kind: str
    alarm: bool


@dataclass(frozen=True, kw_only=True)
class WorkSettled(Event):
    """A person looked, and said what was done."""

    item: int
    kind: str
    verdict: str


@dataclass(frozen=True, kw_only=True)
class WorkLate(Event):
    """A piece of work waits for longer than its limit."""

    item: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class SingleOnlySet(Event):
    """Persons are sampled alone from now on."""

    ref: str
    reason: str
    persons: int


@dataclass(frozen=True, kw_only=True)
class SingleOnlyEnded(Event):
    """Persons are no longer sampled alone because of this."""

    ref: str
    persons: int


@dataclass(frozen=True, kw_only=True)
class LabelsGiven(Event):
    """A site was given codes to print: `count` of them from number `first` on, of an area (its code) and this day."""

    code: str
    first: int
    count: int
