"""Proposals of cases by the web: an epidemiologist reads, opens the person for a purpose, accepts or dismisses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for

from region.accounts.queries import people_named
from region.people.actions.opening import Identity
from region.spine.errors import Forbidden, Invalid, Refused, Stale
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work
from region.surveillance.actions import proposing
from region.surveillance.models import CaseProposal
from region.surveillance.queries import proposals as proposed
from region.surveillance.states import PROPOSAL

routes = Routes("proposals", __name__)
READS, DECIDES, OPENS = "surveillance.read", "surveillance.triage", "people.open"


@routes.get("/surveillance/proposals", needs=READS)
def page(w: Work) -> str:
    """Proposals that wait for a decision, the oldest first; those decided lately."""
    return _page(w)


def _page(w: Work, *, opened: Mapping[int, Identity | None] | None = None, wrong: str = "") -> str:
    found = proposed.listed(w)
    ids = {one.row.place_id for one in found} | {one.finding.laboratory for one in found if one.finding}
    deciders = {one.row.decided_by or "" for one in found}
    by = {int(one[8:]) for one in deciders if one.startswith("account:")}
    return render_template(
        "surveillance/proposals.html",
        found=found,
        places=proposed.places_named(w, ids),
        names={f"account:{number}": one for number, one in people_named(w, by).items()},
        purposes=w.rules.value(PROPOSAL.pack, "proposal.purposes"),
        opened=opened or {},
        wrong=wrong,
    )


@routes.post("/surveillance/proposals/<int:id>/open", needs=OPENS)
def open_person(w: Work, id: int) -> str:
    """What identifies the person, for the ``purpose`` chosen; journalled."""
    row = w.get(CaseProposal, id)
    return _page(w, opened={row.id: proposing.open_person(w, row, request.form.get("purpose", "")[:40])})


@routes.post("/surveillance/proposals/<int:id>/accept", needs=DECIDES)
def accept(w: Work, id: int) -> Any:
    """It is a case."""
    return _decide(w, id, "accept")


@routes.post("/surveillance/proposals/<int:id>/dismiss", needs=DECIDES)
def dismiss(w: Work, id: int) -> Any:
    """It is none, with the reason."""
    return _decide(w, id, "dismiss")


def _decide(w: Work, id: int, verb: str) -> Any:
    row = w.get(CaseProposal, id)
    try:
        with w.session.begin_nested():
            proposing.decide(w, row, verb, request.form.get("note", ""))
    except (Forbidden, Stale):
        raise
    except (Invalid, Refused) as fault:
        return _page(w, wrong=fault_text(current_lang(), fault)), fault.status
    return redirect(url_for("proposals.page"), 303)
