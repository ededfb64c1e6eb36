"""Escalation climbs people: whoever is on duty at the site, the deputy, the leader on duty above; each once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from region.accounts.queries import Called, leaders_above, on_duty_at
from region.dispatch.delivery import owe_round
from region.dispatch.events import PeopleCalled
from region.dispatch.models import Directive, Recipient
from region.spine.journal import Entry
from region.spine.work import Work

RUNGS = ("holder", "deputy", "leader")
ROUNDS = {"holder": 11, "deputy": 12, "leader": 13}
"""The rounds of calls to people: from 11 on, so that they never meet the round of a reminder."""


def call(w: Work, directive: Directive, rung: str, silent: Sequence[Recipient]) -> None:
    """Call the person on a rung for these recipients; where nobody stands there, the next rung is called at once.

    A rung is called once for each recipient, however often this is asked.
    """
    called = _called(w, directive)
    left = {one.id: one.place_id for one in silent if rung not in called.get(one.id, ())}
    duty = on_duty_at(w, set(left.values()))
    for step in RUNGS[RUNGS.index(rung) :]:
        left = {one: place for one, place in left.items() if step not in called.get(one, ())}
        whom = _whom(w, step, duty, set(left.values()))
        accounts = {one: whom[place] for one, place in left.items() if place in whom}
        if accounts:
            _owe(w, directive, step, accounts)
        left = {one: place for one, place in left.items() if one not in accounts}
        if not left:
            return


def _called(w: Work, directive: Directive) -> dict[int, set[str]]:
    """The rungs that were called for each recipient: as told, for without a channel nothing is owed."""
    told = select(Entry.data).where(
        Entry.event == PeopleCalled.event_name(), Entry.subject == f"directive:{directive.id}"
    )
    found: dict[int, set[str]] = {}
    for facts in w.session.scalars(told):
        for recipient in facts["recipients"]:
            found.setdefault(recipient, set()).add(facts["rung"])
    return found


def _whom(w: Work, rung: str, duty: Mapping[int, Called], places: Collection[int]) -> dict[int, int]:
    """Who stands on a rung of each place."""
    known = {place: duty[place] for place in places if place in duty}
    if rung == "holder":
        return {place: one.holder for place, one in known.items()}
    if rung == "deputy":
        return {place: one.deputy for place, one in known.items() if one.deputy is not None}
    besides = {
        place: (known[place].holder, known[place].deputy or 0) if place in known else () for place in places
    }
    return leaders_above(w, besides)


def _owe(w: Work, directive: Directive, rung: str, accounts: Mapping[int, int]) -> None:
    ids = tuple(sorted(accounts))
    owe_round(w, directive, ROUNDS[rung], ids, rung=rung, accounts=accounts)
    called = tuple(sorted(set(accounts.values())))
    w.tell(PeopleCalled(rung=rung, recipients=ids, accounts=called, **directive.about))
