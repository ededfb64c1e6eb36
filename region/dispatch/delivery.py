"""What is owed after an order is issued: to each recipient deliveries by the channels that fit it, in rounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, insert, or_, select, true, update
from uuid6 import uuid7

from region.dispatch.events import DeliveriesOwed
from region.dispatch.letters import PACK
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.reach import CALLED, UNSENT, Target
from region.dispatch.states import DELIVERY, OPEN, UNSIGNED
from region.dispatch.turns import STOPPING, Chooser, Wanted, reply_codes, standing_of
from region.places.models import Site
from region.spine.work import Work

LANE_WORTH = 100
"""Deliveries that make one more lane worth its while."""
NOBODY: Mapping[int, int] = MappingProxyType({})
REMINDER_ROUND = 5
"""The reminder before the limit runs out, also for those who signed: no repeated bringing (at most round 4) has it."""


def owe_round(
    w: Work,
    directive: Directive,
    round: int,
    recipient_ids: Collection[int] | None = None,
    *,
    channel: str | None = None,
    rung: str = "site",
    accounts: Mapping[int, int] = NOBODY,
    states: Collection[str] = UNSIGNED,
) -> dict[str, int]:
    """Owe this round to each recipient that has not signed (or to those named); gives how many by channel.

    `channel` None chooses by the pack's table ``channels``, among those that are switched on, well, and have an
    address: whoever is owed something for the first time gets all that travel at once, later the one that was used
    least, in the table's order. `accounts` are the people to call instead of the site, by recipient, and `rung` says
    who they are; a named recipient is reached as that person. Of an order that is being withdrawn, those who must
    stop are told, by all that travel at once. A round is owed once, however often it is asked for. `states` are
    those of the recipients whom it is for: a reminder of the task goes to those who have signed as well.
    """
    w.need("system.operate")
    return _owe(w, directive, round, _waiting(w, directive, recipient_ids, rung, accounts, states), channel)


def _waiting(
    w: Work,
    directive: Directive,
    recipient_ids: Collection[int] | None,
    rung: str,
    accounts: Mapping[int, int],
    asked: Collection[str] = UNSIGNED,
) -> list[Wanted]:
    """Each recipient that this round is for, and how to think of it."""
    chosen = None if recipient_ids is None else frozenset(recipient_ids)
    states = STOPPING if directive.state == "withdrawing" else asked
    rows = (
        select(Recipient.id, Recipient.place_id, Recipient.account_id, Site.webhook_url.is_not(None))
        .join(Site, Site.place_id == Recipient.place_id, isouter=True)
        .where(Recipient.directive_id == directive.id, Recipient.state.in_(states))
        .order_by(Recipient.id)
    )
    found = []
    for recipient, place, named, webhook in w.session.execute(rows):
        if chosen is None or recipient in chosen:
            target = Target(place, accounts.get(recipient, named))
            own = rung if named is None or rung != "site" else "person"
            found.append(Wanted(recipient, target, named == target.account, bool(webhook), own))
    return found


def _owe(
    w: Work,
    directive: Directive,
    round: int,
    wanted: Sequence[Wanted],
    channel: str | None = None,
    *,
    again: bool = False,
) -> dict[str, int]:
    """Choose, write the deliveries, say so, and promise the lanes that send what a program must send."""
    if not wanted:
        return {}
    standing = standing_of(w, directive.id, round)
    choose = Chooser(w, directive, round, wanted, standing)
    rows = []
    for one in wanted:
        if channel is not None:
            by = [channel] if (one.recipient, channel) not in standing.channels else []
        else:
            by = choose.instead(one) if again else choose.for_round(one)
        for name in by:
            standing.channels.add((one.recipient, name))
            rows.append(_row(w, directive, one, name, round))
    _finish(w, directive, rows)
    return _write(w, directive, round, rows)


def _row(w: Work, directive: Directive, one: Wanted, channel: str, round: int) -> dict[str, Any]:
    return {
        "uid": one.uid or str(uuid7()),
        "realm": w.realm,
        "recipient_id": one.recipient,
        "directive_id": directive.id,
        "place_id": one.target.place,
        "account_id": one.target.account,
        "rung": one.rung,
        "channel": channel,
        "round": round,
        "state": DELIVERY.start,
        "since": w.now,
        "version": 1,
        "tries": 0,
        "due_at": w.real_now,
        "reply_code": None,
    }


def _finish(w: Work, directive: Directive, rows: Sequence[dict[str, Any]]) -> None:
    """Give each its code to answer with, and the moment at which a digest leaves."""
    table = w.rules.pack(PACK).decide("digest", {"urgency": directive.urgency}).outcome
    called = [row for row in rows if row["channel"] in CALLED]
    for row, code in zip(called, reply_codes(w, len(called)), strict=True):
        row["reply_code"] = code
    for row in rows:
        if row["channel"] in table["channels"]:
            row["due_at"] = _next_step(w.real_now, 60 * table["minutes"])


def _next_step(moment: datetime, seconds: int) -> datetime:
    return datetime.fromtimestamp(-(-moment.timestamp() // seconds) * seconds, UTC)


def _write(w: Work, directive: Directive, round: int, rows: list[dict[str, Any]]) -> dict[str, int]:
    if not rows:
        return {}
    w.session.execute(insert(Delivery), rows)
    counts = Counter(row["channel"] for row in rows)
    for channel, count in sorted(counts.items()):
        w.tell(DeliveriesOwed(channel=channel, round=round, count=count, **directive.about))
    sent = sum(count for channel, count in counts.items() if channel not in UNSENT)
    if sent:
        first = rows[0]["uid"][-12:]  # a round may be added to, when a channel fails
        for lane in range(min(w.office.installation.lanes, 1 + sent // LANE_WORTH)):
            w.owe("dispatch.deliver", key=f"deliver:{directive.id}:{round}:{first}:{lane}", lane=lane)
    return dict(counts)


def demote(w: Work, directive_id: int, delivery_ids: Collection[int]) -> int:
    """Owe the next channel to those whom failed or diverted deliveries were meant for, in their round; gives how many.

    What follows a delivery has a uid made from that one's, so that it is owed once, however often this is asked.
    """
    w.need("system.operate")
    directive = w.get(Directive, directive_id)
    # What was made and has an error all the same: the provider took it, and told later that it never arrived.
    lost = or_(Delivery.state.in_(("failed", "dropped")), Delivery.last_error.is_not(None))
    rounds = _followers(w, directive, _by_follower(w, directive, delivery_ids, lost))
    owed = [_owe(w, directive, round, wanted, again=True) for round, wanted in sorted(rounds.items())]
    return sum(sum(counts.values()) for counts in owed)


def stranded(w: Work, directive_id: int, delivery_ids: Collection[int]) -> set[int]:
    """Those of these deliveries that somebody still waits for, and that no other open channel could bring now."""
    directive = w.get(Directive, directive_id)
    found = _by_follower(w, directive, delivery_ids, true())
    kept: set[int] = set()
    for round, wanted in _followers(w, directive, found).items():
        choose = Chooser(w, directive, round, wanted, standing_of(w, directive.id, round))
        kept.update(found[one.uid].id for one in wanted if one.uid and not choose.can_elsewhere(one))
    return kept


def _by_follower(
    w: Work, directive: Directive, delivery_ids: Collection[int], which: ColumnElement[bool]
) -> dict[str, Any]:
    """These deliveries, by the uid that whatever follows each of them has."""
    wanted = select(
        Delivery.id, Delivery.uid, Delivery.recipient_id, Delivery.account_id, Delivery.rung, Delivery.round
    ).where(Delivery.directive_id == directive.id, Delivery.id.in_(delivery_ids), which)
    return {str(uuid5(UUID(row.uid), "next")): row for row in w.session.execute(wanted.order_by(Delivery.id))}


def _followers(w: Work, directive: Directive, found: Mapping[str, Any]) -> dict[int, list[Wanted]]:
    """What is to be owed in the place of these, by round; without what stands already."""
    stand = set(w.session.scalars(select(Delivery.uid).where(Delivery.uid.in_(found))))
    bringing, reminding = (
        [row for row in found.values() if (row.round == REMINDER_ROUND) is r] for r in (False, True)
    )
    by_recipient = {
        (one.recipient, asked): one
        for asked, rows in ((UNSIGNED, bringing), (OPEN, reminding))
        for one in _waiting(w, directive, {row.recipient_id for row in rows}, "site", NOBODY, asked)
    }
    rounds: dict[int, list[Wanted]] = {}
    for uid, row in found.items():
        after = by_recipient.get((row.recipient_id, OPEN if row.round == REMINDER_ROUND else UNSIGNED))
        if after is not None and uid not in stand:
            named = after.target.account == row.account_id
            target = Target(after.target.place, row.account_id)
            follower = Wanted(after.recipient, target, named, after.webhook, row.rung, uid)
            rounds.setdefault(row.round, []).append(follower)
    return rounds


def drop_owed(w: Work, directive_id: int) -> None:
    """Nothing more is sent of this order; the event that ends the order, told by the caller, covers it.

    A letter that is under way at this moment may still arrive.
    """
    w.session.execute(
        update(Delivery)
        .where(Delivery.directive_id == directive_id, Delivery.state == DELIVERY.start)
        .values(state="dropped", since=w.now, version=Delivery.version + 1, lease=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )
