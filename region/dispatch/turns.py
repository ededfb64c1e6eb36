"""Whose turn it is: by which channels a recipient gets an order next, and the code that it may be answered with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import SystemRandom

from sqlalchemy import select

from region.dispatch.letters import PACK
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.reach import (
    PORTAL,
    WEBHOOK,
    AddressBook,
    Target,
    address_book,
    open_channels,
    resting,
    sent_channels,
)
from region.dispatch.states import UNSIGNED
from region.spine.work import Work

STOPPING = ("stopping",)
FIRST_CODE, LAST_CODE, MOST_CODES = 100_000, 999_999, 500_000


@dataclass(frozen=True)
class Wanted:
    """One recipient, or one person for it, to whom something is to be owed; `uid` where it is decided already."""

    recipient: int
    target: Target
    named: bool
    webhook: bool
    rung: str
    uid: str | None = None

    @property
    def whom(self) -> tuple[int, int | None]:
        """Whose channels take turns."""
        return self.recipient, self.target.account


@dataclass
class Standing:
    """What is owed already: channels used for each of them, and what stands in this round."""

    used: dict[tuple[int, int | None], Counter[str]] = field(default_factory=dict)
    channels: set[tuple[int, str]] = field(default_factory=set)
    served: set[tuple[int, int | None]] = field(default_factory=set)


def standing_of(w: Work, directive: int, round: int) -> Standing:
    """What was owed of this order so far."""
    wanted = (
        select(Delivery.recipient_id, Delivery.account_id, Delivery.channel, Delivery.round)
        .where(Delivery.directive_id == directive)
        .order_by(Delivery.id)
    )
    found = Standing()
    for recipient, account, channel, in_round in w.session.execute(wanted):
        found.used.setdefault((recipient, account), Counter())[channel] += 1
        if in_round == round:
            found.channels.add((recipient, channel))
            found.served.add((recipient, account))
    return found


class Chooser:
    """Which channels each one gets, by the pack's table and by what it has."""

    def __init__(
        self, w: Work, directive: Directive, round: int, wanted: Sequence[Wanted], standing: Standing
    ) -> None:
        table = w.rules.pack(PACK).decide("channels", {"urgency": directive.urgency}).outcome
        usable, at_rest = open_channels(w), sent_channels(w) & resting(w)
        in_turn = [*table["next"], *table["at_once"]]
        self._first = [name for name in table["at_once"] if name in usable]
        self._turns = [name for name in in_turn if name in usable]
        self._at_rest = [name for name in in_turn if name in at_rest]
        self._standing = standing
        self._all_at_once = directive.state == "withdrawing"
        places = select(Recipient.place_id).where(Recipient.directive_id == directive.id)
        accounts = {one.target.account for one in wanted}
        asked = [name for name in self._turns + self._at_rest if name not in (PORTAL, WEBHOOK)]
        self._book = address_book(w, places, accounts, asked) if asked else AddressBook()

    def for_round(self, one: Wanted) -> list[str]:
        """What this round owes: nothing where it owes something already."""
        if one.whom in self._standing.served:
            return []
        if self._all_at_once or one.whom not in self._standing.used:
            at_once = [name for name in self._first if self._can(one, name)]
            if at_once:
                return at_once
        return self.next_for(one)

    def next_for(self, one: Wanted) -> list[str]:
        """The channel used least so far, in the table's order; none where all stand in this round."""
        return self._least_used(one, self._turns)

    def instead(self, one: Wanted) -> list[str]:
        """What is owed in the place of a letter that did not arrive.

        Where no open channel is left, one at rest, which brings it when its rest is over; the screen comes last: it
        has the order already.
        """
        return (
            self._least_used(one, self._elsewhere)
            or self._least_used(one, self._at_rest)
            or self._least_used(one, [PORTAL])
        )

    def can_elsewhere(self, one: Wanted) -> bool:
        """Whether an open channel could bring it now, other than those of this round and the screen."""
        return bool(self._least_used(one, self._elsewhere))

    @property
    def _elsewhere(self) -> list[str]:
        return [name for name in self._turns if name != PORTAL]

    def _least_used(self, one: Wanted, channels: Sequence[str]) -> list[str]:
        used = self._standing.used.get(one.whom, Counter())
        can = [name for name in channels if self._can(one, name)]
        return sorted(can, key=lambda name: used[name])[:1]

    def _can(self, one: Wanted, channel: str) -> bool:
        if (one.recipient, channel) in self._standing.channels:
            return False
        if channel == PORTAL:
            return one.named  # whoever is called beside the site has the site's screen already
        if channel == WEBHOOK:
            return one.webhook and one.target.account is None
        return self._book.has(one.target, channel)


def reply_codes(w: Work, count: int) -> list[str]:
    """Six digits each, which no open delivery has: so no number is ever asked for one code twice."""
    if not count:
        return []
    wanted = (
        select(Delivery.reply_code)
        .join(Recipient, Recipient.id == Delivery.recipient_id)
        .where(Delivery.reply_code.is_not(None), Recipient.state.in_((*UNSIGNED, *STOPPING)))
        .order_by(Delivery.id.desc())
        .limit(MOST_CODES)
    )
    taken, draw = set(w.session.scalars(wanted)), SystemRandom()
    made: list[str] = []
    while len(made) < count:
        code = str(draw.randint(FIRST_CODE, LAST_CODE))
        if code not in taken:
            taken.add(code)
            made.append(code)
    return made
