"""Key people by the web: the groups at a glance, who waits in one, a person with all that stands for him."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from typing import Any

from flask import g, redirect, render_template, request, url_for

from region.care import groups
from region.care.actions import classing, listing, siting, tasks, ways
from region.care.actions.classing import Facts
from region.care.actions.ways import Way
from region.care.models import CLASSES, CareRoute, CareTask
from region.care.queries import arranged, groups_table, indicators, people, waiting
from region.care.queries.people import Wanted
from region.care.states import PACK
from region.people.actions import looking
from region.people.models import Person
from region.spine.actor import Actor
from region.spine.errors import Invalid, Missing
from region.spine.web import Routes, wants_json
from region.spine.work import Office, Work

routes = Routes("care", __name__)
READS, DOES, LISTS, ASSIGNS = "care.read", "care.do", "care.list", "care.assign"
WEEK = timedelta(days=6)
OFFLINE = timedelta(days=3)
"""How long ago something may have been done that a telephone tells now."""
ALL = "all"
SHOWS = ("due", "late", "people")


def number(name: str) -> int:
    """A whole number of the request; 0 where there is none."""
    given = request.values.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 15 else 0


def words(w: Work) -> dict[str, Any]:
    """What the pack calls things, for the templates of care."""
    names = ("team_roles", "sources", "route_kinds", "transports", "not_done_reasons", "end_reasons")
    return {
        "groups": groups.named(w, "group"),
        "kinds": groups.named(w, "task"),
        "levels": groups.named(w, "class"),
        "team_kinds": groups.named(w, "team"),
        **{name: w.rules.value(PACK, name) for name in names},
    }


@routes.get("/care", needs=READS)
def page(w: Work) -> str:
    """The groups with their people, tests in time, what waits and is late; service classes; follow-ups made (K41)."""
    today = w.office.clock.day(w.now)
    return render_template(
        "care/overview.html",
        lines=groups_table.lines(w),
        by_class=groups_table.by_class(w),
        served=indicators.served(w, today - WEEK, today),
        target=float(w.rules.value(PACK, "service.target")),
        coverage_target=groups_table.coverage_target(w),
        **words(w),
    )


@routes.get("/care/groups/<code>", needs=READS)
def group(w: Work, code: str) -> str:
    """Who of a group (or of all) waits for what, who is late, and everybody in it; by class; fifty a page."""
    known = groups.named(w, "group")
    if code != ALL and code not in known:
        raise Missing("no-such", what="group", id=code[:40])
    show, level = request.args.get("show", "due")[:8], request.args.get("level", "")[:8]
    asked = "" if code == ALL else code
    facts: dict[str, Any] = {"found": None, "page": None, "more": None}
    if show == "people":
        found = people.listed(w, Wanted(asked, level, number("after")))
        facts["found"] = found[: people.PAGE]
        facts["more"] = found[people.PAGE - 1].person if len(found) > people.PAGE else None
        ids = {one.place for one in facts["found"]}
    else:
        page = waiting.by_clock(w, waiting.Asked(asked, level, show == "late", _after()))
        facts["page"] = page
        facts["more"] = f"{page.after[0].isoformat()}_{page.after[1]}" if page.after else None
        ids = {id for one in page.tasks for id in (one.place_id, one.site_id)}
    return render_template(
        "care/group.html",
        code=code,
        show=show if show in SHOWS else "due",
        level=level,
        line=None if code == ALL else groups_table.lines(w, code)[0],
        coverage_target=groups_table.coverage_target(w),
        places=people.places_named(w, ids),
        today=w.office.clock.day(w.now),
        **facts,
        **words(w),
    )


def _after() -> waiting.After | None:
    """Where the page begins: the clock and number of the last task before it; from the start if it says nothing."""
    at, _, id = request.args.get("after", "").rpartition("_")
    try:
        read = dt.datetime.fromisoformat(at)
    except ValueError:
        return None
    whole = id.isascii() and id.isdecimal() and len(id) <= 15
    return (read, int(id)) if whole and read.tzinfo is not None else None


@routes.get("/care/people/<int:id>", needs=READS, stream=True)
def show(office: Office, actor: Actor, id: int) -> str:
    """One person; who asks for one that is not his is told of, in a work that outlives the refusal (AT-21)."""
    try:
        with office.work(actor, reading=True) as w:
            g.w = w
            return _card(w, id)
    except Missing:
        with office.work(actor) as w:
            looking.refuse(w, "page", id, "not_yours")
        raise


def _card(w: Work, id: int) -> str:
    """Groups, service class with its score, who answers for him, ways to treatment, and tasks."""
    found = people.whole(w, id)
    sites = {id for one in found.ways for id in (one.site_id, one.fallback_id) if id is not None}
    watched = siting.watching(w, [id]).get(id)
    assigns = _may(w, ASSIGNS, found)
    own = {watched.site} if watched and watched.site else set[int]()
    teamed = {one.site_id for one in found.teams if one.site_id}
    ids = {found.person.place_id, *sites, *own, *teamed, *(one.site_id for one in found.tasks)}
    return render_template(
        "care/person.html",
        found=found,
        watched=watched,
        names=arranged.names(w, found.teams),
        stale=arranged.stale(w, found.ways),
        next_day=arranged.next_day,
        places=people.places_named(w, ids),
        treatment=people.treatment_sites(w) if assigns else (),
        today=w.office.clock.day(w.now),
        score=None if found.classed is None else classing.score(w, Facts(**found.classed.facts)),
        classes=CLASSES,
        urgent=classing.URGENT,
        does=_may(w, DOES, found),
        lists=w.may(LISTS, found.person.place_id),
        assigns=assigns,
        **words(w),
    )


def _may(w: Work, capability: str, found: people.Whole) -> bool:
    return w.may(capability, found.person.place_id) or any(
        w.may(capability, one.site_id) for one in found.memberships
    )


@routes.post("/care/people/<int:id>/class", needs=DOES)
def classify(w: Work, id: int) -> Any:
    """Put a person into the class of the score of what was asked, or into the one that a doctor gives."""
    row = people.known(w, id)
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


@routes.post("/care/people/<int:id>/way", needs=ASSIGNS)
def set_way(w: Work, id: int) -> Any:
    """Protect a way to treatment: where, where else, on which weekdays or which day, and how one gets there."""
    row, form = people.known(w, id), request.form
    days = [int(day) for day in form.getlist("weekday") if day in "1234567" and day]
    hour = form.get("hour", "")
    way = Way(
        form.get("kind", "")[:16],
        number("site"),
        days,
        int(hour) if hour.isascii() and hour.isdecimal() and len(hour) <= 2 else None,
        _day(form.get("due_on", "")),
        form.get("transport", "")[:24],
        form.get("note", "")[:400],
        number("fallback") or None,
    )
    ways.set_way(w, id, row.place_id, way)
    return redirect(url_for("care.show", id=id), 303)


def _day(given: str) -> dt.date | None:
    if not given:
        return None
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        raise Invalid("route-days-wrong", field="due_on") from None


@routes.post("/care/ways/<int:id>/check", needs=DOES)
def check_way(w: Work, id: int) -> Any:
    """Somebody asked both places and the driver: the way stands."""
    ways.check(w, w.get(CareRoute, id))
    return _back()


@routes.post("/care/ways/<int:id>/end", needs=ASSIGNS)
def end_way(w: Work, id: int) -> Any:
    """A way is not needed any more."""
    ways.end(w, w.get(CareRoute, id))
    return _back()


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


@routes.post("/care/tasks/<int:id>/cancel", needs=ASSIGNS)
def cancel(w: Work, id: int) -> Any:
    """A task is no longer needed."""
    tasks.cancel(w, [w.get(CareTask, id)])
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
