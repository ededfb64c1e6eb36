"""Results come in, many at once and by any way: each is kept once, and what it says takes effect once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from region.sampling.actions import worklist
from region.sampling.actions.result_effects import take_effect
from region.sampling.events.results import ResultsReported
from region.sampling.models import TubeResult
from region.sampling.queries.results import OTHER_LAB, judge, parts
from region.sampling.result_told import EFFECTIVE, SUSPECT, Judged, Reported, Result
from region.spine import bulk
from region.spine.work import Work

__all__ = ["Reported", "Result", "report"]

SOURCES = ("bench", "file", "api", "hl7", "fhir")


def report(w: Work, lab: int, given: Sequence[Result], *, source: str, load: int | None = None) -> Reported:
    """Keep what a laboratory tells (`source` is one of SOURCES, `load` the file it stands in), and what follows of it.

    The same result again, or one that stands already, changes nothing. A later, different one replaces what stands:
    both are kept, ResultChanged is told. A result of a tube that is not known yet is kept and takes effect when the
    tube comes; positive or grey it raises an alarm. One of a tube that went to another laboratory is answered and kept
    like that, and put before those whose tube it is. A refused one is in the answer, by its place in `given`.
    """
    w.need("sampling.report", lab)
    judged = judge(w, lab, given, hold=True)
    fresh = [one for one in judged if one.meaning in (*EFFECTIVE, "unknown")]
    _keep(w, fresh, source, load)
    take_effect(w, fresh)
    _raise_unknown(w, lab, [one for one in judged if one.meaning == "unknown"])
    _raise_foreign(w, lab, [one for one in judged if one.meaning == "unknown"])
    _raise_refused(w, lab, judged)
    reported = Reported.of(judged)
    if fresh:
        sums = {name: getattr(reported, name) for name in ("negative", "positive", "grey", "invalid")}
        w.tell(
            ResultsReported(
                laboratory=lab,
                source=source,
                unknown=reported.unknown,
                again=reported.again,
                place=lab,
                **sums,
            )
        )
    return reported


def _keep(w: Work, fresh: Sequence[Judged], source: str, load: int | None) -> None:
    """Write the rows, and give each result the id of the row that keeps it."""
    by_mark = {one.mark: one for one in sorted(fresh, key=lambda one: (one.told.reported_at, one.index))}
    for part in parts(by_mark.values()):
        bulk.add_missing(w.session, TubeResult, [_row(w, one, source, load) for one in part])
        w.touched.add("sampling")
        wanted = select(TubeResult.mark, TubeResult.id).where(TubeResult.lab_id == part[0].lab)
        for mark, id in w.session.execute(wanted.where(TubeResult.mark.in_([one.mark for one in part]))):
            by_mark[mark].id = id


def _row(w: Work, one: Judged, source: str, load: int | None) -> dict[str, object]:
    return {
        "realm": w.realm,
        "lab_id": one.lab,
        "place_id": one.tube.place_id if one.tube else None,
        "tube_id": one.tube.id if one.tube else None,
        "code": one.code,
        "mark": one.mark,
        "result": one.told.result,
        "ct_n": one.told.ct_n,
        "ct_orf": one.told.ct_orf,
        "reported_at": one.told.reported_at,
        "told_at": w.now,
        "source": source,
        "load_id": load,
    }


def _raise_unknown(w: Work, lab: int, unknown: Sequence[Judged]) -> None:
    """Each suspect result without a tube is an alarm; the others make one piece of work an hour, because a phone
    without a network may tell its tubes after their results."""
    for one in unknown:
        if one.suspect:
            facts = {"code": one.code, "result": one.told.result, "result_id": one.id}
            worklist.raise_item(
                w, "unknown_tube", lab, one.code, other=f"place:{lab}", lab=lab, facts=facts, alarm=True
            )
    _raise_for_the_rest(w, "unknown_tube", lab, [one for one in unknown if not one.suspect])


def _raise_foreign(w: Work, lab: int, told: Sequence[Judged]) -> None:
    """What a laboratory told of a tube of another goes to those whose tube it is, and nothing of it to the teller."""
    found = [(one, one.foreign) for one in told if one.foreign is not None]
    rest: dict[int, list[str]] = {}
    for one, tube in found:
        if not one.suspect:
            rest.setdefault(tube.place_id, []).append(one.code)
            continue
        facts = {"code": one.code, "result": one.told.result, "why": OTHER_LAB}
        ref, other = f"tube:{tube.id}", f"place:{lab}"
        worklist.raise_item(
            w, "result_refused", tube.place_id, ref, other=other, lab=tube.lab_id, facts=facts, alarm=True
        )
    for place, codes in sorted(rest.items()):
        summed = {"results": len(codes), "codes": codes[:20], "why": OTHER_LAB}
        hour = f"{place}:{w.now:%Y-%m-%dT%H}"
        worklist.raise_item(w, "result_refused", place, f"place:{lab}", other=hour, facts=summed)


def _raise_refused(w: Work, lab: int, judged: Sequence[Judged]) -> None:
    """A suspect result of a tube that was thrown away, or has a later result, is somebody's illness still."""
    found = [one for one in judged if one.meaning in ("refused", "older") and one.tube is not None]
    for one in found:
        if one.tube is not None and one.told.result in SUSPECT:
            facts = {"code": one.code, "result": one.told.result, "why": one.why or one.meaning}
            ref = f"tube:{one.tube.id}"
            worklist.raise_item(
                w,
                "result_refused",
                one.tube.place_id,
                ref,
                other=f"place:{lab}",
                lab=lab,
                facts=facts,
                alarm=True,
            )
    _raise_for_the_rest(w, "result_refused", lab, [one for one in found if one.why and not one.suspect])


def _raise_for_the_rest(w: Work, kind: str, lab: int, rest: Sequence[Judged]) -> None:
    if rest:
        facts = {"results": len(rest), "codes": [one.code for one in rest[:20]]}
        hour = w.now.strftime("%Y-%m-%dT%H")
        worklist.raise_item(w, kind, lab, f"place:{lab}", other=hour, lab=lab, facts=facts)
