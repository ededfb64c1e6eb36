"""Destroying what a response collected about people when it has ended: listed, held or approved by two, certified."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from region.incidents.models import Incident
from region.people.actions import clocks
from region.people.actions.registering import ground_of
from region.people.actions.shredding import shred_rows
from region.people.models import DataKey, Destruction
from region.people.queries.grounds import counted
from region.people.states import DESTRUCTION, PACK
from region.people.vault import Ended, key_digest, shred
from region.spine.errors import Invalid, Refused
from region.spine.machine import same_version
from region.spine.work import Work


def list_(w: Work, incident: Incident) -> Destruction:
    """List what a closed incident collected about people; once, however often it is asked."""
    w.need("people.destroy", incident.place_id)
    known = select(Destruction).where(Destruction.incident_id == incident.id)
    if (standing := w.session.scalars(known).one_or_none()) is not None:
        return standing
    if incident.state != "closed":
        raise Refused("incident-still-open")
    row = Destruction(place_id=incident.place_id, incident_id=incident.id, counts=counted(w, incident.id))
    row.state, row.since = DESTRUCTION.start, w.now
    w.add(row)
    _told(w, row, "list")
    return row


def approve(w: Work, row: Destruction, *, version: int | None = None) -> None:
    """The first or the second approval; Refused (``same-person``) when one person would give both."""
    same_version(row, version)
    first = row.state != "approved_once"
    if not first and row.first_by == w.actor.name:
        raise Refused("same-person")
    DESTRUCTION.move(w, row, "approve_first" if first else "approve_second", place=row.place_id)
    if first:
        row.first_by, row.first_at = w.actor.name, w.now
    else:
        row.second_by, row.second_at = w.actor.name, w.now
    _told(w, row, "approve")


def hold(w: Work, row: Destruction, why: str, *, version: int | None = None) -> None:
    """Evidence, an inquiry or an evaluation needs it: held, with the reason; approvals are void."""
    _with_reason(w, row, "hold", why, version)
    row.first_by = row.first_at = row.second_by = row.second_at = None


def free(w: Work, row: Destruction, *, version: int | None = None) -> None:
    """What it was held for is over: it is listed again."""
    same_version(row, version)
    DESTRUCTION.move(w, row, "free", place=row.place_id)
    _told(w, row, "free")


def stop(w: Work, row: Destruction, why: str, *, version: int | None = None) -> None:
    """It is kept after all, with the reason (an assessment of legality, necessity and safety)."""
    _with_reason(w, row, "stop", why, version)


def _with_reason(w: Work, row: Destruction, verb: str, why: str, version: int | None) -> None:
    same_version(row, version)
    if not why.strip():
        raise Invalid("hold-no-reason", field="why")
    DESTRUCTION.move(w, row, verb, place=row.place_id)
    row.held_for = why.strip()
    _told(w, row, verb)


def _told(w: Work, row: Destruction, verb: str) -> None:
    clocks.tell_destruction(w, row, verb)
    clocks.start(w, row)


def carry_out(w: Work, row: Destruction, *, version: int | None = None) -> None:
    """Destroy the key and what it closed, and certify it. The key's file goes at once and, should this work be lost
    after that, stays on the list that a repetition and every restored backup find."""
    same_version(row, version)
    DESTRUCTION.move(w, row, "destroy", place=row.place_id)
    ground = ground_of(row.incident_id)
    key = w.session.scalars(select(DataKey).where(DataKey.ground == ground)).one_or_none()
    row.counts = counted(w, row.incident_id)
    ended = None if key is None else _ended(w, key)
    digest = "" if key is None else shred_rows(w, key, again=False)
    row.destroyed_at = w.now
    row.certificate = certificate(w, row, ended, digest)
    _told(w, row, "destroy")
    if ended is not None:
        w.session.flush()
        shred(w.office.installation, ended)
        w.owe("people.shred", key=f"people-shred:{ended.ground}:{ended.made_at}", **vars(ended))


def _ended(w: Work, key: DataKey) -> Ended:
    sha = key_digest(w.office.installation, w.realm, key.ground)
    return Ended(w.realm, key.ground, key.made_at.isoformat(), w.now.isoformat(), sha)


def certificate(w: Work, row: Destruction, ended: Ended | None, digest: str) -> dict[str, Any]:
    """What was destroyed, how many, when, approved by whom, with digests; the smallest counts suppressed; no person."""
    incident = w.get(Incident, row.incident_id)
    k = int(w.rules.value(PACK, "k_smallest"))
    said: dict[str, Any] = {
        "number": f"D-{row.realm}-{row.id}",
        "incident": incident.code,
        "closed_at": None if incident.closed_at is None else incident.closed_at.isoformat(),
        "destroyed_at": w.now.isoformat(),
        "carried_out_by": w.actor.name,
        "approved_by": [row.first_by, row.second_by],
        "ground": ground_of(row.incident_id),
        "key_sha256": ended.key_sha256 if ended else "",
        "secrets_sha256": digest,
        "counts": {name: n if n == 0 or n >= k else f"<{k}" for name, n in row.counts.items()},
    }
    return said | {"sha256": sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()}
