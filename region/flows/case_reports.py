"""A case is opened: its report card stands too, once, on the clock of its diagnosis."""

from __future__ import annotations

from region.incidents.queries import pack_of
from region.spine.flow import when
from region.spine.work import Work
from region.surveillance.actions import reporting
from region.surveillance.actions.reporting import NewCard
from region.tracing.events import CaseOpened
from region.tracing.models import Case

KIND = {"suspected": "suspected", "confirmed": "confirmed", "asymptomatic": "carrier"}
"""What a case of each kind is on a card."""


@when(CaseOpened)
def enter_card(w: Work, e: CaseOpened) -> None:
    """The card of a case, unless the incident's pack names no disease that is reported."""
    case = w.get(Case, e.case)
    named = w.rules.pack(pack_of(w, case.incident_id)).values_under("surveillance").get("item")
    if named is None:
        return
    at = case.diagnosed_at or case.found_at
    onset = case.onset_on if case.onset_on and case.onset_on <= w.office.clock.day(at) else None
    card = NewCard(
        ref=f"case:{case.id}",
        item=str(named.value),
        kind=KIND[case.kind],
        place=case.place_id,
        reporter=case.place_id,
        person=case.person_id,
        incident=case.incident_id,
        diagnosed_at=min(at, w.now),
        onset_on=onset,
        sampled_on=None if case.sampled_at is None else w.office.clock.day(case.sampled_at),
    )
    reporting.enter(w, "case", [card])
