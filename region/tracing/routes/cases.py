"""Cases by the web: the list by its clocks, one case with its facts and contacts, and what is done next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import redirect, render_template, request, url_for

from region.accounts.schemas import local_time
from region.incidents.queries import current
from region.people.actions.opening import Identity, open_people
from region.people.queries.masked import masked
from region.spine.errors import Invalid
from region.spine.machine import same_version
from region.spine.web import Routes
from region.spine.work import Work
from region.tracing.actions import cases, sourcing
from region.tracing.actions.sourcing import Source
from region.tracing.graph import LIKELY
from region.tracing.models import Case
from region.tracing.models.cases import FOUND_BY, KINDS
from region.tracing.queries import exposures, listing
from region.tracing.queries.codes import cases_named
from region.tracing.queries.indicators import indicators
from region.tracing.states import CASE, PACK

routes = Routes("cases", __name__)
READS, OPENS = "tracing.read", "people.open"
FACTS = ("occupation", "severity", "doses", "symptoms")


@routes.get("/tracing", needs=READS)
def page(w: Work) -> str:
    """Open cases by their clocks (card and transfer 2 h, core facts 4 h, report 24 h), the latest first."""
    incident = current(w)
    clock = request.args.get("clock", "next")
    found = listing.Page((), None)
    if incident is not None:
        found = listing.cases(w, incident.id, clock, request.args.get("after", ""))
    people = masked(w, [row.person_id for row, _ in found.rows])
    codes = ("K05", "K06", "K07", "K08")
    figures = indicators(w, codes, incident.id, w.now) if incident else []
    return render_template(
        "tracing/cases.html",
        found=found,
        clock_now=clock if clock in listing.CLOCKS else "next",
        clocks=listing.CLOCKS,
        people=people,
        figures=figures,
        places=listing.places_named(w, {row.place_id for row, _ in found.rows}),
    )


@routes.get("/tracing/cases/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One case: its facts, clocks, contacts, possible sources and history; the person stays masked."""
    return _show(w, w.get(Case, id), {})


def _show(w: Work, row: Case, opened: Mapping[int, Identity]) -> str:
    exposed = listing.contacts_of(w, row.id)
    sources = listing.sources_of(w, row.id)
    second = listing.contacts_via(w, [one.id for one, _ in exposed])
    persons = [
        row.person_id,
        *(one.person_id for one, _ in second),
        *(one.person_id for one, _ in exposed),
        *(one.person_id for _, one in sources),
    ]
    places = {row.place_id, row.care_place_id, *(one.place_id for one, _ in exposed)}
    return render_template(
        "tracing/case.html",
        row=row,
        people=masked(w, persons),
        opened=opened.get(row.person_id),
        opens=w.may(OPENS, row.place_id),
        purposes=w.rules.value(PACK, "purposes"),
        exposed=exposed,
        second=second,
        route=exposures.route(w, row.id),
        sources=sources,
        history=listing.history(w, f"case:{row.id}"),
        places=listing.places_named(w, places),
        verbs=[verb for verb in CASE.verbs(row.state) if w.may(CASE.find(verb, row.state).by, row.place_id)],
        investigates=w.may("tracing.investigate", row.place_id),
        traces=w.may("tracing.trace", row.place_id),
        kinds=KINDS,
        found_by=FOUND_BY,
        facts=FACTS,
        likely=LIKELY,
        settings=w.rules.value(PACK, "settings"),
    )


@routes.post("/tracing/cases/<int:id>/open", needs=OPENS)
def open_person(w: Work, id: int) -> str:
    """Name, telephone and address of the case, for a purpose of the pack; each opening is journalled."""
    row = w.get(Case, id)
    purpose = request.form.get("purpose", "")
    if purpose not in w.rules.value(PACK, "purposes"):
        raise Invalid("no-purpose", field="purpose")
    opened = open_people(
        w, [row.person_id], purpose=purpose, fields=("name", "phone", "address"), place=row.place_id
    )
    return _show(w, row, opened)


@routes.post("/tracing/cases/<int:id>/do", needs=READS)
def do(w: Work, id: int) -> Any:
    """What is done next: a `verb` with its fields (a move, save_core, card, care, correct, source, no_source)."""
    row = w.get(Case, id)
    form = request.form
    same_version(row, form.get("version", type=int))
    at = _moment(w, "at")
    verb = form.get("verb", "")
    if verb == "assign":
        cases.assign(w, row, form.get("to", ""), at=at)
    elif verb == "save_core":
        cases.save_core(w, row, {name: form.get(name, "").strip() for name in FACTS}, at=at)
    elif verb == "report":
        cases.report(w, row, at=at)
    elif verb in ("close", "void"):
        (cases.close if verb == "close" else cases.void)(w, row)
    elif verb == "card":
        cases.send_card(w, row, at=at)
    elif verb == "care":
        cases.arrive_in_care(w, row, None, at=at)
    elif verb == "correct":
        _correct(w, row)
    elif verb in ("source", "no_source"):
        _source(w, row, verb)
    else:
        raise Invalid("bad-request", field="verb")
    return redirect(url_for("cases.show", id=id), 303)


def _source(w: Work, row: Case, verb: str) -> None:
    """Another case may have infected this one, named by its code; or it did not after all."""
    code = request.form.get("code", "").strip()
    named = cases_named(w, row.incident_id, [code])
    if code not in named:
        raise Invalid("source-unknown", field="code")
    if verb == "no_source":
        sourcing.forget(w, row, named[code])
        return
    given = Source(row.id, named[code], request.form.get("likely", ""), request.form.get("setting", ""))
    sourcing.keep(w, [given], incident=row.incident_id)


def _correct(w: Work, row: Case) -> None:
    form = request.form
    community = {"yes": True, "no": False}.get(form.get("community", ""))
    cases.correct(
        w,
        row,
        kind=form.get("kind") or None,
        found_by=form.get("found_by") or None,
        day=_day("day"),
        onset_on=_day("onset_on"),
        community=community,
        diagnosed_at=_moment(w, "diagnosed_at"),
    )


def _day(field: str) -> date | None:
    text = request.form.get(field, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("time-form", field=field) from None


def _moment(w: Work, field: str) -> datetime | None:
    text = request.form.get(field, "")
    return local_time(text, w.office.clock.zone, field) if text else None
