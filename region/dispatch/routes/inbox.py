"""The clinic's screen: the inbox as a page, as data for the device, its photographs, and its service worker."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import generate_csrf
from uuid6 import uuid7

from region.dispatch.models import Recipient
from region.dispatch.queries import inbox as asking
from region.dispatch.wording import PACK, kinds
from region.files.actions import keep
from region.spine.assets import STATIC, asset_url
from region.spine.device import account_word, clock_rate
from region.spine.errors import Invalid
from region.spine.web import Routes
from region.spine.work import Work

routes = Routes("inbox", __name__)

SHELL = (
    *("tokens.css", "base.css", "parts.css", "signs.css", "inbox.css", "css/inbox-cards.css"),
    *("css/menu.css", "css/inbox-campaign.css"),
    *("dexie.js", "js/inbox-store.js", "js/device-page.js", "js/inbox-tasks.js", "js/inbox-cards.js"),
    *("js/inbox.js", "js/inbox-desk.js", "js/inbox-passing.js"),
    *("css/shelf.css", "js/shelf-view.js", "js/shelf.js"),
    *("css/day.css", "js/day-view.js", "js/day.js"),
)
"""What the pages of a device, inbox, shelf and day, need without a network; their fonts are the device's own."""


@routes.get("/inbox", needs="dispatch.acknowledge")
def page(w: Work) -> Any:
    """What this site must sign, do, and has done."""
    found = asking.inbox(w)
    return render_template(
        "dispatch/inbox.html",
        inbox=found,
        etag=found.digest(),
        account=account_word(w),
        rate=clock_rate(w),
        urgencies=w.rules.value(PACK, "urgencies"),
        kinds=kinds(w),
        zone=w.office.clock.zone.key,
        duty_phone=w.office.installation.duty_phone,
        uid=lambda: str(uuid7()),
    )


@routes.get("/inbox/data", needs="dispatch.acknowledge")
def data(w: Work) -> Any:
    """The same for the device: cards in both languages, the time here, and a fresh form token.

    Answers 304 to an ``If-None-Match`` of what the device has.
    """
    found = asking.inbox(w)
    answer = make_response(
        jsonify(
            account=account_word(w),
            csrf=generate_csrf(),
            now=w.now.isoformat(),
            rate=clock_rate(w),
            realm=w.realm,
            etag=found.digest(),
            counts=found.counts,
            **_plain(asdict(found)),
        )
    )
    answer.set_etag(found.digest())
    return answer.make_conditional(request)


@routes.post("/inbox/files", needs="files.add")
def keep_photo(w: Work) -> Any:
    """Take in a photograph before the report that it belongs to: form fields ``file`` and ``recipient``.

    For what is sent upward ``place`` stands instead of ``recipient``.
    """
    given = request.files.get("file")
    if given is None:
        raise Invalid("field-missing", field="file")
    place, incident = _photographed(w)
    kept = keep(w, place, given.read(), given.filename or "photo", incident)
    return jsonify(ok=True, id=kept.id)


def _photographed(w: Work) -> tuple[int, int | None]:
    """The place and the response of the task that a photograph is sent for, or the place that asks upward."""
    number, place = request.form.get("recipient", ""), request.form.get("place", "")
    if place.isdigit():
        w.need("dispatch.request", int(place))
        return int(place), None
    if not number.isdigit():
        raise Invalid("field-missing", field="recipient")
    recipient = w.get(Recipient, int(number))
    w.need("dispatch.report", recipient.place_id)
    return recipient.place_id, recipient.directive.incident_id


@routes.get("/service-worker.js", public=True)
def service_worker(w: Work) -> Response:
    """The script that keeps the inbox readable without a network; a new version of any file makes it a new one."""
    shell = [asset_url(name) for name in SHELL]
    script = (STATIC / "js" / "service-worker.js").read_text("utf-8")
    answer = Response(f"const SHELL = {json.dumps(shell)};\n{script}", mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _plain(value: Any) -> Any:
    """Instants as ISO text, all the way down."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value
