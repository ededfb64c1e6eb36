"""Drafting a round: an area, a window of time, a method, and who does not share a tube."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import select

from region.incidents.models import Incident
from region.places.models import Place
from region.sampling.actions import clocks
from region.sampling.events.rounds import RoundDrafted
from region.sampling.methods import method
from region.sampling.models import Round
from region.sampling.needs import Asked
from region.sampling.states import ROUND
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

LONGEST = timedelta(days=10)


def draft(
    w: Work,
    *,
    area: int,
    starts_at: datetime,
    due_at: datetime,
    method_code: str,
    code: str,
    incident: int | None = None,
    asked: Asked | None = None,
) -> Round:
    """Begin a round. The same code for the same area and start is the same round: a form sent twice begins one."""
    w.need("sampling.plan", area)
    place = w.get(Place, area)
    _check(w, place, starts_at, due_at, method_code, asked or Asked())
    with w.beyond_scope("whether the code stands already, perhaps for another area"):
        found = w.session.execute(
            select(Round.id, Round.place_id, Round.starts_at).where(Round.code == code)
        ).first()
    if found is not None:
        if (found.place_id, found.starts_at) != (area, starts_at):
            raise Invalid("round-code-taken", field="code", given=code[:40])
        return w.get(Round, found.id)
    row = Round(code=code[:40], place_id=area, incident_id=_response(w, incident), method=method_code)
    row.starts_at, row.due_at, row.plan = starts_at, due_at, {"asked": asdict(asked or Asked())}
    row.state, row.since, row.made_by, row.made_at = ROUND.start, w.now, w.actor.name, w.now
    w.add(row)
    clocks.start(w, row)
    w.tell(RoundDrafted(round=row.id, starts=starts_at, due=due_at, place=area, incident=row.incident_id))
    return row


def _response(w: Work, incident: int | None) -> int | None:
    if incident is None:
        return None
    row = w.get(Incident, incident)
    if row.state != "open":
        raise Refused("incident-closed", incident=row.id)
    return row.id


def _check(w: Work, place: Place, starts: datetime, due: datetime, code: str, asked: Asked) -> None:
    method(w, code)
    if place.kind != "area":
        raise Invalid("not-an-area", field="area")
    if not timedelta() < due - starts <= LONGEST:
        raise Invalid("round-window", field="due_at", days=LONGEST.days)
    wrong = next((name for name, value in asdict(asked).items() if value < 0), None)
    if wrong:
        raise Invalid("fields-wrong", field=wrong)
    if bool(asked.household_persons) != bool(asked.household_tubes):
        raise Invalid("households-half", field="household_tubes")


def change(
    w: Work, round_: Round, asked: Asked, *, starts_at: datetime, due_at: datetime, method_code: str
) -> None:
    """Change what was asked, while the round is a draft or a plan; plan it again afterwards."""
    w.need("sampling.plan", round_.place_id)
    if round_.state not in ("draft", "planned"):
        raise Refused("not-from-here", machine="round", verb="change", state=round_.state)
    _check(w, w.get(Place, round_.place_id), starts_at, due_at, method_code, asked)
    round_.starts_at, round_.due_at, round_.method = starts_at, due_at, method_code
    round_.plan = {**round_.plan, "asked": asdict(asked)}
    round_.version += 1
    w.tell(
        RoundDrafted(
            round=round_.id,
            starts=starts_at,
            due=due_at,
            place=round_.place_id,
            incident=round_.incident_id,
        )
    )
