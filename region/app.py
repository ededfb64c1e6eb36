"""Puts the region together; the only module that knows every part."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask, Response, jsonify
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

import region.flows
from region.accounts.area import AREA as ACCOUNTS
from region.accounts.identify import identify
from region.audit.area import AREA as AUDIT
from region.board.area import AREA as BOARD
from region.care.area import AREA as CARE
from region.dispatch.area import AREA as DISPATCH
from region.files.area import AREA as FILES
from region.incidents.area import AREA as INCIDENTS
from region.interop.area import AREA as INTEROP
from region.people.area import AREA as PEOPLE
from region.places.area import AREA as PLACES
from region.quarantine.area import AREA as QUARANTINE
from region.resources.area import AREA as RESOURCES
from region.sampling.area import AREA as SAMPLING
from region.settings import Settings
from region.shelter.area import AREA as SHELTER
from region.spine import web, worker
from region.spine.area import GROUPS, Area
from region.spine.assets import asset_url
from region.spine.bell import RedisBell
from region.spine.clock import Clock
from region.spine.db import connect
from region.spine.flow import Flows
from region.spine.installation import Bell, Installation, SilentBell
from region.spine.rulebook import Rulebook
from region.spine.seal import Seal
from region.spine.work import Office
from region.surveillance.area import AREA as SURVEILLANCE
from region.tracing.area import AREA as TRACING
from region.transfers.area import AREA as TRANSFERS
from region.zones.area import AREA as ZONES

AREAS: tuple[Area, ...] = (
    BOARD,
    PLACES,
    INCIDENTS,
    ACCOUNTS,
    PEOPLE,
    FILES,
    DISPATCH,
    RESOURCES,
    SAMPLING,
    TRACING,
    QUARANTINE,
    ZONES,
    CARE,
    SURVEILLANCE,
    SHELTER,
    TRANSFERS,
    AUDIT,
    INTEROP,
)
LIMITS = {
    "accounts.enter": "30 per minute",
    "accounts.enter_code": "30 per minute",
    "accounts.set_second_factor": "30 per minute",
    "accounts.join_with": "30 per minute",
    "links.show": "6000 per minute",
    "links.sign": "3000 per minute",
    "resident.show": "6000 per minute",
    "resident.answer": "3000 per minute",
}
"""What an address may ask that could be guessed at, by endpoint. A whole city's phones may share one address of their
network, so that links are limited by what the server can do and not by what one person does."""
REFUSALS = {
    "links.show": "300 per minute",
    "links.sign": "300 per minute",
    "resident.show": "300 per minute",
    "resident.answer": "300 per minute",
    "inbound.inbound": "60 per minute",
    "inbound.receipt": "60 per minute",
}
"""How many refusals an address may earn before it is not listened to, by endpoint; what succeeds counts for nothing."""
ROOT = Path(__file__).parent.parent


def build_office(settings: Settings, *, clock: Clock | None = None, bell: Bell | None = None) -> Office:
    """The office of an installation; nothing connects yet."""
    if bell is None:
        bell = RedisBell(settings.redis_url) if settings.redis_url else SilentBell()
    office = Office(
        engine=connect(settings.database),
        clock=clock or Clock(zone=settings.time_zone),
        flows=all_flows(),
        rules=Rulebook.shipped(),
        bell=bell,
        installation=Installation(
            files_dir=settings.data_dir / "files",
            keys_dir=settings.keys_path,
            seal=Seal(settings.secret("seal.key")),
            demo=settings.demo,
            public_url=settings.public_url,
            duty_phone=settings.duty_phone,
            lanes=settings.lanes,
            channels=settings.channel_fields(),
        ),
    )
    office.flows.check(question for area in AREAS for question in area.questions)
    return office


def all_flows() -> Flows:
    """Every step, answer, runner and event there is, found in the modules where they may stand."""
    flows = worker.learn_own(Flows())
    steps = [info.name for info in pkgutil.iter_modules(region.flows.__path__, "region.flows.")]
    # Tables too: one that nothing here uses may still be what another refers to.
    parts = [f"region.{area.name}.{part}" for area in AREAS for part in ("models", "events", "jobs")]
    known = [importlib.import_module(name) for name in [*steps, *parts] if _exists(name)]
    return flows.learn(module for one in known for module in _with_inside(one))


def _with_inside(module: ModuleType) -> list[ModuleType]:
    """A module, and where it is a package the modules inside it: what is marked stands there."""
    inside = pkgutil.iter_modules(getattr(module, "__path__", ()), f"{module.__name__}.")
    return [module, *(importlib.import_module(info.name) for info in inside)]


def _exists(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def area_modules(part: str) -> list[ModuleType]:
    """The modules called `part` of all areas that have one."""
    names = [f"region.{area.name}.{part}" for area in AREAS]
    return [importlib.import_module(name) for name in names if _exists(name)]


@dataclass(frozen=True)
class Region(web.Web):
    """What the web finds in the app."""

    settings: Settings


def create_app(settings: Settings, office: Office | None = None) -> Flask:
    """The web application."""
    if settings.demo and settings.host not in ("127.0.0.1", "localhost", "::1"):
        raise SystemExit("REGION_DEMO: the demonstration has printed passwords and serves this machine alone")
    app = Flask("region", root_path=str(ROOT / "region"), template_folder=str(ROOT / "templates"))
    app.config.update(
        SECRET_KEY=settings.secret("web.key"),
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 2**20,
        SESSION_COOKIE_NAME="region",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.public_url.startswith("https"),
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies)  # type: ignore[method-assign]
    office = office or build_office(settings)
    app.extensions["region"] = Region(office, identify, CSRFProtect(app), settings)
    web.prepare(app)
    app.jinja_env.globals["asset"] = asset_url
    items = [item for area in AREAS for item in area.menu]
    app.jinja_env.globals["menu"] = sorted(items, key=lambda item: GROUPS.index(item.group))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for area in AREAS:
        for routes in area.routes:
            app.register_blueprint(routes.blueprint)
    _limit_rates(app, settings)
    _tell_health(app, office)
    return app


def _limit_rates(app: Flask, settings: Settings) -> None:
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=settings.redis_url or "memory://",
        in_memory_fallback_enabled=True,
        strategy="moving-window",
    )
    for endpoint, limit in LIMITS.items():
        if endpoint in app.view_functions:
            view: Any = limiter.limit(limit)(app.view_functions[endpoint])
            app.view_functions[endpoint] = view
    for endpoint, limit in REFUSALS.items():
        if endpoint in app.view_functions:
            counted: Any = limiter.limit(limit, deduct_when=lambda answer: answer.status_code >= 400)
            app.view_functions[endpoint] = counted(app.view_functions[endpoint])


def _tell_health(app: Flask, office: Office) -> None:
    @app.get("/healthz")
    def healthz() -> tuple[str, int]:
        return "ok", 200

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        state = {"database": "ok", "redis": "ok"}
        try:
            with office.engine.connect() as connection:
                connection.exec_driver_sql("select count(*) from places")
        except SQLAlchemyError as error:
            state["database"] = type(error).__name__
        if isinstance(office.bell, RedisBell):
            try:
                office.bell.redis.ping()
            except RedisError as error:
                state["redis"] = type(error).__name__
        # Without Redis the sweep still does the work, only later: not a reason to send people away.
        return jsonify(state), 200 if state["database"] == "ok" else 503
