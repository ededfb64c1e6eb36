"""Letters by the web: those that wait by their clock, one letter with its question and answer, and a new one."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from region.accounts.schemas import whole
from region.incidents.queries import current
from region.people.queries.masked import masked
from region.spine.errors import Invalid
from region.spine.web import Routes
from region.spine.work import Work
from region.tracing.actions import letters
from region.tracing.models import Contact, TraceLetter
from region.tracing.queries import listing
from region.tracing.queries.indicators import indicator
from region.tracing.states import LETTER

routes = Routes("letters", __name__)
READS, PUSHES = "tracing.read", "tracing.push"


@routes.get("/tracing/letters", needs=READS)
def page(w: Work) -> str:
    """Letters that wait for an answer, the latest first (``ended=1``: those that have one), and K13."""
    incident = current(w)
    ended = request.args.get("ended") == "1"
    found = listing.Page((), None)
    if incident is not None:
        found = listing.letters(w, incident.id, ended=ended, after=request.args.get("after", ""))
    return render_template(
        "tracing/letters.html",
        found=found,
        ended=ended,
        figures=[indicator(w, "K13", incident.id, w.now)] if incident else [],
        places=_places(w, [row for row, _ in found.rows]),
        home=incident.place_id if incident else None,
    )


def _places(w: Work, rows: list[TraceLetter]) -> Any:
    return listing.places_named(w, {id for row in rows for id in (row.place_id, row.to_place_id)})


@routes.get("/tracing/letters/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One letter: who asks whom, about how many people, and what was answered."""
    row = w.get(TraceLetter, id)
    asked = w.session.scalars(select(Contact).where(Contact.id.in_(row.contacts))).all()
    return render_template(
        "tracing/letter.html",
        row=row,
        asked=asked,
        people=masked(w, [one.person_id for one in asked]),
        places=_places(w, [row]),
        verbs=[
            verb
            for verb in LETTER.verbs(row.state)
            if w.may(LETTER.find(verb, row.state).by, _whose(row, verb))
        ],
        history=listing.history(w, f"letter:{row.id}"),
    )


def _whose(row: TraceLetter, verb: str) -> int:
    """The place that makes this move: the one asked answers, the one that asked withdraws."""
    return row.place_id if verb == "withdraw" or row.to_place_id is None else row.to_place_id


@routes.post("/tracing/letters", needs=PUSHES)
def send(w: Work) -> Any:
    """A new letter about contacts (``contacts``: numbers, with spaces between), to a city or province by name."""
    incident = current(w)
    if incident is None:
        raise Invalid("letter-about-nobody", field="contacts")
    form = request.form
    ids = [whole(one, "contacts") for one in form.get("contacts", "").replace(",", " ").split()]
    asked = [w.get(Contact, id) for id in dict.fromkeys(ids)]
    row = letters.send(
        w,
        asked,
        incident=incident.id,
        place=incident.place_id,
        level=form.get("level", ""),
        to_name=form.get("to_name", ""),
        question=form.get("question", ""),
    )
    return redirect(url_for("letters.show", id=row.id), 303)


@routes.post("/tracing/letters/<int:id>/do", needs=READS)
def do(w: Work, id: int) -> Any:
    """``verb``: take, answer (with ``found`` and ``text``), or withdraw."""
    row = w.get(TraceLetter, id)
    verb = request.form.get("verb", "")
    if verb == "take":
        letters.take(w, row)
    elif verb == "answer":
        found = whole(request.form.get("found", ""), "found")
        letters.answer(w, row, found=found, text=request.form.get("text", ""))
    elif verb == "withdraw":
        letters.withdraw(w, row)
    else:
        raise Invalid("bad-request", field="verb")
    return redirect(url_for("letters.show", id=id), 303)
