"""What results mean before any of them stands: which tube each is of, whether it may be, and what it changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta, tzinfo
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import select

from region.formats.codes.tubes import read_code, unread
from region.sampling.models import RoundLab, Tube, TubeResult
from region.sampling.models.field import RESULTS
from region.sampling.result_told import Judged, Result, TubeNow, mark_of
from region.sampling.states import PACK, TUBE
from region.spine.work import Work

AT_ONCE = 5000
"""Codes or marks of one question: both databases take twice as many."""
YEARS = range(2000, 3000)
OTHER_LAB = "other_lab"
T = TypeVar("T")


@dataclass(frozen=True)
class Ground:
    """What results of one laboratory are judged by."""

    lab: int
    now: datetime
    tolerance: timedelta
    zone: tzinfo
    tubes: dict[str, TubeNow]
    marks: frozenset[str]
    rounds: frozenset[int]
    """Rounds in which the laboratory takes part: there it may report tubes that were sent to another."""


def judge(w: Work, lab: int, given: Sequence[Result], *, hold: bool = False) -> list[Judged]:
    """What each of these results of a laboratory means, in the order given; `hold` keeps their tubes until the end.

    A refused one says why: a code of ``result:…`` in the catalogues, with its facts.
    """
    judged = [_read(lab, index, told) for index, told in enumerate(given)]
    good = [one for one in judged if one.meaning != "refused"]
    tubes = tubes_of(w, {one.code for one in good}, hold=hold)
    ground = Ground(
        lab=lab,
        now=w.now,
        tolerance=tolerance(w),
        zone=w.office.clock.zone,
        tubes=tubes,
        marks=_known_marks(w, lab, [one.mark for one in good]),
        rounds=_rounds_of(w, lab, {tube.round_id for tube in tubes.values()}),
    )
    for one in good:
        _weigh(one, ground)
    _refuse_contrary(good)
    follow(one for one in good if one.meaning == "new")
    return judged


def tolerance(w: Work) -> timedelta:
    """By how much clocks of phones, laboratories and ours may differ."""
    return timedelta(seconds=int(w.rules.value(PACK, "results.clock_seconds")))


def parts(many: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """Many things, so many at a time."""
    rest = iter(many)
    while part := list(islice(rest, size)):
        yield part


def tubes_of(w: Work, codes: Collection[str], *, hold: bool = False) -> dict[str, TubeNow]:
    """Tubes by code, wherever they were taken; of two that claim one code the first. `hold` locks them."""
    columns = [getattr(Tube, one.name) for one in fields(TubeNow)]
    found: dict[str, TubeNow] = {}
    with w.beyond_scope("a laboratory tells of tubes wherever they were taken"):
        for part in parts(sorted(codes)):
            wanted = select(*columns).where(Tube.code.in_(part), ~Tube.contested).order_by(Tube.id)
            rows = w.session.execute(wanted.with_for_update() if hold else wanted)
            found.update((row.code, TubeNow(*row)) for row in rows)
    return found


def _read(lab: int, index: int, told: Result) -> Judged:
    reading = read_code(told.code)
    code = reading.value or ""
    one = Judged(index, told, code, mark_of(lab, code, told), lab)
    if not code:
        one.refuse("code_wrong", given=unread(reading, 60), reason=reading.reason or "-")
    elif told.result not in RESULTS:
        one.refuse("result_unknown", given=told.result[:40])
    elif told.reported_at.year not in YEARS:  # beyond it no zone can be reckoned
        one.refuse("time_unclear", given=told.reported_at.isoformat()[:40], reason="–")
    return one


def _known_marks(w: Work, lab: int, marks: Sequence[str]) -> frozenset[str]:
    wanted = select(TubeResult.mark).where(TubeResult.lab_id == lab)
    known: set[str] = set()
    for part in parts(marks):
        known.update(w.session.scalars(wanted.where(TubeResult.mark.in_(part))))
    return frozenset(known)


def _rounds_of(w: Work, lab: int, rounds: Collection[int | None]) -> frozenset[int]:
    wanted = select(RoundLab.round_id).where(RoundLab.place_id == lab, RoundLab.round_id.in_(rounds))
    return frozenset(w.session.scalars(wanted))


def _weigh(one: Judged, ground: Ground) -> None:
    tube, at = ground.tubes.get(one.code), one.told.reported_at
    if one.mark in ground.marks:
        one.meaning = "again"
    elif at > ground.now + ground.tolerance:
        one.refuse("in_future", at=_minute(at, ground))
    elif tube is None or tube.state == TUBE.start:  # its phone has not told yet that it was closed
        one.meaning = "unknown"
    else:
        _weigh_tube(one, tube, ground)


def _weigh_tube(one: Judged, tube: TubeNow, ground: Ground) -> None:
    """A laboratory learns nothing of a tube that is not its own, not even that it exists: codes can be guessed."""
    why = refusal(tube, one, ground)
    if why and why[0] == OTHER_LAB:
        one.meaning, one.foreign = "unknown", tube
        return
    one.tube = tube
    if why:
        one.refuse(why[0], **why[1])


def refusal(tube: TubeNow, one: Judged, ground: Ground) -> tuple[str, dict[str, Any]] | None:
    """Why a result may not stand for this tube, with the facts; None when it may."""
    if tube.lab_id not in (None, ground.lab) and tube.round_id not in ground.rounds:
        return OTHER_LAB, {}
    if tube.state not in (*TUBE.sources("report"), "reported"):
        return "tube_ended", {"state": tube.state}
    if tube.taken_at is not None and one.told.reported_at < tube.taken_at - ground.tolerance:
        return "before_sample", {
            "at": _minute(one.told.reported_at, ground),
            "taken": _minute(tube.taken_at, ground),
        }
    return None


def _minute(at: datetime, ground: Ground) -> str:
    """A moment on the region's clock, as people read it."""
    return f"{at.astimezone(ground.zone):%Y-%m-%d %H:%M}"


def _refuse_contrary(judged: Sequence[Judged]) -> None:
    """Two results of one tube for one moment that differ: nobody can tell which holds."""
    said: dict[tuple[str, datetime], set[str]] = {}
    for one in judged:
        said.setdefault((one.code, one.told.reported_at), set()).add(one.told.result)
    seen: set[str] = set()
    for one in judged:
        if len(said[one.code, one.told.reported_at]) > 1 and one.meaning != "again":
            one.refuse("contrary")
        elif one.mark in seen and one.meaning != "refused":
            one.meaning = "again"
        seen.add(one.mark)


def follow(judged: Iterable[Judged]) -> None:
    """Go through results in the order of their times: each is the first, another, the same, or older than what stands.

    Each result's tube is left as it stands after it.
    """
    standing: dict[int, TubeNow] = {}
    for one in sorted(judged, key=lambda one: (one.told.reported_at, one.id, one.index)):
        if one.tube is None:
            continue
        tube = standing.get(one.tube.id, one.tube)
        told = one.told
        if tube.result is None or tube.result_at is None:
            one.meaning = "new"
        elif told.reported_at < tube.result_at:
            one.meaning = "same" if told.result == tube.result else "older"
        else:
            one.meaning = "same" if told.result == tube.result else "changed"
        if one.meaning in ("new", "changed"):
            tube = replace(tube, result=told.result, result_at=told.reported_at, state="reported")
        standing[tube.id] = tube
