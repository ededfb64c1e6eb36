"""The page behind a signed link: it shows one order, and one button signs for it; no sign-in, no session, no script.

Looking never signs, for mail scanners open every link. What proves who asks is the link itself and no cookie, so the
form needs no token against forgery: whoever could forge it has the link, and may sign. It works with cookies blocked;
the one that is set is only a mark by which the journal tells devices apart.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Response, g, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy import select

from region.dispatch.actions import remote_signing
from region.dispatch.actions.answering import settles
from region.dispatch.actions.remote_signing import Holder, Signed
from region.dispatch.events import LinkRefused
from region.dispatch.links import open_token
from region.dispatch.models import Delivery
from region.dispatch.queries.link_page import page_of
from region.dispatch.schemas import Hand
from region.dispatch.wording import PACK, kinds
from region.spine import web
from region.spine.actor import Actor, system_actor
from region.spine.clock import REAL
from region.spine.errors import Invalid, Refused
from region.spine.web import Routes, wants_json
from region.spine.work import Office, Work

routes = Routes("links", __name__)
MOST_BYTES = 8 * 1024
"""What a name and a button weigh, many times over."""
DEVICE, DEVICE_FORM, DEVICE_LASTS = "device", re.compile(r"[0-9a-f]{32}", re.ASCII), 2 * 365 * 24 * 3600
NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{1,60}")
"""No control signs, and none that turn the direction of writing round."""


@dataclass(frozen=True)
class Shown:
    """The link of this request, as far as it could be read: its world, and whose it is."""

    realm: int = REAL
    holder: Holder | None = None


def prove(office: Office, asked: Any) -> Actor:
    """The holder of the link; Refused `link-forged`, `link-expired` or `link-not-yours`."""
    asked.max_content_length = MOST_BYTES
    g.shown = Shown()
    token = open_token(office.installation.seal, asked.view_args["token"])
    with office.work(system_actor(token.realm), reading=True) as w:
        holder = remote_signing.holder_of(w, token.uid)
        g.shown = Shown(token.realm, holder)
        remote_signing.check_link(w, token, holder)
    return holder.actor


def way() -> Any:
    """By which way the link was come by: tapped, or read off a printed square."""
    given = request.args.getlist("v")
    if len(given) > 1:
        raise Invalid("field-twice", field="v")
    return "qr" if given == ["qr"] else "link"


@routes.get("/s/<token>", public=True, prove=prove)
def show(w: Work, token: str) -> Any:
    """The order, and the button; changes nothing, however often it is opened."""
    return _page(w, token)


@routes.post("/s/<token>", public=True, prove=prove)
def sign(w: Work, token: str) -> Any:
    """Sign, once; form field ``name`` says who, where the link is not for a known person."""
    delivery = _delivery(w)
    device = _device()
    by = "" if delivery.account_id is not None else _name()
    if by is None:
        return _page(w, token, wrong=True)
    recipient = remote_signing.sign(w, delivery, Hand(way(), _mark(w, device)), Signed(by))
    if wants_json():
        at = recipient.stopped_at or recipient.acknowledged_at
        return jsonify(ok=True, state=recipient.state, signed_at=at.isoformat() if at else None)
    there = url_for("links.show", token=token, v="qr" if way() == "qr" else None)
    return _remember(make_response(redirect(there, 303)), device)


def _page(w: Work, token: str, *, wrong: bool = False) -> Any:
    delivery = _delivery(w)
    found = page_of(w, delivery)
    page = render_template(
        "dispatch/link.html",
        page=found,
        token=token,
        way=way(),
        wrong=wrong,
        given=request.form.get("name", "")[:60] if wrong else "",
        exercise=w.realm != REAL,
        reports=not settles(w, found.directive),
        kind=kinds(w)[found.directive.kind],
        urgency=w.rules.value(PACK, "urgencies")[found.directive.urgency],
        duty_phone=w.office.installation.duty_phone,
    )
    return _remember(make_response(page, 422 if wrong else 200), _device())


def _delivery(w: Work) -> Delivery:
    holder: Holder = g.shown.holder
    return w.session.scalars(select(Delivery).where(Delivery.id == holder.delivery)).one()


def _name() -> str | None:
    """The name or post that was typed; None when it is missing or is no name."""
    given = request.form.getlist("name")
    if len(given) > 1:
        raise Invalid("field-twice", field="name")
    name = " ".join(given[0].split()) if given else ""
    return name if NAME.fullmatch(name) else None


def _device() -> str:
    """The made-up number of this device: the one that it keeps, or a new one."""
    kept = request.cookies.get(DEVICE, "")
    if not DEVICE_FORM.fullmatch(kept):
        kept = g.setdefault("device", secrets.token_hex(16))
    return kept


def _mark(w: Work, device: str) -> str:
    """What the journal keeps of a device: a short keyed hash, from which nobody can go back to it."""
    return w.office.installation.seal.digest(f"device:{device}")[:12]


def _remember(answer: Response, device: str) -> Response:
    answer.set_cookie(
        DEVICE,
        device,
        max_age=DEVICE_LASTS,
        path="/s/",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return answer


def refuse(fault: Refused) -> Any:
    """A link that does not hold: say so, and keep it in the journal, once a minute for each delivery and reason."""
    if not fault.code.startswith("link-"):
        return web.show_fault(fault)
    shown: Shown = g.get("shown") or Shown()
    _note(web.office(), shown, fault.code.removeprefix("link-"))
    if wants_json():
        return web.show_fault(fault)
    page = render_template(
        "dispatch/link_refused.html",
        code=fault.code,
        text=web.fault_text(web.current_lang(), fault),
        exercise=shown.realm != REAL,
        duty_phone=web.office().installation.duty_phone,
    )
    return page, fault.status


def _note(office: Office, shown: Shown, reason: str) -> None:
    delivery, by = shown.holder.delivery if shown.holder else 0, _way_quietly()
    told = LinkRefused(delivery=delivery, reason=reason, way=by)
    with office.work(system_actor(shown.realm), reading=True) as w:
        if remote_signing.noted(w, told, reason):
            return
    with office.work(system_actor(shown.realm)) as w:
        remote_signing.note_refusal(w, reason, by, shown.holder)


def _way_quietly() -> str:
    return "qr" if request.args.getlist("v") == ["qr"] else "link"


routes.blueprint.register_error_handler(Refused, refuse)
