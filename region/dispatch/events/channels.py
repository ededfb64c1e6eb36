"""What happens to channels, addresses and links."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class ChannelDemoted(Event):
    """A channel is ailing: what it owes goes by the next one, until it is tried again."""

    channel: str
    reason: str
    tried: int
    slow: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class ChannelRestored(Event):
    """A channel that was ailing works again."""

    channel: str


@dataclass(frozen=True, kw_only=True)
class DeliveriesDiverted(Event):
    """These deliveries were owed on an ailing channel; the next channel is owed instead."""

    directive: int
    channel: str
    deliveries: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class AddressSet(Event):
    """A site, or a person of it, can be reached at an address on a channel; the address itself is sealed."""

    line: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class AddressEnded(Event):
    """An address is no longer used."""

    line: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class AddressTrialAsked(Event):
    """Somebody wants to know whether an address works."""

    line: int
    channel: str


@dataclass(frozen=True, kw_only=True)
class AddressTried(Event):
    """A message that says only that the address works was sent; `asked` is the entry that asked for it."""

    line: int
    channel: str
    asked: int
    outcome: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class LinkRefused(Event):
    """A signed link or code was shown that does not hold: forged, expired, used, or not for this recipient.

    `delivery` is 0 where it names none. Told once a minute for each delivery and reason, whatever was tried.
    """

    delivery: int
    reason: str
    way: str


@dataclass(frozen=True, kw_only=True)
class RobotRefused(Event):
    """A program's call that claims to come from a channel was refused; told once a minute for each reason."""

    channel: str
    reason: str
