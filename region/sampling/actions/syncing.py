"""A phone synchronises: its boxes and tubes are kept as they stand on it, once, whatever is sent twice or late."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from region.formats.text import code_text
from region.sampling.actions import boxing, explaining, keeping, phones
from region.sampling.actions.boxing import Boxes
from region.sampling.actions.keeping import Done, Running
from region.sampling.actions.lines import Line, lines_of
from region.sampling.events.field import TubesKept
from region.sampling.models import Round, RoundSite
from region.sampling.queries.awaited import awaited
from region.sampling.schemas import Batch, SyncAnswer
from region.spine.errors import Refused
from region.spine.work import Work

NOT_YET = ("draft", "planned", "approved", "ordered")


def sync(w: Work, batch: Batch) -> SyncAnswer:
    """Keep what a phone sends; the same batch again changes nothing, and gives the same answer.

    What comes when a round is over is kept too. Missing for a site of others, Refused (``round-not-open``) before the
    round runs. Told once when something is new: TubesKept.
    """
    site = w.get(RoundSite, batch.site)
    w.need("sampling.sample", site.place_id)
    running = _running(w, site)
    phone = phones.hear(w, site, batch)
    boxes = boxing.take(w, site, phone, batch.boxes, batch.tubes)
    lines = lines_of(w, batch.tubes)
    done = keeping.keep(w, site, running, phone, boxes.ids, lines)
    boxing.seal(w, phone, boxes)
    explaining.explain(w, running.id, batch.reasons)
    if done != Done():
        _tell(w, site, running, batch, done, _awaited(w, batch, lines, boxes, done))
    return SyncAnswer(
        received_at=w.now,
        skew=phone.skew,
        flagged=phone.flagged,
        boxes=boxes.answers,
        tubes=[line.answer() for line in lines],
    )


def _running(w: Work, site: RoundSite) -> Running:
    with w.beyond_scope("the round of the site, which belongs to the area above"):
        wanted = select(Round.id, Round.state, Round.incident_id, Round.starts_at)
        row = w.session.execute(wanted.where(Round.id == site.round_id)).one()
    if row.state in NOT_YET:
        raise Refused("round-not-open", state=row.state)
    return Running(*row)


def _awaited(w: Work, batch: Batch, lines: Sequence[Line], boxes: Boxes, done: Done) -> bool:
    """Whether what is told late is waited for; most is not, and then nobody needs to look."""
    codes = {line.code for line in lines} | {code_text(one.code).upper()[:40] for one in batch.boxes}
    tubes = {line.id for line in lines if line.row is not None}
    return awaited(w, tubes=tubes, codes=codes, boxes=set(boxes.ids.values()), persons=done.seated)


def _tell(w: Work, site: RoundSite, running: Running, batch: Batch, done: Done, awaited: bool) -> None:
    told = TubesKept(
        device=batch.device,
        site=site.id,
        tubes=done.new,
        changed=done.changed,
        persons=done.persons,
        contested=done.contested,
        awaited=awaited,
        place=site.place_id,
        incident=running.incident,
    )
    w.tell(told)
