"""The web's side of a work: routes that always have an actor, one mapping of errors, headers, languages."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from string import Formatter
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.json.provider import DefaultJSONProvider
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException

from region.spine import i18n
from region.spine.actor import Actor
from region.spine.errors import Broken, Fault, Invalid, Missing, Refused, Stale, Unknown
from region.spine.work import Office

View = Callable[..., Any]
TRIES = 3
LARGEST_ID = 2**31 - 1
"""What PostgreSQL takes as an id of most tables; a larger one in an address is nobody's."""
HTTP_CODES = {405: "wrong-method", 413: "too-large", 429: "too-often"}
"""What is refused before any view looks at it, and keeps its own HTTP status."""
Identify = Callable[[Office, Any], Actor | None]
Prove = Callable[[Office, Any], Actor]


@dataclass(frozen=True)
class Rule:
    """One route, as it was declared: for the test that walks over all of them."""

    endpoint: str
    path: str
    method: str
    needs: str | None
    public: bool


@dataclass
class Routes:
    """An area's screens and endpoints. Each names the capability that it needs, or says that it is public."""

    name: str
    module: str
    rules: list[Rule] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.blueprint = Blueprint(self.name, self.module)

    def get(
        self,
        path: str,
        *,
        needs: str | None = None,
        public: bool = False,
        stream: bool = False,
        prove: Prove | None = None,
    ) -> Callable[[View], View]:
        """A page or data to read; the view takes (w, …), a `stream` one (office, actor, …) with no work open.

        `prove` is for what is public because the request itself carries the proof of who asks (a signed link, a
        provider's signature): it gives the actor or raises. Cookies then decide nothing, so no form token is asked.
        """
        return self._route("GET", path, needs, public, stream, prove)

    def post(
        self, path: str, *, needs: str | None = None, public: bool = False, prove: Prove | None = None
    ) -> Callable[[View], View]:
        """Something to do; the view takes (w, …), and what it returns commits. For `prove` see `get`."""
        return self._route("POST", path, needs, public, False, prove)

    def _route(
        self, method: str, path: str, needs: str | None, public: bool, stream: bool, prove: Prove | None
    ) -> Callable[[View], View]:
        if (needs is None) != public:
            raise ValueError(f"{path}: a route names what it needs, or is public, not both")

        def mark(view: View) -> View:
            endpoint = view.__name__
            reading = method == "GET"
            served = (
                _serve_proven(view, reading, prove) if prove else _serve(view, needs, reading, public, stream)
            )
            self.blueprint.add_url_rule(path, endpoint, served, methods=[method])
            self.rules.append(Rule(f"{self.name}.{endpoint}", path, method, needs, public))
            return view

        return mark


def office() -> Office:
    """The office of the app that serves this request."""
    found: Office = current_app.extensions["region"].office
    return found


@dataclass(frozen=True)
class Web:
    """What the web needs from the app: the office, and who is asking."""

    office: Office
    identify: Identify
    csrf: CSRFProtect


def _serve(view: View, needs: str | None, reading: bool, public: bool, stream: bool) -> View:
    @wraps(view)
    def serve(**values: Any) -> Any:
        web: Web = current_app.extensions["region"]
        if any(isinstance(value, int) and value > LARGEST_ID for value in values.values()):
            raise Missing("no-such-page")
        actor = web.identify(web.office, request)
        g.actor = actor
        if actor is None and not public:
            raise Unknown("not-signed-in")
        if not reading and "Authorization" not in request.headers:
            web.csrf.protect()
        if stream:
            with web.office.work(actor or Actor("visitor"), reading=True) as w:
                w.need(needs or "")
            return view(web.office, actor, **values)
        return _in_a_work(web.office, actor or Actor("visitor"), reading, needs, lambda w: view(w, **values))

    return serve


def _serve_proven(view: View, reading: bool, prove: Prove) -> View:
    @wraps(view)
    def serve(**values: Any) -> Any:
        here = office()
        actor = prove(here, request)
        return _in_a_work(here, actor, reading, None, lambda w: view(w, **values))

    return serve


