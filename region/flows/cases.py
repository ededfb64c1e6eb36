"""A proposal is accepted: the person is a case, no contact any more, and those who hang on him are told."""

from __future__ import annotations

from sqlalchemy import select

from region.incidents.queries import pack_of
from region.quarantine.actions import moving, replanning
from region.quarantine.models import Stay
from region.quarantine.states import STAY
from region.sampling.models import Tube
from region.spine.flow import when
from region.spine.work import Work
from region.surveillance.events import ProposalDecided
from region.surveillance.models import CaseProposal
from region.tracing.actions import cases, contacts
from region.tracing.events import CaseOpened, ContactReclassified
from region.tracing.models import Case, Contact, ContactLink
from region.zones.actions import infections

SECONDARY = "secondary_contact"
FOUND_BY = {"separate": "quarantine", "retest": "round", "round": "round", "fever": "fever_clinic"}
"""How somebody was found, by what his tube was taken for; the rest came by himself."""
OPEN = tuple(state for state in STAY.states if state not in STAY.ends)


@when(ProposalDecided)
def open_case(w: Work, e: ProposalDecided) -> None:
    """Whoever was accepted is a case of the incident; without an incident there is nothing to count him in."""
    proposal = w.get(CaseProposal, e.proposal)
    if proposal.state != "accepted" or proposal.incident_id is None:
        return
    watched = _stays(w, proposal.person_id, proposal.incident_id)
    tube = w.session.get(Tube, int(proposal.ref[5:])) if proposal.ref.startswith("tube:") else None
    cases.open_case(
        w,
        person=proposal.person_id,
        incident=proposal.incident_id,
        place=proposal.place_id,
        kind="confirmed",
        found_by="quarantine" if watched else FOUND_BY.get(tube.stream if tube else "", "community"),
        community=not watched,
        day=w.office.clock.day(proposal.found_at),
        found_at=proposal.found_at,
        sampled_at=proposal.sampled_at,
        diagnosed_at=proposal.decided_at,
        ref=f"proposal:{proposal.id}",
    )


@when(CaseOpened)
def end_as_contact(w: Work, e: CaseOpened) -> None:
    """A contact who is a case is converted: he is counted once."""
    his = select(Contact).where(Contact.person_id == e.person, Contact.incident_id == e.incident)
    standing = w.session.scalars(his.where(Contact.state.in_(("verifying", "landed")))).all()
    if standing:
        contacts.move(w, standing, "convert", at=e.found, case=e.case)


@when(CaseOpened)
def end_stay(w: Work, e: CaseOpened) -> None:
    """He leaves his room or home for a hospital or shelter; the room is cleaned."""
    stays = _stays(w, e.person, e.incident)
    if stays:
        moving.move(w, stays, "to_care", at=max(e.found, *(stay.determined_at for stay in stays)))


@when(CaseOpened)
def count_in_zones(w: Work, e: CaseOpened) -> None:
    """The zones in which he lives begin their clear days anew."""
    infections.count(w, ref=f"case:{e.case}", day=e.day, place=w.get(Case, e.case).place_id)


@when(CaseOpened)
def raise_secondary_contacts(w: Work, e: CaseOpened) -> None:
    """Contacts of a contact who is a case now become what the pack says, from their own last exposure to him."""
    his = select(Contact.id).where(Contact.person_id == e.person, Contact.incident_id == e.incident)
    hanging = select(Contact, ContactLink.last_on).join(ContactLink, ContactLink.contact_id == Contact.id)
    hanging = hanging.where(ContactLink.via_id.in_(his), Contact.category == SECONDARY)
    for contact, last_on in w.session.execute(
        hanging.where(Contact.state.in_(("verifying", "landed")))
    ).all():
        schedule = w.rules.value(pack_of(w, contact.incident_id), f"schedule.{SECONDARY}")
        target = schedule.get("reclassify_on_linked_positive")
        if target:
            contacts.reclassify(w, contact, target, last_on)


@when(ContactReclassified)
def reckon_stay_anew(w: Work, e: ContactReclassified) -> None:
    """The plan of his stay is reckoned for the new category; a transfer and its clock follow from it."""
    wanted = select(Stay).where(Stay.ref == f"contact:{e.contact}", Stay.state.in_(OPEN))
    stay = w.session.scalars(wanted).one_or_none()
    if stay is not None and stay.category != e.new:
        replanning.replan(w, stay, category=e.new, counts_from=e.last_exposure, why="reclassified")


def _stays(w: Work, person: int, incident: int | None) -> list[Stay]:
    wanted = select(Stay).where(Stay.person_id == person, Stay.incident_id == incident, Stay.state.in_(OPEN))
    return list(w.session.scalars(wanted.order_by(Stay.id)))
