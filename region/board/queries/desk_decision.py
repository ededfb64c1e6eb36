"""One thing that waits for the duty desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from region.accounts.models import Account
from region.board.queries.desk_areas import Group
from region.dispatch.models import Directive
from region.places.models import Place

AGES = ("trouble", "escalation", "contradicted", "channel", "dead")
"""Kinds whose `due` is when they began: their clock counts up."""


@dataclass(frozen=True)
class Decision:
    """One thing that waits for the desk.

    `kind` is one of late_sign, late_report, approve, waits_for_other, issue, draft, trouble, review,
    escalation, contradicted, request, stopping, unreached, handover, channel, dead. `due` is when it should have
    been or should be decided; `told` are the places that a lateness was passed up to.
    """

    kind: str
    due: datetime
    count: int = 1
    directive: Directive | None = None
    recipient: int | None = None
    escalation: int | None = None
    place: Place | None = None
    groups: tuple[Group, ...] = ()
    told: tuple[Place, ...] = ()
    runners: tuple[str, ...] = field(default=())
    person: Account | None = None
    """Who hands the desk over."""
    channel: str = ""
    reason: str = ""
    again: datetime | None = None
    """When an ailing channel is tried again."""

    @property
    def counts_up(self) -> bool:
        """Whether its clock says how long it has lasted, not how long is left."""
        return self.kind in AGES

    def tone(self, now: datetime) -> str:
        """The tone of its line: bad once its clock has run out, watch for what somebody waits for."""
        if self.kind in ("draft", "waits_for_other"):
            return "plain"
        late = self.due < now and not self.counts_up
        return "bad" if late or self.kind in ("dead", "unreached") else "watch"
