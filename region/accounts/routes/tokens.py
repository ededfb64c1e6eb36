"""Tokens of programs on screen: made and shown once, revoked."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from region.accounts import actions
from region.accounts.queries import role_names
from region.accounts.queries.people import tokens as all_tokens
from region.accounts.queries.roles import for_persons_alone
from region.accounts.routes.people import places_of
from region.accounts.routes.table import Complaint, complaint, routes
from region.accounts.schemas import whole
from region.spine.errors import Invalid, Refused
from region.spine.work import Work


@routes.get("/accounts/tokens", needs="accounts.grant")
def tokens(w: Work) -> Any:
    """The tokens of the actor's places, and the form for a new one."""
    return _page(w, None, "")


@routes.post("/accounts/tokens", needs="accounts.grant")
def make_token(w: Work) -> Any:
    """Make a token and show its secret this once."""
    form = request.form
    try:
        _token, secret = actions.make_token(
            w,
            name=form.get("name", ""),
            place_id=whole(form.get("place", ""), "place"),
            role=form.get("role", ""),
            scopes=form.getlist("scopes"),
            days=whole(form.get("days", ""), "days"),
        )
    except (Invalid, Refused) as fault:
        return _page(w, complaint(w, fault), ""), fault.status
    return _page(w, None, secret)


@routes.post("/accounts/tokens/<int:token_id>/revoke", needs="accounts.grant")
def revoke_token(w: Work, token_id: int) -> Any:
    """Stop a token."""
    actions.revoke_token(w, token_id)
    return redirect(url_for("accounts.tokens"), 303)


def _page(w: Work, wrong: Complaint | None, secret: str) -> str:
    return render_template(
        "accounts/tokens.html",
        tokens=all_tokens(w),
        places=places_of(w, "accounts.grant"),
        roles=role_names(w.rules, holders=("person",)),
        capabilities={
            code: name
            for code, name in w.rules.value("roles", "capabilities").items()
            if code not in for_persons_alone(w.rules)
        },
        wrong=wrong,
        given=request.form,
        scopes=request.form.getlist("scopes"),
        secret=secret,
        at=w.real_now,
    )
