"""What is done about silence and lateness: reminding, calling people, supervising, passing up."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class RecipientPhoned(Event):
    """The duty desk telephoned the site; what was said is in the remark."""

    recipient: int
    directive: int
    remark: int


@dataclass(frozen=True, kw_only=True)
class RecipientsReminded(Event):
    """These sites are late to sign and were pressed again, on another channel where they have one."""

    directive: int
    step: str
    recipients: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LatenessPassedUp(Event):
    """The places above were told who below them is late."""

    directive: int
    step: str
    recipients: tuple[int, ...]
    told: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class EscalationSeen(Event):
    """The place above has seen who is late below it."""

    escalation: int
    directive: int


@dataclass(frozen=True, kw_only=True)
class RecipientEscalated(Event):
    """The duty officer passed one site's lateness up by hand."""

    recipient: int
    directive: int
    remark: int


@dataclass(frozen=True, kw_only=True)
class SupervisionIssued(Event):
    """An order is overdue: a supervision order with a limit of its own goes to those who are late."""

    directive: int
    supervision: int
    recipients: tuple[int, ...]
    times: int


@dataclass(frozen=True, kw_only=True)
class PeopleCalled(Event):
    """The duty roster is called, one rung after another: holder, deputy, leader on duty, the level above."""

    directive: int
    rung: str
    recipients: tuple[int, ...]
    accounts: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RollCallEnded(Event):
    """The evening's roll call is over; `unreached` are the accounts that did not answer."""

    directive: int
    asked: int
    unreached: tuple[int, ...]
