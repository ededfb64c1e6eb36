"""Signing in and out on screen: password, one-time password, its first set-up."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, session, url_for
from markupsafe import Markup

from region.accounts import actions, second_factor
from region.accounts.actions import Outcome
from region.accounts.queries import open_realms
from region.accounts.queries.people import demo_people
from region.accounts.queries.sessions import session_by_token
from region.accounts.routes.table import routes
from region.accounts.schemas import whole
from region.spine.errors import Invalid, Unknown
from region.spine.web import current_lang
from region.spine.work import Work


def own_path(text: str) -> str:
    """A path of this site to go on to; anything that could lead elsewhere becomes the start page."""
    inside = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if inside else "/"


def go_on(outcome: Outcome) -> Any:
    """To where an outcome leads: in, or to the second factor. The old cookie ends here in any case."""
    onward = own_path(session.get("next", "/"))
    session.clear()
    if outcome.step == "in":
        session["sid"] = outcome.token
        session.permanent = outcome.keeps
        return redirect(onward, 303)
    session["half"], session["next"] = outcome.token, onward
    return redirect(
        url_for("accounts.code" if outcome.step == "code" else "accounts.second_factor_page"), 303
    )


def _page(w: Work, login: str = "", failed: bool = False) -> str:
    demo = w.office.installation.demo
    realms = open_realms(w)
    return render_template(
        "accounts/sign_in.html",
        login=login,
        failed=failed,
        demo=demo,
        people=demo_people(w) if demo else [],
        realms=realms,
        chosen=realms[0].id if demo and realms else 0,
        rules=w.rules,
    )


@routes.get("/sign-in", public=True)
def sign_in(w: Work) -> Any:
    """The sign-in page."""
    if "next" in request.args:
        session["next"] = own_path(request.args["next"])
    return _page(w, request.args.get("login", ""))


@routes.post("/sign-in", public=True)
def enter(w: Work) -> Any:
    """Check login and password; a failure shows the page again and stays counted."""
    login = request.form.get("login", "")
    realm = whole(request.form.get("realm", "0"), "realm")
    outcome = actions.sign_in(w, login, request.form.get("password", ""), realm)
    if outcome.step == "refused":
        return _page(w, login, failed=True), 401
    return go_on(outcome)


def _half(w: Work) -> tuple[str, Any]:
    token = str(session.get("half", ""))
    with w.beyond_scope("who is asking is found before it is known what they may see"):
        found = session_by_token(w, token, half=True) if token else None
    if found is None:
        raise Unknown("sign-in-again")
    return token, found[1]


@routes.get("/sign-in/code", public=True)
def code(w: Work) -> Any:
    """The page that asks for the one-time password."""
    _half(w)
    return render_template("accounts/code.html", failed=False)


@routes.post("/sign-in/code", public=True)
def enter_code(w: Work) -> Any:
    """Check the one-time password."""
    token, _account = _half(w)
    outcome = actions.confirm_code(w, token, request.form.get("code", ""))
    if outcome.step == "refused":
        return render_template("accounts/code.html", failed=True), 401
    return go_on(outcome)


@routes.get("/sign-in/second-factor", public=True)
def second_factor_page(w: Work) -> Any:
    """The page on which a second factor is set up: a fresh secret as a picture."""
    _token, account = _half(w)
    return _set_up(w, account.login, second_factor.new_secret(), failed=False)


@routes.post("/sign-in/second-factor", public=True)
def set_second_factor(w: Work) -> Any:
    """Prove the new secret with its first code."""
    token, account = _half(w)
    bound, _, secret = w.office.installation.seal.open(request.form.get("secret", "")).partition(":")
    if bound != str(account.id):
        raise Invalid("form-expired")
    outcome = actions.set_second_factor(w, token, secret, request.form.get("code", ""))
    if outcome.step == "refused":
        return _set_up(w, account.login, secret, failed=True), 401
    return go_on(outcome)


def _set_up(w: Work, login: str, secret: str, failed: bool) -> str:
    _token, account = _half(w)
    issuer = "区域公共卫生指挥" if current_lang() == "zh" else "Region command"
    return render_template(
        "accounts/second_factor.html",
        failed=failed,
        # Made by segno from our own address: nothing in it comes from a person's free text.
        picture=Markup(second_factor.picture(second_factor.address(secret, login, issuer))),
        spelled=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)),
        secret=w.office.installation.seal.close(f"{account.id}:{secret}"),
    )


@routes.post("/sign-out", public=True)
def sign_out(w: Work) -> Any:
    """End this session and forget its cookie."""
    for name in ("sid", "half"):
        if session.get(name):
            actions.sign_out(w, str(session[name]))
    session.clear()
    return redirect(url_for("accounts.sign_in"), 303)
