"""Running stays go over to other rules only when a second person approves it, and never to a later end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from region.incidents.models import Incident
from region.quarantine.actions import carrying, clocks
from region.quarantine.events import TransitionMoved
from region.quarantine.models import Transition
from region.quarantine.queries import whatif
from region.quarantine.queries.whatif import Edits
from region.quarantine.states import TRANSITION
from region.quarantine.whatif import KEPT, UNCHANGED
from region.spine.errors import Refused
from region.spine.machine import same_version
from region.spine.work import Work

PROPOSES = "quarantine.begin"


@dataclass(frozen=True)
class Decided:
    """How many stays went over, and how many kept the rules they have."""

    changed: int
    kept: int


def propose(
    w: Work, incident: int, to_pack: str, *, pack: str | None = None, edits: Edits | None = None
) -> Transition:
    """Propose that running stays which have `pack` (None: the commonest) go over to `to_pack`, or to edited numbers.

    No stay changes. The same proposal, while it waits, is one. Refused: ``nothing-to-change`` (no stay would);
    Invalid: ``no-such-pack``, ``no-schedule``, ``numbers-wrong``.
    """
    place = w.get(Incident, incident).place_id
    w.need(PROPOSES, place)
    came = pack or whatif.from_pack(w, incident)
    found, by_category = whatif.compare(w, incident, came, to_pack, edits)
    if found.stays == found.kept or (came == to_pack and not edits):
        raise Refused("nothing-to-change")
    digest = w.rules.pack(to_pack).digest if not edits else _digest(edits)
    if stands := whatif.waiting(w, incident, came, to_pack, digest):
        return stands
    categories = {name: one.as_doc() | {"days": []} for name, one in by_category.items()}
    row = Transition(
        incident_id=incident,
        place_id=place,
        from_pack=came,
        to_pack=to_pack,
        to_digest=digest,
        summary=found.as_doc() | {"categories": categories, "edits": dict(edits or {})},
        made_at=w.now,
        made_by=w.actor.name,
        state=TRANSITION.start,
        since=w.now,
    )
    clocks.start(w, w.add(row))
    _tell(w, row, "propose")
    return row


def approve(w: Work, row: Transition, *, version: int | None = None) -> Decided:
    """Let the running stays go over, as they stand now: one change of many, told place by place.

    Whose end would be later keeps his plan. Refused: ``transition-own`` (who proposed does not approve),
    ``rules-changed`` (the pack is not the one that was shown), ``not-from-here``.
    """
    same_version(row, version)
    move = TRANSITION.find("approve", row.state)
    w.need(move.by, row.place_id)
    if row.made_by == w.actor.name:
        raise Refused("transition-own")
    edits: Mapping[str, Any] = row.summary.get("edits", {})
    if not edits and w.rules.pack(row.to_pack).digest != row.to_digest:
        raise Refused("rules-changed", pack=row.to_pack)
    schedules = whatif.would_be(w, row.to_pack, edits)
    found = whatif.groups(w, row.incident_id, row.from_pack, schedules, with_ids=True)
    over = [one for one in found if one.outcome.fate != KEPT and not _same(one)]
    batch = carrying.carry(w, row, over, schedules, edited=bool(edits))
    TRANSITION.move(w, row, "approve", place=row.place_id)
    row.batch_id = batch.id if batch else None
    _decided(w, row, "approve")
    changed = sum(one.running.stays for one in over)
    return Decided(changed, sum(one.running.stays for one in found) - changed)


def drop(w: Work, row: Transition, *, version: int | None = None) -> None:
    """The proposal is not carried out: stays keep the rules they have."""
    same_version(row, version)
    TRANSITION.move(w, row, "drop", place=row.place_id)
    _decided(w, row, "drop")


def _same(one: whatif.Group) -> bool:
    """With edited numbers whoever's plan they do not touch stays as he is."""
    return one.outcome.fate == UNCHANGED and one.outcome.plan.as_doc() == one.running.plan.as_doc()


def _decided(w: Work, row: Transition, verb: str) -> None:
    row.decided_at, row.decided_by = w.now, w.actor.name
    clocks.start(w, row)
    w.session.flush()
    _tell(w, row, verb)


def _tell(w: Work, row: Transition, verb: str) -> None:
    w.tell(TransitionMoved(transition=row.id, verb=verb, place=row.place_id, incident=row.incident_id))


def _digest(edits: Edits) -> str:
    return hashlib.sha256(json.dumps(edits, sort_keys=True).encode()).hexdigest()
