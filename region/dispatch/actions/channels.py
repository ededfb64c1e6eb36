"""The health of channels: what lanes saw, an ailing one demoted and what it owes diverted, a recovered one restored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from region.dispatch.delivery import demote, stranded
from region.dispatch.events import ChannelDemoted, ChannelRestored, DeliveriesDiverted
from region.dispatch.letters import PACK, THROTTLED, Outcome
from region.dispatch.models import ChannelMinute, ChannelState, Delivery, Directive, Hold
from region.dispatch.reach import UNSENT, WEBHOOK, resting, rests
from region.dispatch.states import DELIVERY
from region.dispatch.wave import owe_look_at
from region.spine.rulebook import Rulebook
from region.spine.work import Work

PIECE = 5000
"""Deliveries diverted in one transaction."""
JUDGED_APART = UNSENT | {WEBHOOK}
"""Each site is its own provider there: one that ails says nothing of the others."""


@dataclass(frozen=True)
class Measure:
    """When a channel is called ailing (values ``channels.*`` of the pack of directives); real time."""

    window: timedelta
    least: int
    slow_after: timedelta
    slow_share: float
    failed_share: float
    rest: timedelta

    @classmethod
    def of(cls, rules: Rulebook) -> Measure:
        """The measure in force."""
        return cls(
            window=rules.duration(PACK, "channels.window"),
            least=int(rules.value(PACK, "channels.least_tries")),
            slow_after=rules.duration(PACK, "channels.slow_after"),
            slow_share=float(rules.value(PACK, "channels.slow_share")),
            failed_share=float(rules.value(PACK, "channels.failed_share")),
            rest=rules.duration(PACK, "channels.rest"),
        )


@dataclass(frozen=True)
class Seen:
    """Tries on one channel: how many, how many of them slow, how many failed by the provider's fault."""

    tried: int = 0
    slow: int = 0
    failed: int = 0

    def ails(self, measure: Measure, least: int | None = None) -> str | None:
        """Why it is ailing: `failing` or `slow`; None when it is well, or too few tries say otherwise."""
        if self.tried < max(1, measure.least if least is None else least):
            return None
        if self.failed >= measure.failed_share * self.tried:
            return "failing"
        return "slow" if self.slow >= measure.slow_share * self.tried else None


def heed(w: Work, lane: str, outcomes: Iterable[Outcome]) -> frozenset[str]:
    """Take note of what a lane saw, demote and restore channels by it; gives the channels that are at rest now."""
    w.need("system.operate")
    measure = Measure.of(w.rules)
    for channel, seen in sorted(_seen(outcomes, measure).items()):
        _note(w, channel, lane, seen)
        _judge(w, channel, seen, measure)
    return resting(w)


def _seen(outcomes: Iterable[Outcome], measure: Measure) -> dict[str, Seen]:
    found: dict[str, list[Outcome]] = {}
    for one in outcomes:
        # A bad address says nothing of the provider, nor does a letter that was not tried.
        if one.letter.channel not in JUDGED_APART and one.kind in ("made", "retry"):
            found.setdefault(one.letter.channel, []).append(one)
    limit = measure.slow_after.total_seconds()
    return {
        channel: Seen(
            len(tries),
            sum(one.kind == "made" and one.seconds >= limit for one in tries),
            sum(one.kind == "retry" and one.reason != THROTTLED for one in tries),
        )
        for channel, tries in found.items()
    }


def _note(w: Work, channel: str, lane: str, seen: Seen) -> None:
    minute = w.real_now.replace(second=0, microsecond=0)
    wanted = select(ChannelMinute).where(
        ChannelMinute.channel == channel, ChannelMinute.minute == minute, ChannelMinute.lane == lane
    )
    row = w.session.scalar(wanted)
    if row is None:
        row = w.add(ChannelMinute(channel=channel, minute=minute, lane=lane, tried=0, slow=0, failed=0))
    row.tried, row.slow, row.failed = row.tried + seen.tried, row.slow + seen.slow, row.failed + seen.failed
    w.session.flush()


def _judge(w: Work, channel: str, seen: Seen, measure: Measure) -> None:
    """By the window, or by this one batch where it is large enough: ten good minutes do not hide a sudden end."""
    state = w.session.get(ChannelState, channel, populate_existing=True)
    if state is not None and state.state == "demoted":
        if state.until is not None and state.until <= w.real_now:
            _judge_probe(w, state, seen, measure)
        return
    over = _over(w, channel, measure, None if state is None else state.since)
    reason = seen.ails(measure) or over.ails(measure)
    if reason is not None:
        _demote(w, channel, state, reason, seen if seen.ails(measure) else over, measure)


