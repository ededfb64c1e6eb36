"""A pooled tube comes back positive: its people are suspected, told, sampled again alone, and restored or proposed.

A pool is never a case. Each step looks at what stands now, so that one that runs twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from region.dispatch.actions import ending
from region.dispatch.actions.ruled import drafted, give
from region.dispatch.actions.writing import Part
from region.dispatch.models import Directive
from region.dispatch.wording import PACK as DIRECTIVES
from region.places.models import Place
from region.sampling.actions import recalling, singling
from region.sampling.actions.recalling_follow import follow
from region.sampling.events.field import BoxMoved, TubesKept, TubesRejected
from region.sampling.events.results import (
    PoolPositive,
    RecallEnded,
    RecallRaised,
    ResultChanged,
    ResultsReported,
    SinglePositive,
)
from region.sampling.models import Recall, RecallMember, Round, Tube, TubeMember, TubeResult
from region.sampling.own_samples import POSITIVE
from region.sampling.queries.carers import carers
from region.sampling.queries.recalls import OPEN
from region.sampling.states import PACK
from region.spine.flow import answers, when
from region.spine.work import Work
from region.surveillance.actions import proposing as cases
from region.surveillance.events import ProposalDecided
from region.surveillance.models import CaseProposal
from region.surveillance.questions import LabFinding, LabFindings

ORDER = "resample_members"


# --- the pool ---------------------------------------------------------------------------------


@when(PoolPositive)
def recall_members(w: Work, e: PoolPositive) -> None:
    """Everybody in the tube is suspected and sampled alone from now on; what their own tubes say already counts."""
    recalling.raise_recall(w, w.get(Tube, e.tube), e.at)
    follow(w)


@when(RecallRaised)
def order_samples(w: Work, e: RecallRaised) -> None:
    """The clinics and offices of the members' homes are ordered to sample them, in numbers and without names."""
    recall = w.get(Recall, e.recall)
    due = recalling.untold(w, recall)
    parts = _parts(w, due)
    if recall.state not in OPEN or not parts:
        return
    deadline = recall.due_at
    if deadline <= w.now:  # the result came to us late
        deadline = w.now + w.rules.duration(PACK, "recall.resample")
    token = str(uuid5(NAMESPACE_URL, f"recall/{w.realm}/{recall.id}/{due[0].person_id}"))
    said = {"recall": recall.id, "members": len(due), "deadline": deadline.astimezone(w.office.clock.zone)}
    draft = drafted(token, recall.incident_id, ORDER, said)
    order = give(w, draft, _issuer(w, recall), parts, latest=deadline)
    recalling.tell(w, recall, due, f"directive:{order.id}")


def _parts(w: Work, due: Sequence[RecallMember]) -> list[Part]:
    """Each clinic with how many members it is to sample; the offices that help it have no number of their own."""
    clinics = [member.place_id for member in due]
    offices = {one.office for one in carers(w, {member.home_id for member in due}).values() if one.office}
    parts = [Part(site, targets={"resampled": clinics.count(site)}) for site in sorted(set(clinics))]
    return parts + [Part(site) for site in sorted(offices - set(clinics))]


def _issuer(w: Work, recall: Recall) -> int:
    """The body in whose name it is ordered: that of the round, else the area in which the pool was taken."""
    if recall.round_id is not None:
        return w.get(Round, recall.round_id).place_id
    return w.get(Place, recall.place_id).parent_id or recall.place_id


# --- its members' own samples -----------------------------------------------------------------


@when(TubesKept, only=attrgetter("awaited"))
def see_samples(w: Work, e: TubesKept) -> None:
    """A member with a tube of his own is sampled again."""
    follow(w)


@when(ResultsReported)
def see_results(w: Work, e: ResultsReported) -> None:
    """A negative sample of his own restores a member at once; invalid and grey ones make him due again."""
    follow(w)


@when(TubesRejected)
def sample_again(w: Work, e: TubesRejected) -> None:
    """A member whose own tube was rejected is due again."""
    follow(w)


@when(BoxMoved)
def sample_again_after_a_loss(w: Work, e: BoxMoved) -> None:
    """So is one whose tube was lost or voided with its box."""
    if e.verb in ("lose", "void"):
        follow(w)


@when(SinglePositive)
def confirm_member(w: Work, e: SinglePositive) -> None:
    """A member who is positive himself confirms his pool, even one that had been cleared by his earlier result."""
    recalling.raise_again(w, e.person, e.tube)
    follow(w)


@when(SinglePositive)
def propose_case(w: Work, e: SinglePositive) -> None:
    """Whoever is positive in a tube of his own is proposed as a case, in a recall or not; no rule makes it one."""
    tube = w.get(Tube, e.tube)
    if tube.result != "positive":  # the laboratory took it back before this step ran
        return
    member = w.get(TubeMember, (e.tube, e.person))
    cases.propose(
        w,
        person=e.person,
        place=member.home_id,
        ref=f"tube:{e.tube}",
        found_at=e.at,
        sampled_at=member.at,
        incident=None if tube.round_id is None else w.get(Round, tube.round_id).incident_id,
    )


# --- taken back -------------------------------------------------------------------------------


@when(ResultChanged)
def take_back_recall(w: Work, e: ResultChanged) -> None:
    """A pool that is negative after all restores its members; whatever changed, the recalls that wait look again."""
    recalling.restate(w, w.get(Tube, e.tube))
    follow(w)


@when(RecallEnded)
def take_back_order(w: Work, e: RecallEnded) -> None:
    """The order of a recall that was withdrawn is withdrawn too: whoever is looking for people stops."""
    recall = w.get(Recall, e.recall)
    if recall.state != "withdrawn" or recall.directive is None:
        return
    order = w.get(Directive, int(recall.directive.partition(":")[2]))
    if order.state == "issued":
        note = w.rules.value(DIRECTIVES, "recall.withdrawn")
        ending.withdraw(w, order, f"{note['zh']} {note['en']}")


@when(ProposalDecided)
def free_after_dismissal(w: Work, e: ProposalDecided) -> None:
    """Whoever is no case after all is no longer sampled alone because of the pool that he was in."""
    proposal = w.get(CaseProposal, e.proposal)
    if proposal.state != "dismissed":
        return
    wanted = select(RecallMember.recall_id).where(RecallMember.person_id == proposal.person_id)
    for recall in w.session.scalars(wanted.where(RecallMember.state == POSITIVE)).all():
        singling.end_apart(w, f"recall:{recall}", [proposal.person_id])


@answers(LabFindings)
def lab_findings(w: Work, question: LabFindings) -> dict[str, LabFinding]:
    """What laboratories found in the tubes that proposals rest on, as it stands now."""
    ids = {int(ref[5:]): ref for ref in question.refs if ref.startswith("tube:")}
    with w.beyond_scope("the finding that a proposal in scope rests on, wherever it was tested"):
        wanted = select(Tube, TubeResult).outerjoin(TubeResult, TubeResult.id == Tube.result_id)
        rows = w.session.execute(wanted.where(Tube.id.in_(ids))).all()
        return {
            ids[tube.id]: LabFinding(
                code=tube.code,
                stream=tube.stream,
                laboratory=tube.lab_id,
                result=tube.result,
                result_at=tube.result_at,
                ct_n=told.ct_n if told else None,
                ct_orf=told.ct_orf if told else None,
            )
            for tube, told in rows
        }
