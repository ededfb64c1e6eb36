"""Key people by the web: the list by group and class, one person with all that stands for him, and what is done."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for

from region.care import groups
from region.care.actions import classing, listing, tasks
from region.care.actions.classing import Facts
from region.care.models import CLASSES, CareTask
from region.care.queries import indicators, people
from region.care.queries.people import Wanted
from region.care.states import PACK
from region.people.models import Person
from region.spine.errors import Invalid
from region.spine.web import Routes, wants_json
from region.spine.work import Work

routes = Routes("care", __name__)
READS, DOES, LISTS = "care.read", "care.do", "care.list"
WEEK = timedelta(days=6)
OFFLINE = timedelta(days=3)
"""How long ago something may have been done that a telephone tells now."""


def _number(name: str) -> int:
    given = request.values.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 15 else 0


@routes.get("/care", needs=READS)
def page(w: Work) -> str:
    """People in key groups by group and class, how many follow-ups were made (K41), page by page."""
    asked = Wanted(request.args.get("group", "")[:40], request.args.get("level", "")[:8], _number("after"))
    found = people.listed(w, asked)
    shown = found[: people.PAGE]
    by_group, by_level, total = people.counts(w)
    today = w.office.clock.day(w.now)
    return render_template(
        "care/people.html",
        asked=asked,
        found=shown,
        more=shown[-1].person if len(found) > people.PAGE else None,
        by_group=by_group,
        by_level=by_level,
        total=total,
        served=indicators.served(w, today - WEEK, today),
        target=float(w.rules.value(PACK, "service.target")),
        places=people.places_named(w, {one.place for one in shown}),
        today=today,
        **_words(w),
    )


def _words(w: Work) -> dict[str, Any]:
    return {
        "groups": groups.named(w, "group"),
        "kinds": groups.named(w, "task"),
        "levels": groups.named(w, "class"),
        "team_kinds": groups.named(w, "team"),
        **{
            name: w.rules.value(PACK, name)
            for name in (
                "team_roles",
                "sources",
                "route_kinds",
                "transports",
                "not_done_reasons",
                "end_reasons",
            )
        },
    }


@routes.get("/care/people/<int:id>", needs=READS)
def show(w: Work, id: int) -> str:
    """One person: groups, service class with its score, team, ways to treatment, and tasks."""
    found = people.whole(w, id)
    ids = {found.person.place_id, *(one.site_id for one in found.ways), *(one.site_id for one in found.tasks)}
    return render_template(
        "care/person.html",
        found=found,
        places=people.places_named(w, ids),
        today=w.office.clock.day(w.now),
        score=None if found.classed is None else classing.score(w, Facts(**found.classed.facts)),
        classes=CLASSES,
        urgent=classing.URGENT,
        does=w.may(DOES, found.person.place_id),
        lists=w.may(LISTS, found.person.place_id),
        **_words(w),
    )


@routes.post("/care/people/<int:id>/class", needs=DOES)
def classify(w: Work, id: int) -> Any:
    """Put a person into the class of the score of what was asked, or into the one that a doctor gives."""
    row = w.get(Person, id)
    given = {name: request.form.get(name, "")[:12] for name in ("disease", "vaccine", "urgent")}
    age = request.form.get("age", "")
    if not (age.isascii() and age.isdecimal() and len(age) <= 3):
        raise Invalid("class-facts-wrong", field="age")
    level = request.form.get("level", "")[:8] or None
    classing.classify(w, id, row.place_id, Facts(int(age), **given), level=level)
    return redirect(url_for("care.show", id=id), 303)


@routes.post("/care/people/<int:id>/join", needs=LISTS)
def join(w: Work, id: int) -> Any:
    """Put a person into a group, from a source and on evidence."""
    row = w.get(Person, id)
    group, source = request.form.get("group", "")[:40], request.form.get("source", "")[:20]
    evidence = request.form.get("evidence", "")[:40]
    listing.join(w, [listing.Join(id, row.place_id, group, source, evidence)])
    return redirect(url_for("care.show", id=id), 303)


@routes.post("/care/people/<int:id>/leave", needs=LISTS)
def leave(w: Work, id: int) -> Any:
    """A person leaves a group."""
    w.get(Person, id)
    listing.leave(w, [id], request.form.get("group", "")[:40])
    return redirect(url_for("care.show", id=id), 303)


@routes.post("/care/tasks/<int:id>/do", needs=DOES)
def do(w: Work, id: int) -> Any:
    """A task was done; sent twice it is done once. ``at``: when, where a telephone tells it later."""
    tasks.do(w, [w.get(CareTask, id)], at=_done_at(w))
    return _back()


@routes.post("/care/tasks/<int:id>/fail", needs=DOES)
def fail(w: Work, id: int) -> Any:
    """A task could not be done, for a ``reason`` of the pack."""
    tasks.fail(w, [w.get(CareTask, id)], request.form.get("reason", "")[:24])
    return _back()


def _done_at(w: Work) -> dt.datetime | None:
    given = request.form.get("at", "")
    if not given:
        return None
    try:
        at = dt.datetime.fromisoformat(given)
    except ValueError:
        raise Invalid("done-at-wrong", field="at") from None
    if at.tzinfo is None or not w.now - OFFLINE <= at <= w.now + timedelta(minutes=10):
        raise Invalid("done-at-wrong", field="at")
    return min(at, w.now)


def _back() -> Any:
    """To the list it was pressed in; a program gets an empty answer."""
    if wants_json() or request.headers.get("X-Quiet"):
        return "", 204
    there = request.form.get("back", "")
    return redirect(there if there.startswith(("/day", "/care/")) else url_for("care.page"), 303)
