"""Tasks of care are made once, by thousands, and done, not done for a reason, or cancelled."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from region.care import groups
from region.care.actions import siting, testing
from region.care.events import TasksMade, TasksMoved
from region.care.models import CareTask
from region.care.states import PACK, TASK
from region.spine import bulk
from region.spine.errors import Invalid
from region.spine.work import Work

AT_ONCE = 5000
TOLD = 500
"""Tasks that one event names at most."""


@dataclass(frozen=True)
class NewTask:
    """One thing to do: `key` makes it once; without `due_at` it is due after the pack's limit, without `site` the site
    that serves the home does it."""

    key: str
    person: int
    place: int
    kind: str
    ref: str
    due_at: datetime | None = None
    site: int | None = None


def make(w: Work, given: Sequence[NewTask]) -> list[int]:
    """Make tasks, each key once; the ids of the new ones. Invalid (``no-such-task``) for a kind the pack lacks."""
    kinds = groups.named(w, "task")
    for one in given:
        if one.kind not in kinds:
            raise Invalid("no-such-task", field="kind", kind=one.kind)
    for place in sorted({one.place for one in given}):
        w.need("care.assign", place)
    fresh = _fresh(w, given)
    doers = siting.doers(w, {(one.person, one.place) for one in fresh})
    limit = w.rules.duration(PACK, TASK.limits[TASK.start])
    rows = [_row(w, one, doers[one.person, one.place], one.due_at or w.now + limit) for one in fresh]
    for page in _pages(rows):
        w.session.execute(insert(CareTask), page)
    _tell_made(w, rows)
    return _ids(w, [row["key"] for row in rows])


def _fresh(w: Work, given: Sequence[NewTask]) -> list[NewTask]:
    by_key = {one.key: one for one in given}
    standing: set[str] = set()
    with w.beyond_scope("a task stands once, whoever is to do it"):
        for page in _pages(list(by_key)):
            wanted = select(CareTask.key).where(bulk.among(w.session, CareTask.key, page))
            standing.update(w.session.scalars(wanted))
    return [one for key, one in by_key.items() if key not in standing]


def _ids(w: Work, keys: Sequence[str]) -> list[int]:
    found: list[int] = []
    for page in _pages(keys):
        wanted = select(CareTask.id).where(bulk.among(w.session, CareTask.key, page))
        found += w.session.scalars(wanted.order_by(CareTask.id))
    return found


def _row(w: Work, one: NewTask, doer: siting.Doer, due: datetime) -> dict[str, Any]:
    return {
        "realm": w.realm,
        "key": one.key,
        "person_id": one.person,
        "place_id": one.place,
        "site_id": one.site or doer.site,
        "kind": one.kind,
        "ref": one.ref,
        "from_at": w.now,
        "due_at": due,
        "facts": doer.facts,
        "state": TASK.start,
        "since": w.now,
        "version": 1,
    }


def _tell_made(w: Work, rows: Sequence[Mapping[str, Any]]) -> None:
    for (site, kind), number in sorted(Counter((row["site_id"], row["kind"]) for row in rows).items()):
        w.tell(TasksMade(tasks=number, kind=kind, place=site))


def do(w: Work, tasks: Sequence[CareTask], *, at: datetime | None = None) -> None:
    """Tasks were done, now or `at` a moment before; what is done stays done. A sample counts as a test."""
    done = _moved(w, tasks, "do")
    for task in done:
        task.done_at, task.done_by = min(at or w.now, w.now), w.actor.name
    _tell_moved(w, [(task.site_id, task.id) for task in done], "do", at=at)
    samples = [task.person_id for task in done if task.kind == "sample_at_home"]
    if samples:
        testing.note(w, samples, at or w.now)


def fail(w: Work, tasks: Sequence[CareTask], reason: str) -> None:
    """Tasks could not be done; Invalid (``no-such-reason``) for no reason of the pack."""
    if reason not in w.rules.value(PACK, "not_done_reasons"):
        raise Invalid("no-such-reason", field="reason")
    failed = _moved(w, tasks, "fail")
    for task in failed:
        task.reason, task.done_at, task.done_by = reason, w.now, w.actor.name
    _tell_moved(w, [(task.site_id, task.id) for task in failed], "fail")


def cancel(w: Work, tasks: Sequence[CareTask]) -> None:
    """Tasks are no longer needed."""
    gone = _moved(w, tasks, "cancel")
    for task in gone:
        task.reason = "not_needed"
    _tell_moved(w, [(task.site_id, task.id) for task in gone], "cancel")


def _moved(w: Work, tasks: Sequence[CareTask], verb: str) -> list[CareTask]:
    """Those that moved; one that came to this end already is pressed twice, or sent twice, and left as it is."""
    move = TASK.find(verb, TASK.start)
    open_ = [task for task in tasks if task.state != move.target]
    for task in open_:
        mine = w.may(move.by, task.site_id)
        TASK.move(w, task, verb, place=task.site_id if mine else task.place_id)
        task.late_at = None
    return open_


def end(w: Work, which: ColumnElement[bool], verb: str, reason: str) -> int:
    """End all waiting tasks of a condition at once, for a reason of the pack; how many. The caller has the right."""
    target = TASK.find(verb, TASK.start).target
    wanted = select(CareTask.site_id, CareTask.id).where(CareTask.state == TASK.start, which)
    found = [(site, id) for site, id in w.session.execute(wanted.order_by(CareTask.site_id, CareTask.id))]
    for page in _pages([id for _, id in found]):
        w.session.execute(
            update(CareTask)
            .where(bulk.among(w.session, CareTask.id, page))
            .values(
                state=target,
                since=w.now,
                done_at=w.now if verb == "do" else None,
                reason=reason,
                late_at=None,
                version=CareTask.version + 1,
            )
        )
    _tell_moved(w, found, verb)
    return len(found)


def late(w: Work) -> int:
    """Tasks whose time is over and that still wait are late from now on, which is told once; how many."""
    over = (CareTask.state == TASK.start, CareTask.due_at < w.now, CareTask.late_at.is_(None))
    wanted = select(CareTask.site_id, CareTask.id).where(*over).order_by(CareTask.site_id, CareTask.id)
    found = [(site, id) for site, id in w.session.execute(wanted)]
    for page in _pages([id for _, id in found]):
        those = update(CareTask).where(bulk.among(w.session, CareTask.id, page))
        w.session.execute(those.values(late_at=w.now, version=CareTask.version + 1))
    _tell_moved(w, found, "late")
    return len(found)


def _tell_moved(w: Work, moved: Sequence[tuple[int, int]], verb: str, *, at: datetime | None = None) -> None:
    sites: dict[int, list[int]] = defaultdict(list)
    for site, id in moved:
        sites[site].append(id)
    for site, ids in sites.items():
        for first in range(0, len(ids), TOLD):
            w.tell(TasksMoved(tasks=tuple(ids[first : first + TOLD]), verb=verb, place=site), happened_at=at)


def _pages(rows: Sequence[Any]) -> Iterator[list[Any]]:
    return (list(rows[first : first + AT_ONCE]) for first in range(0, len(rows), AT_ONCE))
