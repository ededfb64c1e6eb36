"""Appeals: somebody says that a restriction is wrong, and somebody else answers with a reason within the limit."""

from __future__ import annotations

from sqlalchemy import select

from region.quarantine.actions import clocks, moving
from region.quarantine.events import AppealMoved
from region.quarantine.models import Appeal, Stay
from region.quarantine.states import APPEAL, PACK, STAY
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

OWN, FOR_HIM = "quarantine.answer", "quarantine.notify"
UPHELD = "appeal_upheld"
MOST = 1000
"""Letters of what is said and of what is answered."""


def make(w: Work, stay: Stay, said: str) -> Appeal:
    """Say that this restriction is wrong, as the person himself or as an official for him; the open appeal is the same.

    Due after ``appeal.answer`` of the pack. Invalid: ``no-reason``; Refused: ``stay-ended``.
    """
    if not _himself(w, stay):
        w.need(FOR_HIM, stay.place_id)
    if not said.strip():
        raise Invalid("no-reason", field="said")
    if stay.state in STAY.ends:
        raise Refused("stay-ended", stay=stay.id)
    if (standing := open_of(w, stay)) is not None:
        return standing
    row = w.add(
        Appeal(
            stay_id=stay.id,
            place_id=stay.place_id,
            said=said.strip()[:MOST],
            made_at=w.now,
            made_by=w.actor.name,
            due_at=w.now + w.rules.duration(PACK, "appeal.answer"),
            state=APPEAL.start,
            since=w.now,
        )
    )
    clocks.start(w, row)
    _tell(w, row, "make")
    return row


def open_of(w: Work, stay: Stay) -> Appeal | None:
    """The appeal of a stay that waits for its answer."""
    with w.beyond_scope("whoever may know a stay may know that an appeal against it waits"):
        wanted = select(Appeal).where(Appeal.stay_id == stay.id, Appeal.state == APPEAL.start)
        return w.session.scalars(wanted).first()


def answer(w: Work, row: Appeal, verb: str, answer: str) -> None:
    """Answer an appeal: ``uphold`` ends the restriction, ``dismiss`` leaves it.

    Invalid: ``no-such-verb``, ``no-reason`` (no answer is given); Refused: ``appeal-own`` (who made it answers not).
    """
    if verb not in ("uphold", "dismiss"):
        raise Invalid("no-such-verb", field="verb")
    if not answer.strip():
        raise Invalid("no-reason", field="answer")
    if row.made_by == w.actor.name:
        raise Refused("appeal-own")
    APPEAL.move(w, row, verb, place=row.place_id)
    row.answer, row.answered_at, row.answered_by = answer.strip()[:MOST], w.now, w.actor.name
    row.late_at = None
    stay = w.get(Stay, row.stay_id)
    if verb == "uphold" and stay.state not in STAY.ends:
        moving.move(w, [stay], "cancel", reason=UPHELD, note=row.answer)
    w.session.flush()
    _tell(w, row, verb)


def _himself(w: Work, stay: Stay) -> bool:
    """A resident's own link reaches as far as the place that answers for him: his site or his home."""
    return any(w.may(OWN, place) for place in (stay.place_id, stay.site_id) if place is not None)


def _tell(w: Work, row: Appeal, verb: str) -> None:
    w.tell(AppealMoved(appeal=row.id, stay=row.stay_id, verb=verb, place=row.place_id))
