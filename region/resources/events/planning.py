"""What can happen to a plan of transfers."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class PlanAsked(Event):
    """Somebody asked what should move where."""

    plan: int
    item: str
    pack_digest: str


@dataclass(frozen=True, kw_only=True)
class PlanProposed(Event):
    """The solver has answered: so many lines, so many sites lifted above their floor, so many left short."""

    plan: int
    lines: int
    lifted: int
    short: int


@dataclass(frozen=True, kw_only=True)
class PlanFailed(Event):
    """No answer could be found."""

    plan: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PlanEdited(Event):
    """A person changed a line of it."""

    plan: int
    line: int
    proposed: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class PlanApproved(Event):
    """It is decided: transfers and directives are to be written."""

    plan: int
    lines: int
    quantity: int


@dataclass(frozen=True, kw_only=True)
class PlanDropped(Event):
    """It was put away, or grew too old to be decided on."""

    plan: int
    lapsed: bool
