"""What a recipient does with an order, and what the desk says to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class DirectiveReceived(Event):
    """A site's screen showed it for the first time."""

    recipient: int
    directive: int


@dataclass(frozen=True, kw_only=True)
class DirectiveAcknowledged(Event):
    """A site signed for it; `signed_at` is the moment on the signer's device, when it had no network.

    `way` is how (portal, link, qr, sms, voice, api, behalf), `device` a made-up mark of the device.
    """

    recipient: int
    directive: int
    signed_at: datetime
    in_time: bool
    way: str = "portal"
    device: str = ""


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
class RecipientSettled(Event):
    """A document that asks for nothing but a signature is done with it."""

    recipient: int
    directive: int


@dataclass(frozen=True, kw_only=True)
class WorkStopped(Event):
    """A site signed that it has stopped work on an order that was withdrawn."""

    recipient: int
    directive: int
    way: str


@dataclass(frozen=True, kw_only=True)
class ProgressReported(Event):
    """A site says how far one task has come."""

    recipient: int
    directive: int
    progress: int
    task: str
    value: float


@dataclass(frozen=True, kw_only=True)
class ReportContradicted(Event):
    """What a site reports does not agree with what was counted; `task` names the number."""

    recipient: int
    directive: int
    report: int
    task: str
    reported: float
    counted: float


@dataclass(frozen=True, kw_only=True)
class ContradictionCleared(Event):
    """Somebody looked at a contradiction and decided; the reason is in the remark. None: newer counts agree."""

    recipient: int
    directive: int
    remark: int | None


@dataclass(frozen=True, kw_only=True)
class RecipientMoved(Event):
    """A site was merged into another, and its open task goes to the new owner; `was` is the old place."""

    recipient: int
    directive: int
    was: int


@dataclass(frozen=True, kw_only=True)
class TargetsSet(Event):
    """How much each site of an order is to do was set or changed."""

    directive: int
    recipients: int


@dataclass(frozen=True, kw_only=True)
class NumbersTallied(Event):
    """A site's own system told how many of something it has counted."""

    measure: str
    tallies: int
