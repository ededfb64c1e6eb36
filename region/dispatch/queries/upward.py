"""What a place has sent upward and what has come up to it: requests, incident reports, and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from region.dispatch.models import Directive, Recipient, Remark, Report
from region.dispatch.queries.progress import is_late
from region.dispatch.wording import PACK
from region.places.hierarchy import OFFICES
from region.places.models import Place, Site
from region.spine.work import Work

KEPT = timedelta(days=3)
MOST = 100


@dataclass(frozen=True)
class Answer:
    """How the office answered: whether it agrees, in which words, when, and what became of the answer."""

    agree: bool
    text: str
    at: datetime
    verdict: str | None


@dataclass(frozen=True)
class Upward:
    """One request or incident report, as both sides see it.

    `state` is the answering office's: pending, delivered, acknowledged, reported, returned, accepted. `returned`
    is why the last answer was sent back. `further` is the number under which it was passed further up.
    `may_open` says that the reader may open a response because of it; nothing opens one by itself.
    """

    directive: int
    recipient: int
    version: int
    kind: str
    urgency: str
    number: str
    title: str
    text: str
    files: list[int]
    from_zh: str
    from_en: str
    to_zh: str
    to_en: str
    asked_at: datetime | None
    sign_due: datetime | None
    answer_due: datetime | None
    state: str
    late: bool
    asks: bool
    answer: Answer | None
    returned: str
    further: str | None
    may_open: bool


def desks(w: Work) -> Sequence[int]:
    """The places for which the actor asks and answers: the actor's site, else those granted and their offices."""
    if w.actor.site_id is not None:
        return (w.actor.site_id,)
    paths = w.actor.paths_for(w.rules.roles_that("dispatch.request"))
    granted = select(Place.id).where(Place.path.in_(paths)).scalar_subquery()
    offices = select(Site.place_id).where(Site.type.in_(OFFICES)).scalar_subquery()
    own = or_(
        Place.id.in_(granted) & (Place.kind == "site"), Place.parent_id.in_(granted) & Place.id.in_(offices)
    )
    return w.session.scalars(select(Place.id).where(own).order_by(Place.code, Place.id)).all()


def sent_up(w: Work) -> list[Upward]:
    """What the actor's places have asked and reported, newest first; answered ones for three days."""
    w.need("dispatch.request")
    mine = Directive.place_id.in_(desks(w))
    with w.beyond_scope("whoever asked may know the part of the office that answers"):
        return _cards(w, _rows(w, mine))


def came_up(w: Work) -> list[Upward]:
    """What waits at the actor's offices, newest first; answered ones for three days."""
    w.need("dispatch.request")
    rows = _rows(w, Recipient.place_id.in_(desks(w)))
    with w.beyond_scope("who asks is known to whoever answers"):
        return _cards(w, rows)


def _rows(w: Work, whose: object) -> Sequence[Recipient]:
    wanted = (
        select(Recipient)
        .join(Recipient.directive)
        .options(contains_eager(Recipient.directive))
        .where(
            whose,  # type: ignore[arg-type]
            Directive.kind.in_(w.rules.value(PACK, "kinds.upward")),
            or_(Recipient.ended_at.is_(None), Recipient.ended_at >= w.now - KEPT),
        )
        .order_by(Directive.id.desc())
        .limit(MOST)
    )
    return w.session.scalars(wanted).all()


def _cards(w: Work, rows: Sequence[Recipient]) -> list[Upward]:
    names = _names(w, {id for one in rows for id in (one.place_id, one.directive.place_id)})
    answers, returned = _answers(w, rows), _returned(w, rows)
    further = _further(w, rows)
    opens = w.may("incidents.open")
    return [
        _card(w, one, names, answers.get(one.id), returned.get(one.id, ""), further.get(one.id), opens)
        for one in rows
    ]


def _card(
    w: Work,
    one: Recipient,
    names: dict[int, tuple[str, str]],
    answer: Answer | None,
    returned: str,
    further: str | None,
    opens: bool,
) -> Upward:
    asked = one.directive
    return Upward(
        directive=asked.id,
        recipient=one.id,
        version=one.version,
        kind=asked.kind,
        urgency=asked.urgency,
        number=asked.number or "–",
        title=asked.title_zh,
        text=asked.body_zh,
        files=list(asked.files),
        from_zh=names[asked.place_id][0],
        from_en=names[asked.place_id][1],
        to_zh=names[one.place_id][0],
        to_en=names[one.place_id][1],
        asked_at=asked.issued_at,
        sign_due=asked.acknowledge_due,
        answer_due=asked.task_due,
        state=one.state,
        late=is_late(one, asked, w.now),
        asks=bool(asked.evidence),
        answer=answer,
        returned=returned if one.state == "returned" else "",
        further=further,
        may_open=opens and asked.kind == "incident_report" and asked.incident_id is None,
    )


def _names(w: Work, places: Iterable[int]) -> dict[int, tuple[str, str]]:
    wanted = select(Place.id, Place.name_zh, Place.name_en).where(Place.id.in_(list(places)))
    return {row.id: (row.name_zh, row.name_en) for row in w.session.execute(wanted)}


def _answers(w: Work, rows: Sequence[Recipient]) -> dict[int, Answer]:
    wanted = select(Report).where(Report.recipient_id.in_([one.id for one in rows])).order_by(Report.id)
    return {
        one.recipient_id: Answer(bool(one.numbers.get("agree")), one.text, one.made_at, one.verdict)
        for one in w.session.scalars(wanted)
    }


def _returned(w: Work, rows: Sequence[Recipient]) -> dict[int, str]:
    wanted = select(Remark).where(Remark.recipient_id.in_([one.id for one in rows]), Remark.kind == "return")
    return {one.recipient_id: one.text for one in w.session.scalars(wanted.order_by(Remark.id))}


def _further(w: Work, rows: Sequence[Recipient]) -> dict[int, str]:
    wanted = select(Directive.passed_by_id, Directive.number).where(
        Directive.passed_by_id.in_([one.id for one in rows])
    )
    return {row.passed_by_id: row.number or "–" for row in w.session.execute(wanted)}
