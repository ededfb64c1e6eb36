"""People by place: the list, one person, roles, sessions, closing, a telephone shown."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for
from sqlalchemy import and_, or_, select

from region.accounts import actions
from region.accounts.queries import account, count_by_state, grants_of, people, role_names
from region.accounts.queries.people import STATES
from region.accounts.queries.sessions import sessions_of
from region.accounts.routes.table import Complaint, complaint, routes
from region.accounts.schemas import local_time, whole
from region.places.models import Place
from region.spine.errors import Invalid, Refused
from region.spine.work import Work


def place_asked(w: Work, capability: str) -> Place:
    """The place named in the address or form, else the first for which the actor holds the capability."""
    asked = request.values.get("place", "")
    if asked:
        return w.get(Place, whole(asked, "place"))
    return places_of(w, capability)[0]


def places_of(w: Work, capability: str) -> list[Place]:
    """The places at which the actor holds a capability; the root of the tree for one who holds it everywhere."""
    w.need(capability)
    paths = w.actor.paths_for(w.rules.roles_that(capability))
    own = Place.parent_id.is_(None) if "" in paths else Place.path.in_(paths)
    return list(w.session.scalars(select(Place).where(own).order_by(Place.path)))


def beside(w: Work, place: Place) -> list[Place]:
    """Where one can go from a place in the list: up, here, and the areas below."""
    below = and_(Place.parent_id == place.id, Place.kind == "area")
    wanted = select(Place).where(or_(Place.id == place.id, Place.id == place.parent_id, below))
    return list(w.session.scalars(wanted.order_by(Place.path).limit(200)))


@routes.get("/accounts", needs="accounts.read")
def list_people(w: Work) -> Any:
    """People by place; every filter stands in the address."""
    place = place_asked(w, "accounts.read")
    asked = {name: request.args.get(name, "").strip() for name in ("state", "role", "login")}
    after = request.args.get("after", "")
    page = people(w, place=place, after=whole(after, "after") if after else None, **asked)
    return render_template(
        "accounts/people.html",
        page=page,
        place=place,
        places=beside(w, place),
        asked=asked,
        counts=count_by_state(w, place),
        states=STATES,
        roles=role_names(w.rules),
    )


@routes.get("/accounts/<int:account_id>", needs="accounts.read")
def person(w: Work, account_id: int) -> Any:
    """One person."""
    return _person(w, account_id)


def _person(w: Work, account_id: int, *, phone: str | None = None, wrong: Complaint | None = None) -> str:
    line = account(w, account_id)
    return render_template(
        "accounts/person.html",
        line=line,
        grants=grants_of(w, account_id),
        sessions=sessions_of(w, account_id),
        roles=role_names(w.rules),
        rules=w.rules,
        places=places_of(w, "accounts.grant") if w.may("accounts.grant") else [],
        phone=phone,
        wrong=wrong,
        purposes=actions.PURPOSES,
        at=w.real_now,
    )


def _back(account_id: int) -> Any:
    return redirect(url_for("accounts.person", account_id=account_id), 303)


@routes.post("/accounts/<int:account_id>/phone", needs="accounts.read")
def show_phone(w: Work, account_id: int) -> Any:
    """Show a telephone for a stated purpose; that it was shown is told."""
    number = actions.reveal_phone(w, account_id, request.form.get("purpose", ""))
    return _person(w, account_id, phone=number)


@routes.post("/accounts/<int:account_id>/grants", needs="accounts.grant")
def grant(w: Work, account_id: int) -> Any:
    """Grant a role at a place, perhaps until a day."""
    ends = request.form.get("ends", "")
    try:
        until = local_time(ends, w.office.clock.zone, "ends") if ends else None
        place_id = whole(request.form.get("place", ""), "place")
        actions.grant_role(w, account_id, request.form.get("role", ""), place_id, ends=until)
    except (Invalid, Refused) as fault:
        return _person(w, account_id, wrong=complaint(w, fault)), fault.status
    return _back(account_id)


@routes.post("/accounts/grants/<int:grant_id>/revoke", needs="accounts.grant")
def revoke(w: Work, grant_id: int) -> Any:
    """Take a role back."""
    actions.revoke_role(w, grant_id)
    return _back(whole(request.form.get("account", ""), "account"))


@routes.post("/accounts/<int:account_id>/close", needs="accounts.enrol")
def close(w: Work, account_id: int) -> Any:
    """Close an account."""
    actions.close_account(w, account_id)
    return _back(account_id)


@routes.post("/accounts/<int:account_id>/second-factor/clear", needs="accounts.grant")
def clear_second_factor(w: Work, account_id: int) -> Any:
    """Take a lost second factor away."""
    actions.clear_second_factor(w, account_id)
    return _back(account_id)


@routes.post("/accounts/<int:account_id>/sessions/end", needs="accounts.read")
def end_sessions(w: Work, account_id: int) -> Any:
    """End all sessions of a person; ending one's own signs out here too."""
    actions.end_sessions(w, account_id)
    if w.actor.account_id == account_id:
        session.clear()
        return redirect(url_for("accounts.sign_in"), 303)
    return _back(account_id)


@routes.get("/accounts/new", needs="accounts.enrol")
def new(w: Work) -> Any:
    """The form for one account."""
    return _new(w, {}, None)


@routes.post("/accounts/new", needs="accounts.enrol")
def make(w: Work) -> Any:
    """Make one account by hand."""
    given = {name: request.form.get(name, "").strip() for name in NEW}
    try:
        made = actions.make_account(
            w,
            login=given["login"],
            name_zh=given["name_zh"],
            name_en=given["name_en"],
            place_id=place_by_code(w, given["code"]).id,
            role=given["role"],
            phone=given["phone"],
            lang=given["lang"] or "zh",
        )
    except (Invalid, Refused) as fault:
        return _new(w, given, complaint(w, fault)), fault.status
    return _back(made.id)


NEW = ("login", "name_zh", "name_en", "code", "role", "phone", "lang")


def place_by_code(w: Work, code: str) -> Place:
    """The one place of the actor's with this code; Invalid names the field."""
    found = w.session.scalars(select(Place).where(Place.code == code, Place.valid_to.is_(None))).all()
    if len(found) != 1:
        raise Invalid("site-twice" if found else "site-unknown", field="code", place_code=code)
    return found[0]


def _new(w: Work, given: dict[str, str], wrong: Complaint | None) -> str:
    return render_template("accounts/new.html", given=given, wrong=wrong, roles=role_names(w.rules))
