"""People go when the conditions of the pack are met; earlier or later only with a reason; never beyond the last day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from region.quarantine.actions import moving, planning
from region.quarantine.events import ReleaseReady, StaysReplanned
from region.quarantine.models import Stay
from region.quarantine.queries.checklists import WATCHED
from region.quarantine.queries.tests import judged
from region.quarantine.states import PACK, STAY
from region.spine import bulk
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

EXPIRED = "expired"
VERBS = {"in_site": "release", "returning": "close", "at_home": "close"}
"""How somebody goes, by where he is; whoever never came is cancelled instead."""
AT_ONCE = 1000
"""So many stays are ended in one go when their restrictions expire."""


def look(w: Work, stays: Sequence[Stay]) -> list[int]:
    """Judge the stage that each stay is in; those whose conditions are met now are told, once a stage.

    A stage at home that another one follows goes over into it by itself. The stays that are ready to go.
    """
    waiting = [stay for stay in stays if stay.state in WATCHED and stay.met_stage != stay.stage]
    verdicts = judged(w, waiting)
    met = [stay for stay in waiting if verdicts[stay.id].met]
    onward = [stay for stay in met if stay.state == "at_home" and stay.stage + 1 < len(stay.plan["stages"])]
    _go_on(w, onward)
    ready = [stay for stay in met if stay not in set(onward)]
    _mark(w, ready)
    for (place, incident), ids in _by_place(ready).items():
        w.tell(ReleaseReady(stays=ids, place=place, incident=incident))
    return [stay.id for stay in ready]


def _mark(w: Work, stays: Sequence[Stay]) -> None:
    """Set-based: a night finds tens of thousands."""
    if not stays:
        return
    ids = bulk.among(w.session, Stay.id, [stay.id for stay in stays])
    met = update(Stay).where(ids).values(met_at=func.coalesce(Stay.met_at, w.now), met_stage=Stay.stage)
    w.session.execute(met, execution_options={"synchronize_session": False})
    for stay in stays:
        w.session.expire(stay, ["met_at", "met_stage"])


def _go_on(w: Work, stays: Sequence[Stay]) -> None:
    for stay in stays:
        stay.stage, stay.version = stay.stage + 1, stay.version + 1
        stay.mode = stay.plan["stages"][stay.stage]["mode"]
    w.session.flush()
    for (place, incident), ids in _by_place(stays).items():
        w.tell(StaysReplanned(stays=ids, why="next_stage", place=place, incident=incident))


def _by_place(stays: Sequence[Stay]) -> dict[tuple[int, int], tuple[int, ...]]:
    """Their ids by the place that answers for them and their incident."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for stay in stays:
        here = stay.site_id if stay.state == "in_site" and stay.site_id else stay.place_id
        found[here, stay.incident_id].append(stay.id)
    return {key: tuple(sorted(ids)) for key, ids in sorted(found.items())}


def release(w: Work, stays: Sequence[Stay], reason: str | None = None, note: str = "") -> list[int]:
    """Let people go: from a site onto the way home, at home altogether. Those on their way already are left alone.

    Refused ``release-needs-reason`` where the conditions are not met, or were met longer ago than the limit, and no
    reason is given; Invalid ``no-such-reason`` for one that the pack lacks. The stays that went.
    """
    going = [stay for stay in stays if stay.state in VERBS and not _on_the_way(stay, reason)]
    if reason is not None and reason not in w.rules.value(PACK, "release.reasons"):
        raise Invalid("no-such-reason", field="reason", reason=reason[:24])
    look(w, going)
    if reason is None:
        _in_time(w, going)
    gone = [stay.id for stay in going]
    for verb, these in _by_verb(going).items():
        moving.move(w, these, verb, reason=reason, note=note)
    return gone


def _by_verb(stays: Sequence[Stay]) -> dict[str, list[Stay]]:
    """Which move each of them makes, as they stand now."""
    found: dict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        found[VERBS[stay.state]].append(stay)
    return found


def _on_the_way(stay: Stay, reason: str | None) -> bool:
    """He was released and a stage at home follows: nothing to do but to come home."""
    return stay.state == "returning" and stay.mode != planning.CENTRAL and reason is None


def _in_time(w: Work, stays: Sequence[Stay]) -> None:
    """Refuse to let anybody go before the conditions are met, or past the limit, without a word why."""
    limit = w.rules.duration(PACK, "release.limit")
    verdicts = judged(w, stays)
    for stay in stays:
        if not verdicts[stay.id].met:
            why = verdicts[stay.id].reasons[0]
            raise Refused("release-needs-reason", stay=stay.id, why=why)
        if stay.released_at is None and stay.met_at is not None and w.now - stay.met_at > limit:
            raise Refused("release-needs-reason", stay=stay.id, why="late")


def extend(w: Work, stay: Stay, until: datetime, reason: str, note: str = "") -> None:
    """A restriction stands until a later moment, for a reason of the pack: the only way by which it may.

    Invalid ``no-such-reason``; Refused ``not-later`` (the moment is past, or no later than it expires already).
    """
    w.need("quarantine.release", stay.place_id)
    if reason not in w.rules.value(PACK, "release.reasons") or reason == EXPIRED:
        raise Invalid("no-such-reason", field="reason", reason=reason[:24])
    if stay.state in STAY.ends or until <= max(w.now, stay.expires_at):
        raise Refused("not-later", stay=stay.id)
    stay.expires_at, stay.version = until, stay.version + 1
    stay.end_note = note or stay.end_note
    w.session.flush()
    w.tell(StaysReplanned(stays=(stay.id,), why=reason, place=stay.place_id, incident=stay.incident_id))


def expire(w: Work) -> int:
    """Restrictions whose time is over end, whatever is missing; how many ended in this go."""
    over = (Stay.expires_at <= w.now, Stay.state.not_in(sorted(STAY.ends)))
    stays = list(w.session.scalars(select(Stay).where(*over).order_by(Stay.id).limit(AT_ONCE)))
    by_incident: dict[int, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_incident[stay.incident_id].append(stay)
    for found in by_incident.values():
        _end(w, found)
    return len(stays)


def _end(w: Work, stays: Sequence[Stay]) -> None:
    """Who is in a site is let go and free at once; who never came needs not come."""
    inside = [stay for stay in stays if stay.state == "in_site"]
    under = [stay for stay in stays if stay.state in VERBS]
    never = [stay for stay in stays if stay.state not in VERBS]
    if inside:
        moving.move(w, inside, "release", reason=EXPIRED)
    if under:
        moving.move(w, under, "close", reason=EXPIRED)
    if never:
        moving.move(w, never, "cancel", reason=EXPIRED)
