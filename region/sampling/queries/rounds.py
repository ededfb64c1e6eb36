"""Rounds as people read them: those that concern the actor, their plan with sources, their progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from region.incidents.models import Incident
from region.sampling import needs
from region.sampling.models import Recall, Round, RoundArea, RoundHour, RoundSite
from region.sampling.states import PACK
from region.spine.errors import Missing
from region.spine.work import Work

LIST = 50
NEAR = 10 * LIST
"""So many numbers of rounds are looked through: areas do not say which of them belong to an exercise."""
ENDED = ("closing", "closed")


def round_of(w: Work, id: int) -> Round:
    """A round that the actor may know of: of his places, or in which an area or a site is his. Read-only if beyond."""
    found = w.session.get(Round, id)
    if found is not None:
        return found
    mine = [
        select(RoundArea.place_id).where(RoundArea.round_id == id).limit(1),
        select(RoundSite.id).where(RoundSite.round_id == id).limit(1),
    ]
    if not any(w.session.execute(wanted).first() for wanted in mine):
        raise Missing("no-such", what="round", id=id)
    with w.beyond_scope("a round of the area above, in which a place of the actor takes part"):
        return w.get(Round, id)


def rounds(w: Work, before: int | None = None) -> list[Round]:
    """The newest rounds that concern the actor, the newest first; those before a number for the next page."""
    ids: set[int] = set()
    for number in (RoundArea.round_id, RoundSite.round_id, Round.id):
        mine = select(number).distinct().order_by(number.desc()).limit(NEAR)
        mine = mine if before is None else mine.where(number < before)
        ids |= set(w.session.scalars(mine))
    with w.beyond_scope("rounds of the area above, in which a place of the actor takes part"):
        wanted = select(Round).where(Round.id.in_(sorted(ids)))
        return list(w.session.scalars(wanted.order_by(Round.id.desc()).limit(LIST)))


@dataclass(frozen=True)
class Progress:
    """How far a round is, of the areas that the actor sees: people due and sampled, pace and projected finish."""

    due: int
    sampled: int
    pace: needs.Pace

    @property
    def share(self) -> float | None:
        """Coverage (K14), 0 to 1; None where nobody is due."""
        return self.sampled / self.due if self.due else None


def progress(w: Work, round_: Round) -> Progress:
    """From kept counts alone."""
    totals = select(func.sum(RoundArea.due), func.sum(RoundArea.sampled))
    due, sampled = w.session.execute(totals.where(RoundArea.round_id == round_.id)).one()
    hours = select(RoundHour.hour, func.sum(RoundHour.sampled)).where(RoundHour.round_id == round_.id)
    by_hour = {row[0]: int(row[1]) for row in w.session.execute(hours.group_by(RoundHour.hour))}
    due, sampled = int(due or 0), int(sampled or 0)
    pace = needs.pace(w.now, round_.starts_at, max(0, due - sampled), by_hour)
    return Progress(due, sampled, pace)


@dataclass(frozen=True)
class Said:
    """One number of the pack with what stands beside it on a screen; its sources in Chinese and English."""

    name: str
    value: Any
    zh: str
    en: str
    source: Sequence[tuple[str, str]]
    verified: bool
    design: bool


def numbers_said(w: Work) -> list[Said]:
    """The planning numbers, each with its source and whether that was checked."""
    pack = w.rules.pack(PACK)
    found = []
    for name, value in pack.values_under("plan").items():
        about = value.about
        zh, en = (about.zh, about.en) if about is not None else (name, name)
        sources = [(pack.sources[key].zh, pack.sources[key].en) for key in value.source]
        found.append(Said(name, value.value, zh, en, sources, value.verified, value.mark == "design"))
    return found


def stop_advice(w: Work, round_: Round) -> needs.Advice | None:
    """What the rule of the response's pack says after the rounds of this area; None where the pack has no such rule."""
    incident = w.session.get(Incident, round_.incident_id) if round_.incident_id else None
    if incident is None or not w.rules.has(incident.pack):
        return None
    rules = w.rules.pack(incident.pack).values_under("round_stop")
    if not {"clear_rounds", "wait_days"} <= rules.keys():
        return None
    clear, wait = int(rules["clear_rounds"].value), int(rules["wait_days"].value)
    return needs.stop_rule(ended(w, round_.place_id, incident.id), clear, wait)


def ended(w: Work, area: int, incident: int) -> list[needs.Ended]:
    """The rounds of an area that are over, in order, with the recalls that were confirmed: infections found by them.

    Confirmed recalls count what rounds found in the community; whoever was found otherwise is no finding of a round.
    """
    found = func.count(Recall.id)
    wanted = select(Round.starts_at, found).outerjoin(
        Recall, (Recall.round_id == Round.id) & or_(Recall.state == "confirmed")
    )
    wanted = wanted.where(Round.place_id == area, Round.incident_id == incident, Round.state.in_(ENDED))
    rows = w.session.execute(wanted.group_by(Round.id, Round.starts_at).order_by(Round.starts_at))
    return [needs.Ended(_day(w, row[0]), int(row[1])) for row in rows]


def _day(w: Work, at: Any) -> date:
    return w.office.clock.day(at)
