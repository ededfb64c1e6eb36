"""Many stays are changed at once, under a token (a double click is one), and undone while none of them moved on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, insert, literal, select, update

from region.incidents.models import Incident
from region.quarantine.actions import assigning, clocks, moving, planning, restoring
from region.quarantine.events import BatchKept, StaysReplanned
from region.quarantine.models import Stay, StayBatch, StayChange
from region.quarantine.queries import worklist
from region.quarantine.regimen import of_doc
from region.quarantine.states import PACK
from region.spine import bulk
from region.spine.errors import Invalid, Missing, Refused
from region.spine.work import Work

AT_ONCE = 5000
EXTEND = "extend"
HOME = "home"


@dataclass(frozen=True)
class Wanted:
    """One change of many: ``cancel`` (`reason`), ``home``, ``extend`` (`until`, `reason`) or ``site`` (`site`)."""

    verb: str
    reason: str | None = None
    note: str = ""
    until: date | None = None
    site: int | None = None


def change(w: Work, ids: Sequence[int], wanted: Wanted, *, token: str) -> StayBatch:
    """Change these stays; those to which it does not apply are left alone. The same token is the same change.

    Invalid: ``no-such-change``, ``no-such-reason``; Missing for a stay beyond scope; Refused ``no-stay-changes`` (it
    applies to none), and what each change refuses.
    """
    if stands := w.session.scalars(select(StayBatch).where(StayBatch.token == token[:40])).first():
        return stands
    stays = _stays(w, ids)
    todo = [stay for stay in stays if worklist.applies(stay, wanted.verb, wanted.until, wanted.site)]
    if not todo:
        raise Refused("no-stay-changes")
    about = _about(w, todo)
    batch = w.add(
        StayBatch(
            place_id=about["place"],
            verb=wanted.verb,
            token=token[:40],
            stays=len(todo),
            reason=wanted.note or wanted.reason or "",
            made_at=w.now,
            made_by=w.actor.name,
        )
    )
    _keep_before(w, batch, todo)
    _CHANGES[wanted.verb](w, todo, wanted)
    _keep_versions(w, batch)
    w.tell(BatchKept(batch=batch.id, verb=wanted.verb, stays=len(todo), **about))
    return batch


def undo(w: Work, batch: StayBatch) -> int:
    """Put all stays back as they were before; how many. Undone twice is once.

    Refused: ``batch-changed`` (so many of them changed since), ``batch-lengthens`` (approved rules are not undone: that
    would make running restrictions longer).
    """
    if batch.undone_at is not None:
        return 0
    if batch.verb not in worklist.VERBS:
        raise Refused("batch-lengthens")
    changes = select(StayChange, Stay).join(Stay, Stay.id == StayChange.stay_id)
    rows = w.session.execute(changes.where(StayChange.batch_id == batch.id).order_by(Stay.id)).all()
    if len(rows) < batch.stays:
        raise Missing("no-such", what="batch", id=batch.id)
    for place in sorted({stay.place_id for _, stay in rows}):
        w.need(worklist.NEEDS[batch.verb], place)
    if moved := sum(stay.version != change.after_version for change, stay in rows):
        raise Refused("batch-changed", changed=moved, of=batch.stays)
    restoring.restore(w, [(stay, change.before) for change, stay in rows])
    batch.undone_at, batch.undone_by = w.now, w.actor.name
    w.session.flush()
    about = _about(w, [stay for _, stay in rows])
    w.tell(StaysReplanned(stays=tuple(stay.id for _, stay in rows), why="undo", **about))
    w.tell(BatchKept(batch=batch.id, verb="undo", stays=batch.stays, **about))
    return batch.stays


def _stays(w: Work, ids: Sequence[int]) -> list[Stay]:
    found: list[Stay] = []
    for part in _parts(sorted(set(ids))):
        these = select(Stay).where(bulk.among(w.session, Stay.id, part)).order_by(Stay.id)
        found.extend(w.session.scalars(these))
    known = {stay.id for stay in found}
    for id in ids:
        if id not in known:
            raise Missing("no-such", what="stay", id=id)
    return found


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


def _about(w: Work, stays: Sequence[Stay]) -> dict[str, int]:
    """Where it belongs: the place that they share, else their incident's; of one incident alone."""
    if len({stay.incident_id for stay in stays}) > 1:
        raise Refused("one-incident-at-once")
    about = clocks.about(w, stays)
    if len({stay.place_id for stay in stays}) == 1:
        return about | {"place": stays[0].place_id}
    with w.beyond_scope("the place of an incident may be known to whoever answers for its people"):
        return about | {"place": w.get(Incident, about["incident"]).place_id}


