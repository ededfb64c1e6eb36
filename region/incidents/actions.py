"""Everything that changes incidents: opened, raised or lowered, closed; and realms prepared for exercises."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select

from region.incidents.events import ExercisePrepared, IncidentClosed, IncidentOpened, LevelChanged
from region.incidents.models import Incident
from region.incidents.states import INCIDENT
from region.spine.clock import Realm
from region.spine.errors import Invalid, Refused
from region.spine.machine import same_version
from region.spine.work import Work

LEVELS = ("I", "II", "III", "IV", "-")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,39}")
KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")


def open_incident(
    w: Work, *, code: str, place_id: int, kind: str, pack: str, level: str, title_zh: str, title_en: str
) -> Incident:
    """Begin a response under a rule pack, whose digest is written with it.

    The code is its name for ever, once in a realm: opening the same again gives the incident that there is,
    another with its code is Refused. A title in one language alone serves for both.
    """
    w.need("incidents.open", place_id)
    _check(w, code=code, kind=kind, pack=pack, level=level, title=title_zh or title_en)
    with w.beyond_scope("a code is given once in a realm"):
        known = w.session.scalars(select(Incident).where(Incident.code == code)).first()
    if known is not None:
        if (known.place_id, known.pack, known.kind) != (place_id, pack, kind):
            raise Refused("incident-code-taken", field="code")
        return known
    made = Incident(code=code, place_id=place_id, kind=kind, pack=pack, pack_digest=w.rules.pack(pack).digest)
    made.title_zh, made.title_en = (title_zh or title_en)[:120], (title_en or title_zh)[:160]
    made.level, made.state, made.since = level, INCIDENT.start, w.now
    made.opened_at, made.opened_by = w.now, w.actor.name
    w.add(made)
    told = IncidentOpened(opened=made.id, kind=kind, pack=pack, level=level, place=place_id, incident=made.id)
    w.tell(told)
    return made


def _check(w: Work, *, code: str, kind: str, pack: str, level: str, title: str) -> None:
    if not CODE.fullmatch(code):
        raise Invalid("incident-code-unusable", field="code")
    if not KIND.fullmatch(kind):
        raise Invalid("incident-kind-unusable", field="kind")
    if not w.rules.has(pack):
        raise Invalid("no-such-rules", field="pack", given=pack[:40])
    if level not in LEVELS:
        raise Invalid("incident-level-unusable", field="level")
    if not title.strip():
        raise Invalid("incident-title-missing", field="title_zh")


def change_level(w: Work, incident_id: int, level: str, *, version: int | None = None) -> Incident:
    """Raise or lower the response; the level that it has already changes nothing."""
    incident = w.get(Incident, incident_id)
    w.need("incidents.open", incident.place_id)
    same_version(incident, version)
    if level not in LEVELS:
        raise Invalid("incident-level-unusable", field="level")
    if level == incident.level and incident.state == "open":
        return incident
    old, _ = incident.level, INCIDENT.move(w, incident, "change_level", place=incident.place_id)
    incident.level = level
    told = LevelChanged(
        changed=incident.id, old=old, new=level, place=incident.place_id, incident=incident.id
    )
    w.tell(told)
    return incident


def close_incident(w: Work, incident_id: int, *, version: int | None = None) -> Incident:
    """End the response; a closed one stays as it is."""
    incident = w.get(Incident, incident_id)
    w.need("incidents.close", incident.place_id)
    if incident.state == "closed":
        return incident
    same_version(incident, version)
    INCIDENT.move(w, incident, "close", place=incident.place_id)
    incident.closed_at = w.now
    w.tell(IncidentClosed(closed=incident.id, place=incident.place_id, incident=incident.id))
    return incident


def prepare_exercise(
    w: Work,
    name_zh: str,
    name_en: str,
    *,
    rate: float = 1.0,
    starts: datetime | None = None,
    realm: int | None = None,
) -> Realm:
    """Make a realm for an exercise: its own world, with a clock that begins at `starts` and runs `rate` fast.

    Without `starts` its clock shows the real time (and must run at 1). Asking again for a `realm` that there
    is gives it back as it is. Invalid for a rate outside 0.1 to 1440.
    """
    w.need("incidents.open")
    _check_exercise(name_zh or name_en, rate, starts)
    if realm is not None and (known := w.session.get(Realm, realm)) is not None:
        return known
    number = realm if realm is not None else (w.session.scalar(select(func.max(Realm.id))) or 0) + 1
    made = Realm(id=number, name_zh=(name_zh or name_en)[:80], name_en=(name_en or name_zh)[:80], rate=rate)
    if starts is not None:
        made.anchor_real, made.anchor_realm = w.real_now, starts
    w.add(made)
    w.tell(ExercisePrepared(prepared=number, rate=rate))
    return made


def _check_exercise(name: str, rate: float, starts: datetime | None) -> None:
    if not 0.1 <= rate <= 1440 or (starts is None and rate != 1.0):
        raise Invalid("exercise-rate", field="rate")
    if not name.strip():
        raise Invalid("exercise-name-missing", field="name_zh")
