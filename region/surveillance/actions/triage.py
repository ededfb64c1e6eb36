"""An alert's way: taken up, verified, assessed, answered, fed back, closed; or dismissed with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from region.spine.errors import Invalid
from region.spine.work import Work
from region.surveillance.actions.stepping import clock
from region.surveillance.events import AlertStepped
from region.surveillance.models import Alert, AlertStep
from region.surveillance.states import ALERT

NOTE = 2000
WORDS = frozenset({"dismiss", "verify", "respond", "feed_back"})
"""Steps that need words: why, what was found, what is done, what came of it."""
TWICE = 2
"""So many answers with yes to the questions of the IHR are to be notified."""


def step(w: Work, row: Alert, verb: str, note: str = "", facts: Mapping[str, Any] | None = None) -> None:
    """Do the step `verb`; `facts` are what `assess` and `feed_back` answer. Twice by the same person is once.

    Invalid: ``reason-needed`` without words where they are needed, ``risk-needed`` for an assessment without a level.
    """
    w.need("surveillance.triage", row.place_id)
    if _done(w, row, verb):
        return
    if verb in WORDS and not note.strip():
        raise Invalid("reason-needed", field="note")
    given = dict(facts or {})
    if verb == "assess" and given.get("risk") not in w.rules.value(ALERT.pack, "triage.risks"):
        raise Invalid("risk-needed", field="risk")
    ALERT.move(w, row, verb, place=row.place_id)
    _note_times(w, row, verb, given)
    kept = AlertStep(
        alert_id=row.id, place_id=row.place_id, verb=verb, at=w.now, by=w.actor.name, note=note.strip()[:NOTE]
    )
    kept.facts = given
    w.add(kept)
    clock(w, row)
    w.tell(AlertStepped(alert=row.id, step=kept.id, verb=verb, place=row.place_id, incident=row.incident_id))


def _done(w: Work, row: Alert, verb: str) -> bool:
    wanted = select(AlertStep).where(AlertStep.alert_id == row.id).order_by(AlertStep.id.desc()).limit(1)
    last = w.session.scalars(wanted).one_or_none()
    return last is not None and (last.verb, last.by) == (verb, w.actor.name)


def _note_times(w: Work, row: Alert, verb: str, given: Mapping[str, Any]) -> None:
    """What the alert itself remembers: when it was answered and verified, who has it, how grave it is held to be."""
    row.answered_at = row.answered_at or w.now
    row.taken_by = row.taken_by or w.actor.name
    if verb == "verify":
        row.verified_at = w.now
    if verb == "assess":
        row.risk = given["risk"]
        row.grade = given.get("grade", row.grade)
    if given.get("emerged"):
        row.emerged_on = dt.date.fromisoformat(given["emerged"])


def to_be_notified(facts: Mapping[str, Any]) -> bool:
    """Whether the answers to Annex 2 of the IHR (2005) ask for a notification: two or more yes."""
    return sum(bool(one) for one in facts.get("annex2", {}).values()) >= TWICE
