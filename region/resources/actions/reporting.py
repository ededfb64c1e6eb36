"""A place tells how much capacity it has: beds, rooms, tubes a day, people, vehicles; each number with its moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from region.resources.capacity import AHEAD, NUMBERS, Told, check, kinds_of
from region.resources.events.capacity import CapacityReported
from region.resources.models import Capacity, CapacityReading
from region.spine.errors import Fault, Invalid, Stale
from region.spine.work import Work

Standing = dict[str, tuple[int, datetime]]
"""The numbers of one kind that are known, each with its moment."""


@dataclass(frozen=True)
class Judged:
    """A line that holds: what it tells, for when, and which numbers of it are newer than what stands."""

    told: Told
    at: datetime
    newer: dict[str, int]


@dataclass(frozen=True)
class Outcome:
    """What became of a report: kinds that changed, lines that were known, lines that came too late, and refusals."""

    changed: tuple[str, ...] = ()
    known: int = 0
    older: int = 0
    refused: tuple[tuple[int, Fault], ...] = ()


@dataclass
class _Book:
    """A place's capacity as it would stand after the lines that were judged so far."""

    rows: dict[str, Capacity]
    stands: dict[str, Standing] = field(default_factory=dict)
    judged: list[Judged] = field(default_factory=list)
    refused: list[tuple[int, Fault]] = field(default_factory=list)


def report(w: Work, place: int, lines: Sequence[Told], *, source: str = "portal") -> Outcome:
    """Take over what a place tells of some kinds; the first line that cannot be true refuses all of them.

    A number changes only when its moment is later than the one that stands; what comes late goes into the
    history alone, and the same report again changes nothing. Invalid (``capacity-…``) names kind and field.
    """
    book = _judge(w, place, lines)
    if book.refused:
        raise book.refused[0][1]
    return _keep(w, place, book, source)


def report_each(w: Work, place: int, lines: Sequence[Told], *, source: str) -> Outcome:
    """The same for a program's report: a line that cannot be true is refused by its place in the list, others stand."""
    return _keep(w, place, _judge(w, place, lines), source)


def confirm(w: Work, place: int, seen: Mapping[str, int]) -> Outcome:
    """Nothing changed: the numbers that somebody saw hold now as well; Stale when others stand by now.

    `seen` is the version of each kind that was shown.
    """
    w.need("resources.capacity", place)
    rows = _held(w, place, list(seen))
    if {kind: row.version for kind, row in rows.items()} != dict(seen):
        raise Stale("changed-meanwhile", what="capacity", id=place)
    lines = [
        Told(kind=kind, at=w.now, **{name: getattr(rows[kind], name) for name in NUMBERS}) for kind in seen
    ]
    return report(w, place, [line for line in lines if line.numbers], source="confirmed")


def _held(w: Work, place: int, kinds: Sequence[str]) -> dict[str, Capacity]:
    """What stands of these kinds, locked until the work ends."""
    wanted = select(Capacity).where(Capacity.place_id == place, Capacity.kind.in_(set(kinds)))
    rows = w.session.scalars(
        wanted.order_by(Capacity.kind).with_for_update(), execution_options={"populate_existing": True}
    )
    return {row.kind: row for row in rows}


def _judge(w: Work, place: int, lines: Sequence[Told]) -> _Book:
    w.need("resources.capacity", place)
    book = _Book(_held(w, place, [line.kind for line in lines]))
    for kind, row in book.rows.items():
        book.stands[kind] = {
            name: (getattr(row, name), getattr(row, f"{name}_at"))
            for name in NUMBERS
            if getattr(row, name) is not None
        }
    for number, line in enumerate(lines):
        try:
            book.judged.append(_judge_one(w, book, line))
        except Invalid as fault:
            book.refused.append((number, fault))
    return book


def _judge_one(w: Work, book: _Book, line: Told) -> Judged:
    if line.kind not in kinds_of(w.rules):
        raise Invalid("no-such-capacity", field="kind", kind=line.kind)
    if not line.numbers:
        raise Invalid("capacity-nothing", field="total", kind=line.kind)
    at = line.at or w.now
    if at > w.now + AHEAD:
        raise Invalid("capacity-ahead", field="at", kind=line.kind)
    check(w.rules, line.kind, line.numbers, line.numbers)
    stands = book.stands.setdefault(line.kind, {})
    newer = {name: value for name, value in line.numbers.items() if _is_newer(stands.get(name), value, at)}
    after = {name: value for name, (value, _at) in stands.items()} | newer
    if newer:
        check(w.rules, line.kind, after, newer)
    stands.update((name, (value, at)) for name, value in newer.items())
    return Judged(line, at, newer)


def _is_newer(stands: tuple[int, datetime] | None, value: int, at: datetime) -> bool:
    """Later wins; for the same moment the one that was told last, so that a slip can be mended."""
    return stands is None or at > stands[1] or (at == stands[1] and value != stands[0])


def _keep(w: Work, place: int, book: _Book, source: str) -> Outcome:
    known = _known(w, place, book.judged)
    fresh: list[Judged] = []
    for one in book.judged:
        mark = _mark(one.told.kind, one.at, one.told.numbers)
        if mark not in known:
            known.add(mark)
            fresh.append(one)
            _write(w, place, book, one)
    if fresh:
        kinds = tuple(sorted({one.told.kind for one in fresh}))
        latest = min(max(one.at for one in fresh), w.now)
        told = CapacityReported(site=place, kinds=kinds, source=source, place=place)
        w.tell(told, happened_at=latest)
    changed = tuple(sorted({one.told.kind for one in fresh if one.newer}))
    older = sum(1 for one in fresh if not one.newer)
    return Outcome(changed, len(book.judged) - len(fresh), older, tuple(book.refused))


def _write(w: Work, place: int, book: _Book, one: Judged) -> None:
    """The reading into the history, and what is newer into the row."""
    reading = CapacityReading(place_id=place, kind=one.told.kind, at=one.at, **one.told.numbers)
    reading.made_by, reading.made_at = w.actor.name, w.now
    w.session.add(reading)
    row = book.rows.get(one.told.kind)
    if row is None:
        row = book.rows[one.told.kind] = Capacity(place_id=place, kind=one.told.kind, version=0)
        w.session.add(row)
    if one.newer:
        row.version += 1
    for name, value in one.newer.items():
        setattr(row, name, value)
        setattr(row, f"{name}_at", one.at)


def _mark(kind: str, at: datetime, numbers: Mapping[str, int]) -> tuple[object, ...]:
    return kind, at, *(numbers.get(name) for name in NUMBERS)


def _known(w: Work, place: int, judged: Sequence[Judged]) -> set[tuple[object, ...]]:
    """The readings of these moments that were told before, so that the same report twice is one."""
    wanted = select(CapacityReading).where(
        CapacityReading.place_id == place,
        CapacityReading.kind.in_({one.told.kind for one in judged}),
        CapacityReading.at.in_({one.at for one in judged}),
    )
    return {
        _mark(row.kind, row.at, {name: getattr(row, name) for name in NUMBERS})
        for row in w.session.scalars(wanted)
    }
