"""Why people of a round's list were not sampled, as phones say it: kept with the list, for those still not sampled."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, update

from region.sampling.events.rounds import NotSampledExplained
from region.sampling.models import Round, RoundDue
from region.sampling.schemas import SentReason
from region.sampling.states import PACK
from region.spine import bulk
from region.spine.work import Work


def explain(w: Work, round_id: int, reasons: Sequence[SentReason]) -> None:
    """Keep reasons of those who are due, one statement each; told with how many persons it was new for.

    A code that the pack does not have is left out: it must not keep the tubes of the batch on the phone.
    """
    known = w.rules.value(PACK, "not_sampled_reasons")
    last = {one.person: one.reason for one in reasons if one.reason in known}
    if not last:
        return
    with w.beyond_scope("the list of the round, which belongs to the area above"):
        round_ = w.session.execute(
            select(Round.place_id, Round.incident_id).where(Round.id == round_id)
        ).one()
        told = {reason: _set(w, round_id, reason, last) for reason in sorted(set(last.values()))}
    for reason, persons in told.items():
        if persons:
            said = NotSampledExplained(
                round=round_id,
                reason=reason,
                persons=persons,
                place=round_.place_id,
                incident=round_.incident_id,
            )
            w.tell(said)


def _set(w: Work, round_id: int, reason: str, last: dict[int, str]) -> int:
    """For how many it is new. Said again it writes nothing: what changes nothing is told to nobody."""
    who = sorted(person for person, given in last.items() if given == reason)
    new = select(RoundDue.person_id).where(
        RoundDue.round_id == round_id,
        bulk.among(w.session, RoundDue.person_id, who),
        RoundDue.scheme == "due",
        RoundDue.sampled_at.is_(None),
        or_(RoundDue.reason.is_(None), RoundDue.reason != reason),
    )
    changed = w.session.scalars(new.order_by(RoundDue.person_id).with_for_update()).all()
    if changed:
        these = update(RoundDue).where(RoundDue.round_id == round_id)
        these = these.where(bulk.among(w.session, RoundDue.person_id, list(changed)))
        w.session.execute(these.values(reason=reason), execution_options={"synchronize_session": False})
    return len(changed)