def _keep_before(w: Work, batch: StayBatch, stays: Sequence[Stay]) -> None:
    """What they were, written by the database itself: documents of thousands are slow to send."""
    build = func.jsonb_build_object if _postgres(w) else func.json_object
    said = [part for name in restoring.KEPT for part in (name, _column(w, name))]
    for part in _parts([stay.id for stay in stays]):
        rows = select(literal(batch.id), Stay.id, literal(w.realm), build(*said), literal(0))
        rows = rows.where(bulk.among(w.session, Stay.id, part))
        columns = ["batch_id", "stay_id", "realm", "before", "after_version"]
        w.session.execute(insert(StayChange).from_select(columns, rows))


def _postgres(w: Work) -> bool:
    return w.session.get_bind().dialect.name == "postgresql"


def _column(w: Work, name: str) -> Any:
    column = getattr(Stay, name)
    return func.json(column) if name == "plan" and not _postgres(w) else column


def _keep_versions(w: Work, batch: StayBatch) -> None:
    w.session.flush()
    now = select(Stay.version).where(Stay.id == StayChange.stay_id).scalar_subquery()
    these = update(StayChange).where(StayChange.batch_id == batch.id).values(after_version=now)
    w.session.execute(these, execution_options={"synchronize_session": False})


def _cancel(w: Work, stays: Sequence[Stay], wanted: Wanted) -> None:
    moving.move(w, stays, "cancel", reason=wanted.reason, note=wanted.note)


def _home(w: Work, stays: Sequence[Stay], wanted: Wanted) -> None:
    """Served at home in place of a site, where the schedule has that way or somebody has special needs."""
    _may(w, stays, HOME)
    for stay in stays:
        schedule = planning.schedule_of(w, stay.pack, stay.category, stay.pack_digest)
        plan = planning.in_mode(of_doc(stay.plan), schedule, worklist.AT_HOME, stay.care_needs)
        stay.plan, stay.mode, stay.transfer_due_at = plan.as_doc(), worklist.AT_HOME, None
        stay.site_id, stay.version = None, stay.version + 1
    _replanned(w, stays, "moved_home")


def _extend(w: Work, stays: Sequence[Stay], wanted: Wanted) -> None:
    """Restrictions stand until the end of a later day, for a reason of the pack."""
    _may(w, stays, EXTEND)
    if wanted.reason not in w.rules.value(PACK, "release.reasons") or wanted.reason == "expired":
        raise Invalid("no-such-reason", field="reason", reason=(wanted.reason or "")[:24])
    until = _end_of(w, wanted.until or w.office.clock.day(w.now))
    for stay in stays:
        if until <= max(w.now, stay.expires_at):
            raise Refused("not-later", stay=stay.id)
        stay.expires_at, stay.version = until, stay.version + 1
        stay.end_note = wanted.note or stay.end_note
    _replanned(w, stays, wanted.reason or "")


def _to_site(w: Work, stays: Sequence[Stay], wanted: Wanted) -> None:
    assigning.to_site(w, stays, wanted.site or 0)


def _may(w: Work, stays: Sequence[Stay], verb: str) -> None:
    for place in sorted({stay.place_id for stay in stays}):
        w.need(worklist.NEEDS[verb], place)


def _replanned(w: Work, stays: Sequence[Stay], why: str) -> None:
    w.session.flush()
    ids = tuple(stay.id for stay in stays)
    w.tell(StaysReplanned(stays=ids, why=why, **clocks.about(w, stays)))


def _end_of(w: Work, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), w.office.clock.zone).astimezone(UTC)


_CHANGES: Mapping[str, Callable[[Work, Sequence[Stay], Wanted], None]] = {
    "cancel": _cancel,
    HOME: _home,
    EXTEND: _extend,
    "site": _to_site,
}
