"""Marks of a site's day, as pressed on a device with or without a network: each is kept once, by its own moment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from region.care.actions import tasks
from region.care.models import CareTask
from region.care.states import TASK
from region.quarantine.actions import handing
from region.quarantine.models import Handover
from region.spine.errors import Fault, Forbidden, Invalid, Missing, Refused
from region.spine.work import Work
from region.tracing.actions import contacts
from region.tracing.models import Contact

OLDEST = timedelta(days=3)
"""How long ago something may have been done that a device tells now."""
AHEAD = timedelta(minutes=10)
"""By so much a device's clock may be before ours."""


@dataclass(frozen=True)
class Mark:
    """One line was done, or not done for a reason of the pack; `uid` is the device's own word for the press."""

    uid: str
    key: str
    verb: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class Kept:
    """What became of a mark: ``done`` (also when it stood already by the same hand) or ``refused`` with the fault."""

    uid: str
    fault: Fault | None = None


def keep(w: Work, marks: Sequence[Mark]) -> list[Kept]:
    """Keep marks in the order of their moments, each by itself: a refused one takes no other with it.

    Sent again they change nothing and give the same answer. Refused (``day-other-hand``) where somebody else marked the
    line before: nothing is overwritten, and the device shows it.
    """
    w.need("care.do")
    found = {one.uid: _keep(w, one) for one in sorted(marks, key=lambda one: one.at)}
    return [found[one.uid] for one in marks]


def _keep(w: Work, mark: Mark) -> Kept:
    told = len(w.told)
    try:
        with w.session.begin_nested():
            _by_kind(w, mark)
    except (Invalid, Missing, Refused, Forbidden) as fault:
        del w.told[told:]
        return Kept(mark.uid, fault)
    return Kept(mark.uid)


def _by_kind(w: Work, mark: Mark) -> None:
    if not w.now - OLDEST <= mark.at <= w.now + AHEAD:
        raise Invalid("done-at-wrong", field="at")
    kind, _, id = mark.key.partition(":")
    act = MARKS.get((kind, mark.verb))
    if act is None or not (id.isascii() and id.isdecimal() and len(id) <= 15):
        raise Invalid("no-such-mark", field="key")
    act(w, int(id), mark)


def _task(w: Work, id: int, mark: Mark) -> None:
    task = w.get(CareTask, id)
    if task.state in TASK.ends:
        if _stands(w, task, mark):
            return
        raise Refused("day-other-hand", state=task.state)
    if mark.verb == "do":
        tasks.do(w, [task], at=mark.at)
    else:
        tasks.fail(w, [task], mark.reason, at=mark.at)


def _stands(w: Work, task: CareTask, mark: Mark) -> bool:
    """Whether this very mark, by this very hand, was kept before."""
    same = task.state == TASK.find(mark.verb, TASK.start).target and task.done_by == w.actor.name
    return same and (mark.verb == "do" or task.reason == mark.reason)


def _contact(w: Work, id: int, mark: Mark) -> None:
    contacts.move(w, [w.get(Contact, id)], "land", at=mark.at)


def _handover(w: Work, id: int, mark: Mark) -> None:
    row = w.get(Handover, id)
    if row.state == "signed":
        if row.taken_by == w.actor.name:
            return
        raise Refused("day-other-hand", state=row.state)
    handing.sign(w, row, at=mark.at)


MARKS: dict[tuple[str, str], Callable[[Work, int, Mark], None]] = {
    ("care", "do"): _task,
    ("care", "fail"): _task,
    ("contact", "do"): _contact,
    ("handover", "do"): _handover,
}
"""What may be marked, by the kind of the line and what is done with it."""
