"""Joining with a printed code, telephone in hand; and the sheets on which the codes are printed."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import render_template, request
from markupsafe import Markup

from region.accounts import actions, second_factor
from region.accounts.actions.joining import LASTS
from region.accounts.passwords import SHORTEST
from region.accounts.queries import count_by_state
from region.accounts.routes.entering import go_on
from region.accounts.routes.people import place_asked
from region.accounts.routes.table import Complaint, complaint, routes
from region.accounts.schemas import whole
from region.spine.errors import Invalid
from region.spine.i18n import translate
from region.spine.web import current_lang
from region.spine.work import Work


@routes.get("/join/<code>", public=True)
def join(w: Work, code: str) -> Any:
    """The page behind a printed code: who you are, and a password to choose."""
    return _page(w, code, None)


@routes.post("/join/<code>", public=True)
def join_with(w: Work, code: str) -> Any:
    """Use the code; the person is signed in with it, or goes on to the second factor."""
    password = request.form.get("password", "")
    if password != request.form.get("again", ""):
        unequal = Complaint("again", translate(current_lang(), "The two passwords differ. Type both again."))
        return _page(w, code, unequal), 422
    try:
        account = actions.join(w, code, password)
    except Invalid as fault:
        return _page(w, code, complaint(w, fault)), fault.status
    return go_on(actions.begin_session(w, account.id))


def _page(w: Work, code: str, wrong: Complaint | None) -> str:
    _invitation, account, place = actions.invited_by(w, code)
    return render_template(
        "accounts/join.html", code=code, account=account, place=place, wrong=wrong, least=SHORTEST
    )


@routes.get("/accounts/qr", needs="accounts.enrol")
def qr(w: Work) -> Any:
    """How many sheets there would be, and what printing them does to older ones."""
    place = place_asked(w, "accounts.enrol")
    return render_template(
        "accounts/qr.html", place=place, waiting=count_by_state(w, place)["invited"], days=LASTS.days
    )


@routes.post("/accounts/qr", needs="accounts.enrol")
def print_qr(w: Work) -> Any:
    """Make the codes and show them on sheets to print, one site after another."""
    place = place_asked(w, "accounts.enrol")
    one = request.form.get("account", "")
    made = actions.make_join_codes(w, place.id, [whole(one, "account")] if one else None)
    base = w.office.installation.public_url.rstrip("/") or request.url_root.rstrip("/")
    sites = [
        (
            site,
            [(one.account, f"{base}/join/{one.code}", _picture(f"{base}/join/{one.code}")) for one in group],
        )
        for site, group in groupby(made, key=lambda one: one.place)
    ]
    return render_template("accounts/qr_sheet.html", sites=sites, until=w.real_now + LASTS, base=base)


def _picture(text: str) -> Markup:
    # Made by segno from an address of ours: nothing in it comes from a person's free text.
    return Markup(second_factor.picture(text))
