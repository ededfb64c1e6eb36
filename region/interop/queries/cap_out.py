"""An order as a CAP 1.2 message: what it says in both languages, to whom, where, and whether it is real."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from sqlalchemy import func, select

from region.dispatch.events import DirectiveCancelled, DirectiveWithdrawn
from region.dispatch.models import Directive, Recipient
from region.dispatch.wording import PACK, kinds
from region.formats import cap
from region.incidents.models import Incident
from region.interop.queries.cap_areas import areas_of
from region.places.models import Place
from region.spine.clock import REAL
from region.spine.errors import Refused
from region.spine.i18n import clock_time, translate
from region.spine.journal import Entry
from region.spine.work import Work

LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
OVER = ("cancelled", "withdrawing")
"""States of an order that was called off, or replaced."""
CALLED_OFF = tuple(kind.event_name() for kind in (DirectiveWithdrawn, DirectiveCancelled))
Act = Literal["issue", "cancel"]


def called_off_at(w: Work, directive: Directive) -> datetime | None:
    """When an order was called off, with no other in its place; the sites may still be stopping."""
    if directive.state not in OVER:
        return None
    later = select(Directive.id).where(
        Directive.supersedes_id == directive.id, Directive.issued_at.is_not(None)
    )
    told = select(func.min(Entry.happened_at)).where(
        Entry.subject == f"directive:{directive.id}", Entry.event.in_(CALLED_OFF)
    )
    with w.beyond_scope("that an order was called off is told to all who received it"):
        return None if w.session.scalars(later).first() else w.session.scalar(told) or directive.since


def identifier_of(directive: Directive, act: Act = "issue") -> str:
    """The identifier of the message: the order's number; drills and callings-off are told apart."""
    drill = f"EX{directive.realm}-" if directive.realm != REAL else ""
    return f"{drill}{quote(directive.number or '', safe='')}{'.cancel' if act == 'cancel' else ''}"


def message(w: Work, directive: Directive, act: Act | None = None) -> cap.Alert:
    """The order as it stands, or its `act`; Refused `cap-not-issued` while it is a draft.

    The addresses are the recipients that the actor may know of; a public warning has none.
    """
    if directive.issued_at is None:
        raise Refused("cap-not-issued", state=directive.state)
    over = called_off_at(w, directive)
    act = act or ("issue" if over is None else "cancel")
    public = directive.public
    issuer = _issuer(w, directive)
    updates = act == "issue" and directive.supersedes_id is not None
    return cap.Alert(
        identifier=identifier_of(directive, act),
        sender=_address(w, issuer.code),
        sent=_moment(w, over if over is not None and act == "cancel" else directive.issued_at),
        status=_status(w, directive),
        message_type=_decide(w, "message_type", act="supersede" if updates else act),
        scope="Public" if public else w.rules.value(PACK, "cap.scope"),
        addresses=() if public else _codes(w, directive),
        note=_note(directive),
        references=_references(w, directive, act),
        incidents=_incidents(w, directive),
        infos=tuple(_info(w, directive, issuer, lang, act) for lang in LANGUAGES),
    )


def acknowledgement(w: Work, recipient: Recipient) -> cap.Alert:
    """A site's signature as an Ack message; Refused `cap-not-signed` before it signed."""
    directive = recipient.directive
    if recipient.acknowledged_at is None or directive.issued_at is None:
        raise Refused("cap-not-signed", state=recipient.state)
    site, issuer = w.get(Place, recipient.place_id), _issuer(w, directive)
    return cap.Alert(
        identifier=f"{identifier_of(directive)}.ack.{recipient.id}",
        sender=_address(w, site.code),
        sent=_moment(w, recipient.acknowledged_at),
        status=_status(w, directive),
        message_type=_decide(w, "message_type", act="acknowledge"),
        scope="Private",
        addresses=(issuer.code,),
        note=_note(directive),
        references=(cap.Reference(_address(w, issuer.code), identifier_of(directive), _sent(w, directive)),),
    )


def _decide(w: Work, table: str, **facts: Any) -> str:
    outcome = w.rules.pack(PACK).decide(f"cap.{table}", facts).outcome
    return str(outcome[table])


def _status(w: Work, directive: Directive) -> str:
    tests = w.rules.value(PACK, "cap.tests")
    test = directive.template in tests["templates"] or directive.kind in tests["kinds"]
    return _decide(w, "status", exercise=directive.realm != REAL, test=test)


def _note(directive: Directive) -> str | None:
    return "演练 EXERCISE EXERCISE EXERCISE" if directive.realm != REAL else None


