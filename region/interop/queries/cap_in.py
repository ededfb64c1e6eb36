"""An authority's CAP message, read and checked: what draft it would become, for whom, or why it becomes none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from region.dispatch.models import Directive
from region.dispatch.wording import PACK
from region.formats import cap
from region.formats.findings import Unreadable
from region.interop.queries.cap_sites import Found, sites_of
from region.spine.clock import REAL
from region.spine.errors import Invalid, Refused
from region.spine.i18n import LANGS, translate
from region.spine.work import Work

DRILLS = ("Exercise", "Test")
MOST_TITLE = 200
MOST_WORDS = 4000
LONGEST = 60 * 24 * 60
"""Minutes: the longest task that an order may set."""


@dataclass(frozen=True)
class Intake:
    """What a message would become; `refused` says why it becomes nothing, `standing` is the draft it became before."""

    alert: cap.Alert
    problems: tuple[cap.Problem, ...]
    kind: str
    urgency: str
    titles: dict[str, str]
    bodies: dict[str, str]
    minutes: int | None
    found: Found
    token: str
    standing: Directive | None
    supersedes: Directive | None
    refused: Refused | None = None
    lacking: tuple[str, ...] = field(default=())
    """Languages in which the authority says nothing: the other language's text stands in for it, marked."""


def intake(w: Work, data: bytes, place: int, types: Collection[str] = ()) -> Intake:
    """Read a file for the body `place`; only sites of `types`, if any are named, are chosen.

    Raises Invalid with the codes of `region.formats.cap` when the file is no CAP 1.2 message, or breaks its rules.
    """
    problems, alert = _read(data)
    facts = {"public": alert.scope == "Public", "urgency": _urgency(alert)}
    outcome = w.rules.pack(PACK).decide("cap.inbound", facts).outcome
    lacking = tuple(lang for lang in LANGS if _said(alert, lang) is None)
    token = token_of(w, alert.reference, place)
    return Intake(
        alert=alert,
        problems=problems,
        kind=str(outcome["kind"]),
        urgency=str(outcome["urgency"]),
        titles={lang: _title(alert, lang) for lang in LANGS},
        bodies={lang: _body(alert, lang) for lang in LANGS},
        minutes=_minutes(w, alert),
        found=sites_of(w, alert, types),
        token=token + _content(alert),
        standing=_standing(w, token),
        supersedes=_supersedes(w, alert, place),
        refused=_refusal(w, alert, token),
        lacking=lacking,
    )


def _read(data: bytes) -> tuple[tuple[cap.Problem, ...], cap.Alert]:
    try:
        return tuple(cap.check(data)), cap.read(data)
    except Unreadable as error:
        raise Invalid(error.code, field="file", **error.facts) from error


def token_of(w: Work, reference: cap.Reference, place: int) -> str:
    """What marks the draft that a message became at a body: the same message, the same mark."""
    named = f"{w.realm} {place} {reference.sender} {reference.identifier} {reference.sent.timestamp():.0f}"
    return f"cap-{sha256(named.encode()).hexdigest()[:20]}-"


def _content(alert: cap.Alert) -> str:
    return sha256(cap.write(alert)).hexdigest()[:12]


def _standing(w: Work, token: str) -> Directive | None:
    return w.session.scalar(select(Directive).where(Directive.form_token.startswith(token, autoescape=True)))


def _supersedes(w: Work, alert: cap.Alert, place: int) -> Directive | None:
    """The order in force that came of an earlier message which this one updates."""
    if alert.message_type != "Update":
        return None
    earlier = (_standing(w, token_of(w, reference, place)) for reference in alert.references)
    return next((one for one in earlier if one is not None and one.state == "issued"), None)


def _refusal(w: Work, alert: cap.Alert, token: str) -> Refused | None:
    """Why a message that is well made still becomes no draft."""
    drill = alert.status in DRILLS
    if w.realm == REAL and drill:
        return Refused("cap-not-real", status=alert.status)
    if w.realm != REAL and alert.status == "Actual":
        return Refused("cap-real-in-exercise")
    if not drill and alert.status != "Actual":
        return Refused("cap-status", status=alert.status)
    if alert.message_type not in ("Alert", "Update"):
        return Refused("cap-no-order", type=alert.message_type)
    if not alert.infos:
        return Refused("cap-says-nothing")
    ends = [info.expires for info in alert.infos if info.expires is not None]
    if ends and max(ends) <= w.now:
        return Refused("cap-expired")
    standing = _standing(w, token)
    if standing is not None and standing.form_token != token + _content(alert):
        return Refused("cap-changed", directive=standing.id)
    return None


def _urgency(alert: cap.Alert) -> str:
    """The most urgent of what it says."""
    order = ("Immediate", "Expected", "Future", "Past", "Unknown")
    return min((info.urgency for info in alert.infos), key=order.index, default="Unknown")


def _said(alert: cap.Alert, lang: str) -> cap.Info | None:
    return next((info for info in alert.infos if info.language.lower().split("-")[0] == lang), None)


def _stand_in(alert: cap.Alert, lang: str) -> cap.Info | None:
    """What is said in this language, else in the other one of ours, else in whichever comes first."""
    other = _said(alert, "en" if lang == "zh" else "zh")
    return _said(alert, lang) or other or next(iter(alert.infos), None)


def _title(alert: cap.Alert, lang: str) -> str:
    info = _stand_in(alert, lang)
    if info is None:
        return ""
    headline = info.headline or info.event
    return headline if len(headline) <= MOST_TITLE else info.event[:MOST_TITLE]


def _body(alert: cap.Alert, lang: str) -> str:
    """Headline (where it was too long for a title), description and instruction, word for word."""
    info = _stand_in(alert, lang)
    if info is None:
        return ""
    long = info.headline if info.headline and len(info.headline) > MOST_TITLE else None
    foreign = _said(alert, lang) is None
    mark = translate(lang, "(Given by the authority in another language only.)") if foreign else None
    parts = [mark, long, info.description, info.instruction]
    return "\n".join(part for part in parts if part) or info.headline or info.event


def _minutes(w: Work, alert: cap.Alert) -> int | None:
    """How long until the message ends, as far as it says so."""
    ends = [info.expires for info in alert.infos if info.expires is not None]
    if not ends:
        return None
    return max(1, min(LONGEST, int((max(ends) - w.now).total_seconds() // 60)))


def told(plan: Intake) -> dict[str, Any]:
    """A plan as plain values, for programs."""
    return {
        "identifier": plan.alert.identifier,
        "sender": plan.alert.sender,
        "status": plan.alert.status,
        "kind": plan.kind,
        "urgency": plan.urgency,
        "sites": len(plan.found.sites),
        "lacking": plan.lacking,
        "problems": [vars(problem) for problem in plan.problems],
    }