def _judge_probe(w: Work, state: ChannelState, seen: Seen, measure: Measure) -> None:
    """One letter decides."""
    reason = seen.ails(measure, least=1)
    if reason is not None:
        _demote(w, state.id, state, reason, seen, measure)
        return
    if seen.failed == 0 and seen.tried > 0:
        state.state, state.reason, state.until = "well", None, None
        state.since, state.version = w.real_now, state.version + 1
        w.tell(ChannelRestored(channel=state.id))


def _over(w: Work, channel: str, measure: Measure, since: datetime | None) -> Seen:
    """What all lanes saw in the window, of the time since the channel was last restored."""
    begin = w.real_now - measure.window
    if since is not None:
        begin = max(begin, since)
    wanted = select(
        func.coalesce(func.sum(ChannelMinute.tried), 0),
        func.coalesce(func.sum(ChannelMinute.slow), 0),
        func.coalesce(func.sum(ChannelMinute.failed), 0),
    ).where(ChannelMinute.channel == channel, ChannelMinute.minute >= begin.replace(second=0, microsecond=0))
    return Seen(*(int(number) for number in w.session.execute(wanted).one()))


def _demote(
    w: Work, channel: str, state: ChannelState | None, reason: str, seen: Seen, measure: Measure
) -> None:
    until = w.real_now + measure.rest
    if state is None:
        w.add(ChannelState(id=channel, state="demoted", since=w.real_now, until=until, reason=reason))
    else:
        if state.state != "demoted":
            state.since = w.real_now
        state.state, state.until, state.reason = "demoted", until, reason
        state.version += 1
        w.session.flush()
    w.tell(
        ChannelDemoted(channel=channel, reason=reason, tried=seen.tried, slow=seen.slow, failed=seen.failed)
    )


def divert(w: Work, channel: str, beyond: int = 0) -> int:
    """Drop what a resting channel owes in this realm and nobody holds, and owe the next channel; gives how many.

    A letter that is under way is left to its lane: it arrives, or its failure owes the next channel. What no other
    open channel can bring stays owed, and is put off until the rest is over. `beyond` is where the piece before ended.
    """
    w.need("system.operate")
    rest = rests(w).get(channel)
    well = channel in w.office.installation.channels and rest is None
    if well or channel in JUDGED_APART:
        return 0
    ids = _free(w, channel, beyond)
    diverted = 0
    for directive, owed in sorted(_by_directive(w, ids).items()):
        kept = stranded(w, directive, owed)
        _put_off(w, kept, rest or w.real_now + Measure.of(w.rules).rest)
        diverted += _divert(w, channel, directive, owed - kept)
    if len(ids) == PIECE:
        key = f"divert:{channel}:{w.real_now:%Y%m%dT%H%M%S}:after:{ids[-1]}"  # what was kept is seen once more later
        w.owe("dispatch.divert", key=key, channel=channel, beyond=ids[-1])
    return diverted


def _free(w: Work, channel: str, beyond: int) -> list[int]:
    """A piece of what the channel owes in this realm and nobody holds, locked."""
    free = (Hold.channel == channel, Hold.state == DELIVERY.start, Hold.lease.is_(None))
    wanted = (
        select(Hold.id)
        .where(*free, Hold.realm == w.realm, Hold.id > beyond)
        .order_by(Hold.id)
        .limit(PIECE)
        .with_for_update(skip_locked=True)
    )
    return list(w.session.scalars(wanted))


def _by_directive(w: Work, ids: list[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for id, directive in w.session.execute(
        select(Delivery.id, Delivery.directive_id).where(Delivery.id.in_(ids))
    ):
        found.setdefault(directive, set()).add(id)
    return found


def _put_off(w: Work, ids: set[int], until: datetime) -> None:
    if not ids:
        return
    w.session.execute(
        update(Hold)
        .where(Hold.id.in_(ids), Hold.due_at < until)
        .values(due_at=until)
        .execution_options(synchronize_session=False)
    )
    owe_look_at(w, until)


def _divert(w: Work, channel: str, directive: int, ids: set[int]) -> int:
    """Drop these and owe the next channel; gives how many were dropped."""
    if not ids:
        return 0
    done = w.session.scalars(
        update(Delivery)
        .where(Delivery.id.in_(ids), Delivery.state == DELIVERY.start)
        .values(state="dropped", since=w.now, version=Delivery.version + 1, last_error="diverted")
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    dropped = tuple(sorted(done))
    if dropped:
        w.tell(DeliveriesDiverted(channel=channel, deliveries=dropped, **w.get(Directive, directive).about))
        demote(w, directive, dropped)
    return len(dropped)
