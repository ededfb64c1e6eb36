"""On which grounds data about people is held: since when, of how many, until when, and what a ground counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from region.incidents.models import Incident
from region.people.models import DataKey, Destruction, Secret
from region.people.states import PACK
from region.spine import references
from region.spine.work import Work


@dataclass(frozen=True)
class Ground:
    """One ground; `until` is None while its incident runs, and for care that does not end with one."""

    key: DataKey
    incident: Incident | None
    destruction: Destruction | None
    people: int
    until: datetime | None


def responses(w: Work) -> dict[str, Incident]:
    """The incidents that the actor may know of, by the ground on which they hold people."""
    return {f"incident:{one.id}": one for one in w.session.scalars(select(Incident))}


def grounds(w: Work) -> list[Ground]:
    """Every ground of which the actor may know, the newest first; `people` counts those of his places."""
    by_key = select(Secret.key_id, func.count()).group_by(Secret.key_id)
    counts: dict[int, int] = {row[0]: row[1] for row in w.session.execute(by_key)}
    incidents = responses(w)
    ends = {one.incident_id: one for one in w.session.scalars(select(Destruction))}
    keep = w.rules.duration(PACK, "destruction.approve")
    found = []
    for key in w.session.scalars(select(DataKey).order_by(DataKey.id.desc())):
        incident = incidents.get(key.ground)
        if incident is None and key.ground != "standing" and not counts.get(key.id):
            continue
        closed = incident.closed_at if incident else None
        until = closed + keep if closed else None
        ended = ends.get(incident.id) if incident else None
        found.append(Ground(key, incident, ended, counts.get(key.id, 0), until))
    return found


def destructions(w: Work) -> Sequence[tuple[Destruction, Incident]]:
    """What is to be destroyed and what was, the newest first."""
    wanted = select(Destruction, Incident).join(Incident, Incident.id == Destruction.incident_id)
    return [(row, incident) for row, incident in w.session.execute(wanted.order_by(Destruction.id.desc()))]


def counted(w: Work, incident: int) -> dict[str, int]:
    """How many rows rest on an incident, by table, and of how many persons the vault holds something on its ground."""
    with w.beyond_scope("a ground is counted as a whole; numbers alone leave this"):
        ground = select(DataKey.id).where(DataKey.ground == f"incident:{incident}").scalar_subquery()
        secrets = w.session.scalar(select(func.count()).select_from(Secret).where(Secret.key_id == ground))
    tables = references.count_by_table(w.session, "incidents", incident, besides=("destructions",))
    return {"person_secrets": int(secrets or 0)} | tables
