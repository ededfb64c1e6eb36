"""What is arranged for key people by the web: teams and who answers for whom, ways to treatment, lists of groups."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select

from region.care.actions import importing, teams
from region.care.actions.importing import Sent
from region.care.actions.teams import Member
from region.care.queries import arranged, people
from region.care.routes.care import ASSIGNS, LISTS, READS, number, words
from region.places.models import Place
from region.places.wording import finding
from region.spine.errors import Fault, Invalid, Missing
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("care_arranged", __name__)
SHOWN = 200
"""Refused rows that a page shows at most."""


@routes.get("/care/teams", needs=READS)
def team_list(w: Work) -> str:
    """Teams with their people and how many key people each answers for; places with key people and no team."""
    return _teams(w, None)


def _teams(w: Work, fault: Fault | None) -> str:
    found = arranged.teams(w, number("after"))
    bare = arranged.without_team(w)
    ids = {id for one in found.teams for id in (one.place_id, one.site_id) if id is not None}
    known = words(w)
    kind = request.values.get("kind", "")
    return render_template(
        "care/teams.html",
        found=found,
        bare=bare,
        places=people.places_named(w, ids | {place for place, _ in bare}),
        kind=kind if kind in known["team_kinds"] else next(iter(known["team_kinds"])),
        given=request.form if fault else request.args,
        said=fault_text(current_lang(), fault) if fault else "",
        **known,
    )


@routes.post("/care/teams", needs=ASSIGNS)
def set_team(w: Work) -> Any:
    """Say who is in the team of a community, and which site does its tasks."""
    form, known = request.form, words(w)["team_kinds"]
    kind = form.get("kind", "")[:24]
    roles = known[kind].value if kind in known else ()
    members = [Member(role, login) for role in roles if (login := form.get(f"login_{role}", "").strip()[:60])]
    try:
        if not members:
            raise Invalid("no-such-member", field="login")
        with w.session.begin_nested():
            site = _place(w, form.get("site", ""))
            teams.set_team(w, _place(w, form.get("place", "")) or 0, kind, members, site=site)
    except (Invalid, Missing) as fault:
        return _teams(w, fault), fault.status
    return redirect(url_for("care_arranged.team_list"), 303)


def _place(w: Work, code: str) -> int | None:
    """A place by its code; None where nothing was written; Missing for one that is unknown or of others."""
    if not code.strip():
        return None
    found = w.session.scalars(select(Place.id).where(Place.code == code.strip()[:40])).first()
    if found is None:
        raise Missing("no-such", what="place", id=code.strip()[:40])
    return found


@routes.get("/care/ways", needs=READS)
def way_list(w: Work) -> str:
    """Ways to treatment that stand: where, where else, when, how one gets there, and when somebody last checked."""
    kind, unchecked = request.args.get("kind", "")[:16], request.args.get("unchecked") == "1"
    found = arranged.ways(w, kind, unchecked=unchecked, after=number("after"))
    ids = {id for one in found.ways for id in (one.site_id, one.fallback_id, one.place_id) if id is not None}
    return render_template(
        "care/ways.html",
        found=found,
        kind=kind,
        unchecked=unchecked,
        next_day=arranged.next_day,
        today=w.office.clock.day(w.now),
        places=people.places_named(w, ids),
        **words(w),
    )


@routes.get("/care/lists", needs=LISTS)
def list_page(w: Work) -> str:
    """Where a file of a key group is handed in."""
    return _list(w, None, None)


def _list(w: Work, taken: importing.Taken | None, fault: Fault | None) -> str:
    lang = current_lang()
    return render_template(
        "care/lists.html",
        taken=taken,
        refused=taken.refused[:SHOWN] if taken else (),
        finding=lambda one: finding(lang, one),
        said=fault_text(lang, fault) if fault else "",
        given=request.values,
        **words(w),
    )


@routes.post("/care/lists", needs=LISTS)
def hand_in(w: Work) -> Any:
    """Check a file of a key group, or take it; what was refused is said by row."""
    form, file = request.form, request.files.get("file")
    try:
        if file is None or not file.filename:
            raise Invalid("file-missing", field="file")
        named = (form.get("group", "")[:40], form.get("source", "")[:20], form.get("evidence", "")[:40])
        sent = Sent(file.read(), file.filename, *named)
        with w.session.begin_nested():
            act = importing.take if form.get("verb") == "take" else importing.check
            return _list(w, act(w, sent), None)
    except Invalid as fault:
        return _list(w, None, fault), fault.status
