"""What providers of messages and calls hand on: what people answered, and what became of what was sent.

Each request is signed with the channel's key over its time and its body (channels/signature.py); nothing else of it
is believed. What a person answered is always taken in (200) and answered with a sentence for that person.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g, jsonify, request
from pydantic import BaseModel, ValidationError
from sqlalchemy import select

from region.dispatch.actions import remote_signing
from region.dispatch.actions.receipts import take_receipt
from region.dispatch.actions.remote_signing import Holder, Signed
from region.dispatch.channels.signature import verify
from region.dispatch.events import LinkRefused, RobotRefused
from region.dispatch.models import Delivery
from region.dispatch.queries import reply_codes
from region.dispatch.reach import CALLED
from region.dispatch.replies import Answered, Receipt, code_in, lang_of
from region.dispatch.schemas import Hand
from region.formats.codes import mask_phone
from region.spine import i18n, web
from region.spine.actor import Actor, system_actor
from region.spine.clock import REAL
from region.spine.errors import Fault, Invalid, Missing, Refused, Unknown
from region.spine.web import Routes
from region.spine.work import Office, Work

routes = Routes("inbound", __name__)
MOST_BYTES = 16 * 1024
Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True)
class Heard:
    """One answer, and whose delivery it is about as far as that is known."""

    said: Answered
    number: str
    realm: int = REAL
    holder: Holder | None = None
    lang: str = "zh"


def _proven(office: Office, asked: Any) -> str:
    """The channel whose provider signed this request; Unknown when none did, Missing when there is no such channel."""
    asked.max_content_length = MOST_BYTES
    channel = str(asked.view_args["channel"])
    key = office.installation.channels.get(channel, {}).get("key")
    if not key:
        raise Missing("no-such-page")
    g.channel = channel
    stamp, proof = (asked.headers.get(name, "") for name in ("Region-Timestamp", "Region-Signature"))
    if not stamp or not proof:
        raise Unknown("signature-form")
    why = verify(key, stamp, asked.get_data(cache=True), proof, office.clock.instant())
    if why == "stale":
        raise Unknown("signature-stale")
    if why == "forged":
        raise Unknown("signature-refused")
    if why is not None:
        raise Unknown("signature-form")
    return channel


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON that names nothing twice: two readers could read it in two ways."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _read(kind: type[Body]) -> Body:
    try:
        return kind.model_validate(json.loads(request.get_data(cache=True), object_pairs_hook=_once))
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        raise Invalid("fields-wrong", field=".".join(map(str, wrong["loc"])) or "-") from error
    except (ValueError, RecursionError) as error:  # a thousand brackets are no message either
        raise Invalid("bad-request") from error


def prove_answer(office: Office, asked: Any) -> Actor:
    """Who answered, as the holder of the delivery that the code was sent with to that number."""
    channel = _proven(office, asked)
    if channel not in CALLED:
        raise Missing("no-such-page")
    said = _read(Answered)
    g.heard = Heard(said, reply_codes.called_number(said.number) or "", lang=lang_of(said.text))
    code = code_in(said.text)
    if code is None or not g.heard.number:
        raise Refused("code-unreadable")
    with office.work(system_actor(), reading=True) as w:
        realms = reply_codes.realms(w)
    waiting = [one for one in (_look(office, realm, channel, code) for realm in realms) if one is not None]
    if not waiting:
        raise Refused("code-unknown")
    realm, holder, open_still = sorted(waiting, key=lambda one: not one[2])[0]
    g.heard = Heard(said, g.heard.number, realm, holder, g.heard.lang)
    with office.work(system_actor(realm), reading=True) as w:
        delivery = w.get(Delivery, holder.delivery)
        remote_signing.check_person(w, delivery)
        if open_still:
            reply_codes.check_code(w, delivery)
    return holder.actor


def _look(office: Office, realm: int, channel: str, code: str) -> tuple[int, Holder, bool] | None:
    with office.work(system_actor(realm), reading=True) as w:
        found = reply_codes.by_code(w, channel, code, g.heard.number)
        if found is None:
            return None
        return realm, remote_signing.holder_of(w, found.uid), reply_codes.waits(w, found)


def prove_receipt(office: Office, asked: Any) -> Actor:
    """The system, in the world of the delivery that a provider tells of."""
    channel, told = _proven(office, asked), _read(Receipt)
    with office.work(system_actor(), reading=True) as w:
        realms = reply_codes.realms(w)
    for realm in realms:
        with office.work(system_actor(realm), reading=True) as w:
            wanted = select(Delivery.id).where(Delivery.uid == told.id, Delivery.channel == channel)
            found = w.session.scalar(wanted)
        if found is not None:
            g.delivery = found
            return system_actor(realm)
    raise Missing("no-such", what="delivery", id=told.id)


@routes.post("/api/v1/channels/<channel>/inbound", public=True, prove=prove_answer)
def inbound(w: Work, channel: str) -> Any:
    """Somebody answered a message, or pressed keys: ``{"from", "text", "id", "at"}``. The same `id` counts once."""
    heard: Heard = g.heard
    assert heard.holder is not None
    delivery = w.get(Delivery, heard.holder.delivery)
    mark = w.office.installation.seal.digest(f"device:{channel}:{heard.number}")[:12]
    signed = Signed(mask_phone(heard.number.removeprefix("+86")), heard.said.at, f"{channel}:{heard.said.id}")
    hand = Hand("sms" if channel == "sms" else "voice", mark)
    recipient = remote_signing.sign(w, delivery, hand, signed)
    outcome = "stopped" if recipient.stopped_at else "signed"
    at = recipient.stopped_at or recipient.acknowledged_at or w.now
    number = recipient.directive.number or "–"
    return _reply(outcome, number=number, at=f"{at.astimezone(w.office.clock.zone):%H:%M}")


@routes.post("/api/v1/channels/<channel>/receipts", public=True, prove=prove_receipt)
def receipt(w: Work, channel: str) -> Any:
    """What became of one message: ``{"id", "status", "code", "at"}``, delivered or failed; `id` is the delivery's."""
    told = _read(Receipt)
    state = take_receipt(w, w.get(Delivery, g.delivery), told.status == "delivered", told.code)
    return jsonify(ok=True, id=told.id, state=state)


