"""The addresses of sites on screen: set, tried, ended; and a person's own device that wants notices."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for

from region.accounts.actions.people import invented_phones
from region.dispatch import addressing
from region.dispatch.actions import addresses as acting
from region.dispatch.channels import dingtalk, push, wecom
from region.dispatch.queries import addresses as asking
from region.places.models import Place
from region.places.queries import search
from region.spine.errors import Fault, Invalid, Missing
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("addresses", __name__)

TYPED = ("sms", "voice", "email", "wecom", "dingtalk")
"""Channels whose addresses people type; a push subscription is made by the browser itself."""
HOSTS = {"wecom": wecom.HOSTS, "dingtalk": dingtalk.HOSTS, "push": push.HOSTS}


@routes.get("/addresses", needs="dispatch.channels")
def page(w: Work) -> Any:
    """Find a site, see how it is reached, set an address."""
    return _page(w, _asked(w), None)


@routes.post("/addresses", needs="dispatch.channels")
def set_one(w: Work) -> Any:
    """Set an address of a site."""
    place, channel = _asked(w), request.form.get("channel", "")
    if place is None:
        raise Missing("no-such", what="place", id="-")
    try:
        address = _typed(w, channel, request.form.get("address", ""))
    except Invalid as fault:
        return _page(w, place, fault), fault.status
    acting.set_address(w, place.id, channel, address, request.form.get("label", ""))
    return redirect(url_for("addresses.page", place=place.id), 303)


@routes.post("/addresses/<int:id>/end", needs="dispatch.channels")
def end(w: Work, id: int) -> Any:
    """End an address."""
    acting.end_address(w, id)
    return _back()


@routes.post("/addresses/<int:id>/try", needs="dispatch.channels")
def try_one(w: Work, id: int) -> Any:
    """Send a message that says only that the address works."""
    acting.ask_trial(w, id)
    return _back()


@routes.get("/device", needs="dispatch.read")
def device(w: Work) -> Any:
    """Notices on this device: on or off."""
    on = "push" in w.office.installation.channels
    return render_template(
        "dispatch/device.html", key=push.public_key(w.office.installation.seal) if on else ""
    )


@routes.post("/device/on", needs="dispatch.read")
def device_on(w: Work) -> Any:
    """The browser's subscription, as JSON, with a `label` beside it."""
    said = _said()
    label = str(said.get("label", ""))
    row = acting.switch_on(w, _subscription(w, said), label)
    return jsonify(ok=True, id=row.id)


@routes.post("/device/off", needs="dispatch.read")
def device_off(w: Work) -> Any:
    """The browser's subscription, which is given up."""
    acting.switch_off(w, _subscription(w, _said()))
    return jsonify(ok=True)


def _said() -> dict[str, Any]:
    said = request.get_json(silent=True)
    if not isinstance(said, dict):
        raise Invalid("address-bad", field="address", channel="push")
    return said


def _subscription(w: Work, said: dict[str, Any]) -> str:
    """In the form that is kept; plain http, of this machine alone, is for the demonstration."""
    kept = addressing.subscription(said, _hosts(w, "push"))
    if str(said["endpoint"]).startswith("http:") and not w.office.installation.demo:
        raise Invalid("address-bad", field="address", channel="push")
    return kept


def _hosts(w: Work, channel: str) -> str:
    return w.office.installation.channels.get(channel, {}).get("allowed", HOSTS[channel])


def _typed(w: Work, channel: str, raw: str) -> str:
    if channel in ("sms", "voice"):
        return addressing.telephone(raw, invented=invented_phones(w))
    if channel == "email":
        return addressing.mailbox(raw)
    if channel in ("wecom", "dingtalk"):
        return addressing.robot(channel, raw, _hosts(w, channel))
    raise Invalid("field-missing", field="channel")


def _asked(w: Work) -> Place | None:
    """The place named in the address or form."""
    asked = request.values.get("place", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        raise Missing("no-such", what="place", id="-")
    return w.get(Place, int(asked))


def _page(w: Work, place: Place | None, wrong: Fault | None) -> str:
    sought = request.args.get("q", "").strip()
    found = [one for one in search(w, sought) if one.kind == "site"] if sought else []
    return render_template(
        "dispatch/addresses.html",
        place=place,
        lines=asking.addresses_of(w, place.id) if place is not None else [],
        found=found,
        counts=asking.counts(w, [one.id for one in found]),
        sought=sought,
        typed=TYPED,
        switched_on=w.office.installation.channels.keys(),
        wrong=None if wrong is None else {"text": fault_text(current_lang(), wrong), **wrong.facts},
        given=request.form,
    )


def _back() -> Any:
    """Back to the page that the button stood on, of our own only."""
    place = request.form.get("place", "")
    own = place if place.isascii() and place.isdigit() else None
    return redirect(url_for("addresses.page", place=own), 303)
