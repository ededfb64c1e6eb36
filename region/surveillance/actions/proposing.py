"""What changes surveillance: a finding is proposed as a case, and an epidemiologist decides."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from region.people.actions.opening import Identity, open_people
from region.spine.errors import Invalid
from region.spine.work import Work
from region.surveillance.events import CaseProposed, ProposalDecided, ProposalLate
from region.surveillance.models import CaseProposal
from region.surveillance.states import PROPOSAL

NOTE = 500


def propose(
    w: Work,
    *,
    person: int,
    place: int,
    ref: str,
    found_at: datetime,
    sampled_at: datetime | None,
    incident: int | None = None,
) -> CaseProposal:
    """Propose a person as a case, once for what it rests on (`ref`)."""
    w.need("surveillance.propose", place)
    standing = w.session.scalars(select(CaseProposal).where(CaseProposal.ref == ref)).one_or_none()
    if standing is not None:
        return standing
    row = w.add(
        CaseProposal(
            place_id=place,
            person_id=person,
            incident_id=incident,
            ref=ref,
            found_at=found_at,
            sampled_at=sampled_at,
            made_at=w.now,
            state=PROPOSAL.start,
            since=w.now,
        )
    )
    limit = w.rules.duration(PROPOSAL.pack, PROPOSAL.limits[row.state])
    w.owe("surveillance.look", key=f"proposal:{row.id}", after=limit, proposal=row.id)
    w.tell(
        CaseProposed(proposal=row.id, person=person, ref=ref, found=found_at, place=place, incident=incident)
    )
    return row


def decide(w: Work, row: CaseProposal, verb: str, note: str = "") -> None:
    """Accept as a case, or dismiss with a reason; Invalid (``reason-needed``) without one.

    Pressed twice by the same person it is one decision.
    """
    if verb == "dismiss" and not note.strip():
        raise Invalid("reason-needed", field="note")
    if row.decided_by == w.actor.name and any(
        (m.verb, m.target) == (verb, row.state) for m in PROPOSAL.moves
    ):
        return
    PROPOSAL.move(w, row, verb, place=row.place_id)
    row.decided_by, row.decided_at, row.note, row.late_at = w.actor.name, w.now, note.strip()[:NOTE], None
    w.tell(ProposalDecided(proposal=row.id, verb=verb, place=row.place_id, incident=row.incident_id))


def open_person(w: Work, row: CaseProposal, purpose: str) -> Identity | None:
    """What identifies the person of a proposal, for a purpose of the pack; journalled. None where it is not held.

    Invalid (``no-purpose``) for another purpose.
    """
    if purpose not in w.rules.value(PROPOSAL.pack, "proposal.purposes"):
        raise Invalid("no-purpose", field="purpose")
    found = open_people(
        w, [row.person_id], purpose=purpose, fields=("name", "number", "phone", "address"), place=row.place_id
    )
    return found.get(row.person_id)


def look(w: Work, proposal: int) -> None:
    """The time to decide is over: a proposal that still waits is late from now on, which is told once."""
    row = w.get(CaseProposal, proposal)
    if row.state != PROPOSAL.start or row.late_at is not None:
        return
    row.late_at, row.version = w.now, row.version + 1
    w.tell(ProposalLate(proposal=row.id, place=row.place_id, incident=row.incident_id))
