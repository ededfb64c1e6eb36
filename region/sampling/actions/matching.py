"""A tube comes whose result was there first: the result finds it, and takes effect as if told now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import exists, select, update

from region.sampling.actions import worklist
from region.sampling.actions.result_effects import take_effect
from region.sampling.events.results import ResultsReported
from region.sampling.models import RoundLab, TubeResult, WorkItem
from region.sampling.queries import results
from region.sampling.result_told import Judged, Reported, Result, TubeNow
from region.sampling.states import TUBE
from region.spine.work import Work


def match_unknown(w: Work, codes: Collection[str]) -> Reported:
    """Give results without a tube, of these codes, to the tubes that have come; matching again changes nothing.

    A result that may not stand for its tube stays as it is, for the person who has it on his list.
    """
    w.need("sampling.report")
    kept = _kept(w, codes)
    tubes = results.tubes_of(w, {row.code for row in kept}, hold=True)
    found = [one for row in kept if (one := _judged(w, row, tubes.get(row.code))) is not None]
    if not found:
        return Reported()
    results.follow(found)
    _place(w, found)
    take_effect(w, found)
    _settle(w, found)
    reported = Reported.of(found)
    _tell(w, found)
    return reported


def _kept(w: Work, codes: Collection[str]) -> list[TubeResult]:
    found: list[TubeResult] = []
    for part in results.parts(sorted(set(codes))):
        wanted = select(TubeResult).where(TubeResult.tube_id.is_(None), TubeResult.code.in_(part))
        found += w.session.scalars(wanted.order_by(TubeResult.id))
    return found


def _judged(w: Work, row: TubeResult, tube: TubeNow | None) -> Judged | None:
    """The result as if told now; None while its tube is not there, not closed, or not one that it may stand for."""
    if tube is None or tube.state == TUBE.start:
        return None
    told = Result(row.code, row.result, row.reported_at, row.ct_n, row.ct_orf)
    one = Judged(0, told, row.code, row.mark, row.lab_id, tube, id=row.id)
    allowed = select(RoundLab.round_id).where(
        RoundLab.place_id == row.lab_id, RoundLab.round_id == tube.round_id
    )
    ground = results.Ground(
        lab=row.lab_id,
        now=w.now,
        tolerance=results.tolerance(w),
        zone=w.office.clock.zone,
        tubes={},
        marks=frozenset(),
        rounds=frozenset(w.session.scalars(allowed))
        if tube.lab_id not in (None, row.lab_id)
        else frozenset(),
    )
    return None if results.refusal(tube, one, ground) else one


def _place(w: Work, found: Sequence[Judged]) -> None:
    by_tube = {one.tube.id: one.tube for one in found if one.tube is not None}
    for tube in by_tube.values():
        ids = [one.id for one in found if one.tube is not None and one.tube.id == tube.id]
        w.session.execute(
            update(TubeResult).where(TubeResult.id.in_(ids)).values(tube_id=tube.id, place_id=tube.place_id)
        )


def _settle(w: Work, found: Sequence[Judged]) -> None:
    """Take what was raised for these codes off the list, and what was raised for the rest once none is left."""
    open_ones = select(WorkItem).where(WorkItem.kind == "unknown_tube", WorkItem.state == "open")
    for part in results.parts(sorted({one.code for one in found})):
        for item in w.session.scalars(open_ones.where(WorkItem.ref.in_(part))).all():
            worklist.settle(w, item, "matched")
    for lab in sorted({one.lab for one in found}):
        left = select(exists().where(TubeResult.lab_id == lab, TubeResult.tube_id.is_(None)))
        if not w.session.scalar(left):
            for item in w.session.scalars(open_ones.where(WorkItem.ref == f"place:{lab}")).all():
                worklist.settle(w, item, "matched")


def _tell(w: Work, found: Sequence[Judged]) -> None:
    for lab in sorted({one.lab for one in found}):
        reported = Reported.of(replace(one) for one in found if one.lab == lab)
        sums = {name: getattr(reported, name) for name in ("negative", "positive", "grey", "invalid")}
        w.tell(
            ResultsReported(
                laboratory=lab, source="matched", unknown=0, again=reported.again, place=lab, **sums
            )
        )
