"""Zones meet sampling: what a day's samples of those who live in a zone gave, and whether the rounds there may stop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select

from region.incidents.models import Incident
from region.people.models import Person
from region.sampling.models import Round, RoundArea, Tube, TubeMember
from region.sampling.needs import stop_rule
from region.sampling.queries.rounds import ended
from region.spine.flow import answers
from region.spine.work import Work
from region.zones.lowering import Round as Found
from region.zones.questions import Stopping, StopRule, ZoneRounds

DAY = timedelta(days=1)
NOT_IN_IT = ("moved", "late")
PART = 500
"""So many places or people are asked about in one statement."""


@answers(ZoneRounds)
def zone_rounds(w: Work, q: ZoneRounds) -> Found:
    """By person: negative in the day's tube, or after a pool that was not in a tube of his own; positive; or waiting.

    Due are those whom the day's rounds have as due there, and where no round has these places all who live there.
    """
    first, last = _midnight(w, q.day), _midnight(w, q.day + DAY)
    with w.beyond_scope("a zone is judged by all who live in it, in numbers"):
        sampled: set[int] = set()
        for places in _parts(q.places):
            wanted = select(TubeMember.person_id).where(TubeMember.home_id.in_(places))
            wanted = wanted.join(Tube, Tube.id == TubeMember.tube_id)  # the tube's realm is the work's
            wanted = wanted.where(TubeMember.at >= first, TubeMember.at < last)
            wanted = wanted.where(TubeMember.void.is_(None) | TubeMember.void.not_in(NOT_IN_IT))
            sampled.update(w.session.scalars(wanted))
        states = [_state(w, part, first) for part in _parts(sorted(sampled))]
        done, positive = (sum(one[n] for one in states) for n in (0, 1))
        pending = len(sampled) - done - positive
        return Found(done, pending, positive, max(_due(w, q.places, first, last), len(sampled)))


def _state(w: Work, people: Sequence[int], first: datetime) -> tuple[int, int]:
    """How many of these people are negative, and how many are positive, by their tubes since the day began."""
    wanted = select(TubeMember.person_id, Tube.result, Tube.size).join(Tube, Tube.id == TubeMember.tube_id)
    wanted = wanted.where(TubeMember.person_id.in_(people), TubeMember.at >= first)
    rows = w.session.execute(wanted.where(TubeMember.void.is_(None)).order_by(TubeMember.at, Tube.id)).all()
    positive = {row.person_id for row in rows if row.result == "positive" and row.size == 1}
    # The last tube counts: whoever was in a positive pool is negative once his own tube says so.
    newest = {row.person_id: row.result for row in rows if row.result is not None}
    own = {row.person_id for row in rows if row.result == "negative" and row.size == 1}
    negative = {person for person, result in newest.items() if result == "negative" or person in own}
    return len(negative - positive), len(positive)


def _due(w: Work, places: Sequence[int], first: datetime, last: datetime) -> int:
    found: dict[int, int] = {}
    living = 0
    for part in _parts(places):
        wanted = select(RoundArea.round_id, func.sum(RoundArea.due)).join(
            Round, Round.id == RoundArea.round_id
        )
        wanted = wanted.where(RoundArea.place_id.in_(part), Round.starts_at < last, Round.due_at > first)
        wanted = wanted.where(Round.state.not_in(("draft", "cancelled"))).group_by(RoundArea.round_id)
        for round_, due in w.session.execute(wanted):
            found[round_] = found.get(round_, 0) + int(due or 0)
        here = select(func.count()).select_from(Person).where(Person.place_id.in_(part))
        living += w.session.scalar(here.where(Person.merged_into.is_(None))) or 0
    return max(found.values()) if found else living


@answers(StopRule)
def stop_rule_of(w: Work, q: StopRule) -> Stopping | None:
    """What sampling's stop rule says of the rounds of this area, or of the smallest one above that had any."""
    incident = w.get(Incident, q.incident)
    rules = w.rules.pack(incident.pack).values_under("round_stop")
    if not {"clear_rounds", "wait_days"} <= rules.keys():
        return None
    clear, wait = int(rules["clear_rounds"].value), int(rules["wait_days"].value)
    rounds = ended(w, q.place, incident.id)
    advice = stop_rule(rounds, clear, wait)
    return Stopping(advice.verdict, advice.clean, clear, advice.extra, len(rounds))


def _parts(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[at : at + PART] for at in range(0, len(ids), PART)]


def _midnight(w: Work, day: date) -> datetime:
    return datetime.combine(day, time(), w.office.clock.zone).astimezone(UTC)
