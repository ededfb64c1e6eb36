"""How the channels fare, for the desk: which are switched on, well or at rest and why, and what they still owe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from region.dispatch.letters import PACK
from region.dispatch.models import ChannelMinute, ChannelState, Delivery
from region.dispatch.reach import UNSENT, sent_channels
from region.dispatch.states import DELIVERY
from region.spine.work import Work


@dataclass(frozen=True)
class Channel:
    """One channel; `state` is well, demoted or off, and `again_at` the real instant from which a letter may probe it.

    `tried`, `slow` and `failed` are of the pack's window, of all realms; `owed` is what this realm's letters in the
    reader's places still wait for.
    """

    name: str
    configured: bool
    state: str
    reason: str | None
    since: datetime | None
    again_at: datetime | None
    tried: int
    slow: int
    failed: int
    owed: int


def known_channels(w: Work) -> list[str]:
    """The channels that the pack's table names, in its order."""
    rows = w.rules.pack(PACK).document.tables["channels"].rows
    return list(
        dict.fromkeys(name for row in rows for part in ("at_once", "next") for name in row.then[part])
    )


def channels(w: Work) -> list[Channel]:
    """Every channel that the pack names, in its order."""
    states = {row.id: row for row in w.session.scalars(select(ChannelState))}
    figures, owed = _figures(w), _owed(w)
    usable = sent_channels(w) | UNSENT
    found = []
    for name in known_channels(w):
        row, (tried, slow, failed) = states.get(name), figures.get(name, (0, 0, 0))
        state = "well" if row is None else row.state
        found.append(
            Channel(
                name=name,
                configured=name in usable,
                state=state if name in usable else "off",
                reason=None if row is None else row.reason,
                since=None if row is None else row.since,
                again_at=None if row is None else row.until,
                tried=tried,
                slow=slow,
                failed=failed,
                owed=owed.get(name, 0),
            )
        )
    return found


def _figures(w: Work) -> dict[str, tuple[int, int, int]]:
    begin = (w.real_now - w.rules.duration(PACK, "channels.window")).replace(second=0, microsecond=0)
    wanted = (
        select(
            ChannelMinute.channel,
            func.sum(ChannelMinute.tried),
            func.sum(ChannelMinute.slow),
            func.sum(ChannelMinute.failed),
        )
        .where(ChannelMinute.minute >= begin)
        .group_by(ChannelMinute.channel)
    )
    return {
        name: (int(tried), int(slow), int(failed)) for name, tried, slow, failed in w.session.execute(wanted)
    }


def _owed(w: Work) -> dict[str, int]:
    wanted = (
        select(Delivery.channel, func.count())
        .where(Delivery.state == DELIVERY.start)
        .group_by(Delivery.channel)
    )
    return {name: int(count) for name, count in w.session.execute(wanted)}