def _address(w: Work, code: str) -> str:
    """A sender that is one of its kind in the world: the code of a body at this installation."""
    host = urlsplit(w.office.installation.public_url).hostname or "region.invalid"
    return f"{quote(code, safe='')}@{host}"


def _moment(w: Work, instant: datetime) -> datetime:
    return instant.astimezone(w.office.clock.zone).replace(microsecond=0)


def _sent(w: Work, directive: Directive) -> datetime:
    return _moment(w, directive.issued_at or directive.since)


def _issuer(w: Work, directive: Directive) -> Place:
    with w.beyond_scope("the body that issued it is named to all who received it"):
        return w.get(Place, directive.place_id)


def _codes(w: Work, directive: Directive) -> tuple[str, ...]:
    wanted = select(Place.code).join(Recipient, Recipient.place_id == Place.id)
    wanted = wanted.where(Recipient.directive_id == directive.id).distinct().order_by(Place.code)
    return tuple(w.session.scalars(wanted))


def _references(w: Work, directive: Directive, act: Act) -> tuple[cap.Reference, ...]:
    """The message that this one takes the place of, or calls off."""
    earlier = directive
    if act == "issue":
        if directive.supersedes_id is None:
            return ()
        with w.beyond_scope("the number of the order that this one takes the place of"):
            earlier = w.get(Directive, directive.supersedes_id)
    sender = _address(w, _issuer(w, earlier).code)
    return (cap.Reference(sender, identifier_of(earlier), _sent(w, earlier)),)


def _incidents(w: Work, directive: Directive) -> tuple[str, ...]:
    if directive.incident_id is None:
        return ()
    with w.beyond_scope("the code of the response that the order belongs to"):
        incident = w.session.get(Incident, directive.incident_id)
        return (incident.code,) if incident is not None else ()


def _info(w: Work, directive: Directive, issuer: Place, lang: str, act: Act) -> cap.Info:
    zh = lang == "zh"
    called_off = act == "cancel"
    stand_down = called_off or directive.template in w.rules.value(PACK, "cap.stand_down")
    due = None if called_off or directive.task_due is None else _moment(w, directive.task_due)
    title = directive.title_zh if zh else directive.title_en
    return cap.Info(
        language=LANGUAGES[lang],
        categories=(w.rules.value(PACK, "cap.category"),),
        event=kinds(w)[directive.kind][lang],
        responses=(_decide(w, "response", kind=directive.kind, stand_down=stand_down),),
        urgency=_decide(w, "urgency", urgency=directive.urgency),
        severity=_decide(w, "severity", warning_level=directive.warning_level),
        certainty=w.rules.value(PACK, "cap.certainty"),
        effective=_sent(w, directive),
        expires=due,
        sender_name=issuer.name_zh if zh else issuer.name_en,
        headline=_marked(directive, lang, title, called_off),
        description=directive.body_zh if zh else directive.body_en,
        instruction=None if directive.public or called_off else _instruction(w, directive, lang),
        contact=w.office.installation.duty_phone or None,
        parameters=_parameters(w, directive),
        areas=areas_of(w, directive, lang),
    )


def _marked(directive: Directive, lang: str, title: str, called_off: bool) -> str:
    """The title; a drill and a calling-off are seen even by who reads nothing else."""
    over = translate(lang, "[CANCELLED]") if called_off else ""
    drill = translate(lang, "[EXERCISE]") if directive.realm != REAL else ""
    return " ".join(part for part in (drill, over, title) if part)


def _instruction(w: Work, directive: Directive, lang: str) -> str:
    zone = w.office.clock.zone
    return translate(
        lang,
        "Acknowledge by {sign}; report by {report}.",
        sign=clock_time(lang, directive.acknowledge_due, zone),
        report=clock_time(lang, directive.task_due, zone),
    )


def _parameters(w: Work, directive: Directive) -> tuple[cap.Named, ...]:
    pairs = {"number": directive.number, "kind": directive.kind, "urgency": directive.urgency}
    if directive.acknowledge_due is not None and not directive.public:
        pairs["acknowledge-due"] = _moment(w, directive.acknowledge_due).isoformat()
    if directive.warning_level:
        facts = {"warning_level": directive.warning_level}
        pairs["warning-level"] = str(directive.warning_level)
        pairs["warning-colour"] = w.rules.pack(PACK).decide("cap.severity", facts).outcome["colour"]
    return tuple(cap.Named(name, value) for name, value in pairs.items() if value)
