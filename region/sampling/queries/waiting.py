"""Results that wait for their tube: how many a laboratory has, which they are, and which tubes have come since."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, func, or_, select

from region.sampling.models import RoundLab, Tube, TubeResult
from region.sampling.states import TUBE
from region.spine.work import Work


def waiting_codes(w: Work, site: int | None = None) -> list[str]:
    """Codes of results without a tube whose tube (of this sampling site, else of any) is there now, and closed."""
    wanted = select(TubeResult.code).join(
        Tube, (Tube.code == TubeResult.code) & (Tube.realm == TubeResult.realm)
    )
    wanted = wanted.where(TubeResult.tube_id.is_(None), ~Tube.contested, _its_own())
    if site is not None:
        wanted = wanted.where(Tube.site_id == site)
    return list(
        w.session.scalars(wanted.where(Tube.state.in_((*TUBE.sources("report"), "reported"))).distinct())
    )


def _its_own() -> ColumnElement[bool]:
    """The tube is one of which the laboratory that told the result may report: others would be looked at for ever."""
    part = exists().where(RoundLab.place_id == TubeResult.lab_id, RoundLab.round_id == Tube.round_id)
    return or_(Tube.lab_id.is_(None), Tube.lab_id == TubeResult.lab_id, part)


def waiting(w: Work, lab: int, most: int = 50) -> tuple[int, Sequence[TubeResult]]:
    """How many results of a laboratory have no tube, and the first of them: positive and grey before the others."""
    mine = select(TubeResult).where(TubeResult.lab_id == lab, TubeResult.tube_id.is_(None))
    number = w.session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    suspect = TubeResult.result.in_(("positive", "grey")).desc()
    return number, w.session.scalars(mine.order_by(suspect, TubeResult.reported_at).limit(most)).all()
