"""What stands for one tube, as a FHIR report: its code, its result, its times; nobody in it is named."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from region.formats import fhir
from region.formats.codes.tubes import read_code
from region.sampling.models import Tube, TubeResult
from region.sampling.states import PACK
from region.spine.errors import Missing
from region.spine.work import Work

SYSTEM = "urn:winex:region"


def report_of(w: Work, code: str) -> dict[str, Any]:
    """The report of the tube with this code; Missing where there is none that the reader may know of, or no result."""
    wanted = select(Tube).where(Tube.code == (read_code(code).value or ""), ~Tube.contested)
    tube = w.session.scalars(wanted).first()
    if tube is None or tube.result is None or tube.result_at is None or tube.result_id is None:
        raise Missing("no-such", what="result", id=code[:40])
    row = w.get(TubeResult, tube.result_id)
    told = select(func.count()).select_from(TubeResult).where(TubeResult.tube_id == tube.id)
    targets = w.rules.value(PACK, "results.targets")
    cycles = {"ct_n": row.ct_n, "ct_orf": row.ct_orf}
    return fhir.write_report(
        system=SYSTEM,
        tube=tube.code,
        number=str(row.id),
        result=tube.result,
        issued=tube.result_at,
        collected=tube.sampled_at,
        test=str(w.rules.value(PACK, "test.loinc")["pcr"]),
        cycles={str(targets[name][0]): value for name, value in cycles.items() if value is not None},
        corrected=_differs(w, tube.id, tube.result) if (w.session.scalar(told) or 0) > 1 else False,
    )


def _differs(w: Work, tube: int, result: str) -> bool:
    """Whether another result was told of this tube before."""
    wanted = select(TubeResult.id).where(TubeResult.tube_id == tube, TubeResult.result != result).limit(1)
    return w.session.scalar(wanted) is not None
