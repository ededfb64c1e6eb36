"""What can happen in surveillance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class CaseProposed(Event):
    """A laboratory's finding was proposed as a case."""

    proposal: int
    person: int
    ref: str
    found: datetime


@dataclass(frozen=True, kw_only=True)
class ProposalDecided(Event):
    """An epidemiologist accepted a proposal as a case, or dismissed it."""

    proposal: int
    verb: str


@dataclass(frozen=True, kw_only=True)
class ProposalLate(Event):
    """A proposal waits for its decision for longer than the limit."""

    proposal: int