def _in_a_work(office: Office, actor: Actor, reading: bool, needs: str | None, view: View) -> Any:
    """Serve a view in a work; when another work crossed it, once more from the beginning: then it sees the other."""
    for tried in range(TRIES):
        try:
            with office.work(actor, reading=reading) as w:
                g.w = w
                if needs is not None:
                    w.need(needs)
                return view(w)
        except Stale as stale:
            if stale.code != "crossed" or tried == TRIES - 1:
                raise
        # A sign, number or length that no column takes, wherever it was typed; SQLite's driver says it its own way.
        except (DataError, OverflowError) as error:
            raise Invalid("bad-request", status=400) from error
    raise Broken("not-served")


def current_lang() -> str:
    """The reader's language: asked for, kept in a cookie, the account's, the browser's, or Chinese."""
    for wanted in (request.args.get("lang"), request.cookies.get("lang")):
        if wanted in i18n.LANGS:
            return str(wanted)
    actor = g.get("actor")
    if actor is not None:
        return str(actor.lang)
    return request.accept_languages.best_match(list(i18n.LANGS)) or "zh"


def wants_json() -> bool:
    """Whether the caller is a program."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/api/") or best == "application/json" or request.is_json


class PlainJson(DefaultJSONProvider):
    """JSON as it comes in; a thousand brackets are no JSON, instead of a fault of ours."""

    def loads(self, s: str | bytes, **how: Any) -> Any:
        """What the text says; ValueError when it says nothing."""
        try:
            return super().loads(s, **how)
        except RecursionError as error:
            raise ValueError("too many brackets") from error


def prepare(app: Flask) -> None:
    """Put errors, languages and security headers in place."""
    app.json = PlainJson(app)
    app.register_error_handler(Fault, show_fault)
    app.register_error_handler(CSRFError, lambda _error: show_fault(Invalid("form-expired")))
    app.register_error_handler(HTTPException, _show_http)
    app.before_request(_before)
    app.after_request(_after)
    app.context_processor(_words)


def _before() -> None:
    g.nonce = secrets.token_urlsafe(16)


def _after(response: Response) -> Response:
    nonce = g.get("nonce", "")
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if request.args.get("lang") in i18n.LANGS:
        response.set_cookie("lang", request.args["lang"], max_age=31536000, samesite="Lax", httponly=True)
    return response


def _words() -> dict[str, Any]:
    lang = current_lang()
    zone = office().clock.zone
    actor: Actor | None = g.get("actor")
    return {
        "lang": lang,
        "nonce": g.get("nonce", ""),
        "actor": actor,
        "exercise": actor is not None and actor.realm != 0,
        "_": lambda text, **facts: i18n.translate(lang, text, **facts),
        "pick": lambda zh, en: i18n.pick(lang, zh, en),
        "when": lambda instant, **how: i18n.clock_time(lang, instant, zone, **how),
        "span": lambda length: i18n.span(lang, length),
        "number": i18n.number,
        "may": lambda capability, place=None: g.w.may(capability, place) if "w" in g else False,
        "now": g.w.now if "w" in g else None,
    }


def fault_text(lang: str, fault: Fault) -> str:
    """The sentence for a fault in the reader's language, from the catalogues (``fault:CODE``), else its code."""
    sentence = i18n.catalogue(lang).get(f"fault:{fault.code}", fault.code)
    names = [name for _, name, _, _ in Formatter().parse(sentence) if name]
    return sentence.format(**{name: fault.facts.get(name, "–") for name in names})


def show_fault(fault: Fault) -> Any:
    """The answer that a fault makes: JSON for programs, else the sign-in or a page that says the sentence."""
    lang = current_lang()
    if isinstance(fault, Unknown) and not wants_json() and request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    text = fault_text(lang, fault)
    if wants_json():
        return jsonify(error=fault.code, text=text, facts=fault.facts), fault.status
    return render_template("fault.html", fault=fault, text=text), fault.status


def _show_http(error: HTTPException) -> Any:
    if error.code == 404:
        return show_fault(Missing("no-such-page"))
    if error.code in HTTP_CODES:
        refused = Refused(HTTP_CODES[error.code])
        refused.status = error.code
        return show_fault(refused)
    if error.code in (400, 415):
        return show_fault(Invalid("bad-request", status=error.code))
    if error.code == 500:
        return show_fault(Broken("broken"))
    return error
