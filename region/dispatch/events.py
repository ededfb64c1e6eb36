"""What can happen to a directive, from the first draft to the last proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class DirectiveComposed(Event):
    """A draft was written and its recipients chosen."""

    directive: int
    urgency: str
    recipients: int


@dataclass(frozen=True, kw_only=True)
class DirectiveSubmitted(Event):
    """A draft waits for the second person."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveApproved(Event):
    """It may be issued."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveSentBack(Event):
    """The second person wants it changed."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveDiscarded(Event):
    """It was never issued, and will not be."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveIssued(Event):
    """It is an order now: its text is fixed, its clocks run."""

    directive: int
    urgency: str
    recipients: int
    acknowledge_due: datetime
    task_due: datetime


@dataclass(frozen=True, kw_only=True)
class DeliveriesOwed(Event):
    """Deliveries were promised: one for each recipient that this round and channel are for."""

    directive: int
    channel: str
    round: int
    count: int


@dataclass(frozen=True, kw_only=True)
class DeliveriesMade(Event):
    """Some deliveries arrived."""

    directive: int
    channel: str
    deliveries: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class DeliveriesRetried(Event):
    """Some deliveries did not arrive this time and will be tried again; `reasons` go with `deliveries`."""

    directive: int
    channel: str
    deliveries: tuple[int, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DeliveriesReclaimed(Event):
    """Whoever was sending these died or stalled; somebody else sends them, under the same keys."""

    directive: int
    channel: str
    deliveries: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class DeliveriesFailed(Event):
    """This channel does not reach these recipients; the next channel is owed."""

    directive: int
    channel: str
    deliveries: tuple[int, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DirectiveReceived(Event):
    """A site's screen showed it for the first time."""

    recipient: int
    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveAcknowledged(Event):
    """A site signed for it; `signed_at` is the moment on the signer's device, when it had no network."""

    recipient: int
    directive: int
    signed_at: datetime
    in_time: bool


@dataclass(frozen=True, kw_only=True)
class TaskBegun(Event):
    """A site began."""

    recipient: int
    directive: int


@dataclass(frozen=True, kw_only=True)
class TaskReported(Event):
    """A site says it is done, with evidence."""

    recipient: int
    directive: int
    report: int


@dataclass(frozen=True, kw_only=True)
class ReportAccepted(Event):
    """The proof holds; this site is done."""

    recipient: int
    directive: int
    report: int


@dataclass(frozen=True, kw_only=True)
class ReportReturned(Event):
    """The proof does not hold; the site must report again."""

    recipient: int
    directive: int
    report: int


@dataclass(frozen=True, kw_only=True)
class TroubleRaised(Event):
    """A site says that it cannot, or not in time; the words are in the remark."""

    recipient: int
    directive: int
    remark: int


@dataclass(frozen=True, kw_only=True)
class TroubleAnswered(Event):
    """The desk answered a site in trouble."""

    recipient: int
    directive: int
    remark: int


@dataclass(frozen=True, kw_only=True)
class RecipientWaived(Event):
    """This site need not do it, for a reason; the reason is in the remark."""

    recipient: int
    directive: int
    remark: int


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
class DirectiveClosed(Event):
    """All required sites are done or waived."""

    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveSuperseded(Event):
    """Another directive takes its place."""

    directive: int
    by: int


@dataclass(frozen=True, kw_only=True)
class DirectiveCancelled(Event):
    """It no longer holds; nobody need do anything."""

    directive: int