def _reply(outcome: str, number: str, at: str) -> Any:
    """The outcome as a code, and the sentence to send back in the language in which the person wrote."""
    lang = g.heard.lang
    if outcome == "stopped":
        text = i18n.translate(
            lang, "Signed at {at} that work on order {number} has stopped.", at=at, number=number
        )
    else:
        text = i18n.translate(lang, "Signed at {at}: order {number}.", at=at, number=number)
    return jsonify(outcome=outcome, reply=text, lang=lang)


def refuse_answer(fault: Refused) -> Any:
    """A code that does not hold is the person's mistake and not the provider's: taken in, and answered."""
    heard: Heard | None = g.get("heard")
    if heard is None or not fault.code.startswith(("code-", "link-")):
        return web.show_fault(fault)
    reason = fault.code.replace("link-", "code-")
    delivery = heard.holder.delivery if heard.holder else 0
    told = LinkRefused(delivery=delivery, reason=reason, way=g.channel)
    office = web.office()
    with office.work(system_actor(heard.realm), reading=True) as w:
        known = remote_signing.noted(w, told, reason)
    if not known:
        with office.work(system_actor(heard.realm)) as w:
            remote_signing.note_refusal(w, reason, g.channel, heard.holder)
    return jsonify(outcome=reason, reply=web.fault_text(heard.lang, fault), lang=heard.lang)


def refuse_robot(fault: Fault) -> Any:
    """A request that no provider of ours signed, or that cannot be read: refused, and kept in the journal."""
    channel = g.get("channel")
    if channel is not None and isinstance(fault, Unknown | Invalid):
        office, told = web.office(), RobotRefused(channel=channel, reason=fault.code)
        with office.work(system_actor(), reading=True) as w:
            known = remote_signing.noted(w, told, fault.code)
        if not known:
            with office.work(system_actor()) as w:
                remote_signing.note_robot(w, channel, fault.code)
    return web.show_fault(fault)


routes.blueprint.register_error_handler(Refused, refuse_answer)
routes.blueprint.register_error_handler(Fault, refuse_robot)
