"""Tubes at the laboratory: scanned in one by one or a box at a time, rejected with a reason, counted by its day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from region.formats.codes.tubes import read_code
from region.sampling.actions import tallying
from region.sampling.actions.worklist import raise_item
from region.sampling.events.field import TubesReceived, TubesRejected
from region.sampling.models import LabDay, Tube
from region.sampling.states import PACK, TUBE
from region.spine import bulk
from region.spine.errors import Invalid, Missing
from region.spine.work import Work

RECEIVES = "sampling.receive"
AT_ONCE = 1000
NOT_FOUND, BY_SCAN = "unknown_tube", "scan"
"""The kind of work-list item for a tube that is not in the books, and how its `other` begins: the laboratory follows,
for what one has scanned says nothing of what another has."""
HERE_ALREADY = ("received", "reported")


@dataclass(frozen=True)
class Scanned:
    """What came of a scan of codes: tubes new here, here before, not in the books, of another box, not readable."""

    received: int = 0
    again: int = 0
    unknown: tuple[str, ...] = ()
    stray: int = 0
    unread: tuple[tuple[str, str], ...] = ()
    """Text and reason of `formats.codes.tubes.read_code`."""


def receive_tubes(w: Work, lab: int, codes: Sequence[str], box: int | None = None) -> Scanned:
    """A laboratory scans tubes in; `box` (an id) while it unpacks one. Scanning one twice changes nothing.

    A code that is not in the books, or of a tube that was open, void, lost or rejected, goes on the work-list.
    """
    w.need(RECEIVES, lab)
    readings = {text: read_code(text) for text in codes}
    unread = tuple((text, one.reason or "") for text, one in readings.items() if one.value is None)
    wanted = list(dict.fromkeys(one.value for one in readings.values() if one.value is not None))
    found = {row.code: row for row in _named(w, lab, wanted)}
    ids = [row.id for row in found.values() if row.state in TUBE.sources("receive")]
    here = [row for row in found.values() if row.state in HERE_ALREADY]
    unknown = [code for code in wanted if code not in found or found[code].state not in _fit()]
    for code in unknown:
        state = found[code].state if code in found else "missing"
        facts = {"state": state, "by": w.actor.name}
        raise_item(w, NOT_FOUND, lab, code, other=f"{BY_SCAN}:{lab}", lab=lab, facts=facts)
    stray = sum(box is not None and row.box_id not in (None, box) for row in found.values())
    return Scanned(
        take_in(w, lab, Tube.id.in_(ids), box) if ids else 0, len(here), tuple(unknown), stray, unread
    )


def _fit() -> tuple[str, ...]:
    return (*TUBE.sources("receive"), *HERE_ALREADY)


def _named(w: Work, lab: int, codes: Sequence[str]) -> Iterable[Any]:
    columns = (Tube.id, Tube.code, Tube.state, Tube.box_id)
    with w.beyond_scope("a tube that no laboratory was named for is known to the one that holds it"):
        for start in range(0, len(codes), AT_ONCE):
            wanted = select(*columns).where(Tube.code.in_(codes[start : start + AT_ONCE]), _for(lab))
            yield from w.session.execute(wanted.where(Tube.contested.is_(False))).all()


def _for(lab: int) -> ColumnElement[bool]:
    return or_(Tube.lab_id == lab, Tube.lab_id.is_(None))


def take_in(w: Work, lab: int, which: ColumnElement[bool], box: int | None) -> int:
    """Receive all closed tubes that `which` names, in one statement; the laboratory's day counts them. How many."""
    named = update(Tube).where(which, _for(lab), Tube.state.in_(TUBE.sources("receive")))
    values = {"state": "received", "since": w.now, "received_at": w.now, "lab_id": lab}
    with w.beyond_scope("a tube that no laboratory was named for is received by the one that holds it"):
        received = _changed(w, named.values(values))
    if received:
        count_day(w, lab, received=received)
        w.tell(TubesReceived(laboratory=lab, received=received, box=box, place=lab))
    return received


def _changed(w: Work, statement: Any) -> int:
    outcome: Any = w.session.execute(statement, execution_options={"synchronize_session": False})
    return int(outcome.rowcount)


def count_day(w: Work, lab: int, *, received: int = 0, rejected: int = 0) -> None:
    """Add to the kept counts of the laboratory's day, a day of the region."""
    row = {
        "realm": w.realm,
        "place_id": lab,
        "day": w.office.clock.day(w.now),
        "received": received,
        "rejected": rejected,
    }
    key = ("realm", "place_id", "day")
    bulk.put(w.session, LabDay, [row], key, received=bulk.added, rejected=bulk.added)


def tube_here(w: Work, lab: int, code: str) -> Tube:
    """The tube of this code that is for the laboratory. Invalid (``tube-code-unreadable``); Missing."""
    reading = read_code(code)
    if reading.value is None:
        raise Invalid("tube-code-unreadable", field="code", reason=reading.reason)
    wanted = select(Tube).where(Tube.code == reading.value, Tube.lab_id == lab, Tube.contested.is_(False))
    found = w.session.scalars(wanted).first()
    if found is None:
        raise Missing("no-such", what="tube", id=reading.value)
    return found


def reject(w: Work, lab: int, tubes: Sequence[int], reason: str) -> int:
    """The laboratory cannot use tubes: with a reason of the pack, and their people due again. How many were new.

    Invalid (``reject-reason-unknown``); Missing for a tube that is not for it; Refused for one that has a result.
    """
    w.need(RECEIVES, lab)
    if reason not in w.rules.value(PACK, "reject_reasons"):
        raise Invalid("reject-reason-unknown", field="reason")
    ids = sorted(set(tubes))
    states = dict(_states(w, lab, ids))
    if len(states) < len(ids):
        raise Missing("no-such", what="tube", id=next(one for one in ids if one not in states))
    for state in set(states.values()) - {"rejected"}:
        TUBE.find("reject", state)
    fresh = [id for id in ids if states[id] != "rejected"]
    if fresh:
        _throw_out(w, lab, fresh, reason)
    return len(fresh)


def _throw_out(w: Work, lab: int, ids: Sequence[int], reason: str) -> None:
    named = update(Tube).where(Tube.id.in_(ids), Tube.state.in_(TUBE.sources("reject")))
    _changed(w, named.values(state="rejected", since=w.now, reject_reason=reason))
    tallying.uncount(w, ids, "rejected")
    count_day(w, lab, rejected=len(ids))
    w.tell(TubesRejected(laboratory=lab, reason=reason, tubes=tuple(ids), place=lab))


def _states(w: Work, lab: int, ids: Sequence[int]) -> Iterable[tuple[int, str]]:
    # Locked, so that of two rejections, or a rejection and a result, at once the second sees the first.
    wanted = select(Tube.id, Tube.state).where(Tube.id.in_(ids), Tube.lab_id == lab).with_for_update()
    return [(row.id, row.state) for row in w.session.execute(wanted)]
