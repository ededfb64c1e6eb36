"""The order of a whole campaign: what each site is to do of it, how far it has come, and that there was nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor

from sqlalchemy import func, select

from region.dispatch.actions.answering import begin, only_its_holder, report
from region.dispatch.events import ProgressReported, TargetsSet
from region.dispatch.models import Directive, Progress, Recipient, Report
from region.dispatch.schemas import Targets, TaskReport, Told
from region.dispatch.states import UNSIGNED
from region.dispatch.tasks import task_named, tasks_of
from region.dispatch.wording import PACK
from region.places.models import Area, Place, Site
from region.spine.errors import Invalid, Missing, Refused
from region.spine.work import Work

NIL = "nil"
"""What a nil report says in words; a code, so that it reads the same in both languages."""


def report_progress(w: Work, recipient: Recipient, said: Told) -> Progress:
    """A site says how far one task has come; signing and beginning are implied. The same `uid` is told once.

    A smaller number than before is a correction: both stay, the newest counts. Invalid when the order asks for
    no such number, or it is more than ten times the target; Refused when the site has reported or it has ended.
    """
    standing = w.session.scalar(select(Progress).where(Progress.uid == said.uid))
    if standing is not None:
        return standing
    w.need("dispatch.report", recipient.place_id)
    only_its_holder(w, recipient)
    task_named(recipient.directive, said.task).check(said.value, recipient.targets)
    _under_way(w, recipient)
    made = Progress(
        uid=said.uid,
        recipient_id=recipient.id,
        directive_id=recipient.directive_id,
        place_id=recipient.place_id,
        task=said.task,
        value=said.value,
        made_by=w.actor.name,
        made_at=w.now,
    )
    w.add(made)
    w.tell(ProgressReported(progress=made.id, task=said.task, value=said.value, **recipient.about))
    return made


def _under_way(w: Work, recipient: Recipient) -> None:
    order = recipient.directive
    if order.state != "issued":
        raise Refused("directive-ended", directive=order.id, state=order.state)
    if recipient.state in (*UNSIGNED, "acknowledged"):
        begin(w, recipient)
    elif recipient.state not in ("in_progress", "returned"):
        raise Refused("not-from-here", machine="recipient", verb="begin", state=recipient.state)


def report_nil(w: Work, recipient: Recipient, uid: str) -> Report:
    """A nil report in one tap: every number is 0. Refused where the template knows no nil report."""
    if recipient.directive.template not in w.rules.value(PACK, "nil.templates"):
        raise Refused("nil-not-asked", directive=recipient.directive_id)
    zeros = {task.name: 0.0 for task in tasks_of(recipient.directive)}
    return report(w, recipient, TaskReport(uid=uid, text=NIL, numbers=zeros))


def set_targets(w: Work, directive: Directive, each: Mapping[int, Mapping[str, float]]) -> int:
    """Set how much some recipients (by number) are to do of each task; gives how many were changed.

    Missing for a recipient of another order, Invalid for a task or number that cannot be.
    """
    w.need("dispatch.pass_on" if directive.passed_by_id else "dispatch.issue", directive.place_id)
    if directive.state != "issued":
        raise Refused("directive-ended", directive=directive.id, state=directive.state)
    wanted = select(Recipient).where(Recipient.directive_id == directive.id, Recipient.id.in_(list(each)))
    found = {one.id: one for one in w.session.scalars(wanted)}
    changed = 0
    for number, targets in each.items():
        if number not in found:
            raise Missing("no-such", what="recipient", id=number)
        changed += _set(directive, found[number], targets)
    if changed:
        w.tell(TargetsSet(recipients=changed, **directive.about))
    return changed


def _set(directive: Directive, recipient: Recipient, targets: Mapping[str, float]) -> bool:
    for name, value in targets.items():
        task_named(directive, name).check(value, {name: 0})
    joined = {**recipient.targets, **targets}
    if joined == recipient.targets:
        return False
    recipient.targets, recipient.version = joined, recipient.version + 1
    return True


def share_out(w: Work, directive: Directive, said: Targets) -> int:
    """Share a total of one task among all recipients, by the people who live there, by capacity, or equally.

    Whole numbers that add up to the total. Invalid (`no-weights`) when the rule knows nothing of any of them.
    """
    if said.task is None or said.total is None:
        return set_targets(w, directive, said.each)
    task_named(directive, said.task)
    wanted = select(Recipient.id, Recipient.place_id).where(
        Recipient.directive_id == directive.id, Recipient.state.not_in(("void", "waived"))
    )
    rows = [(row.id, row.place_id) for row in w.session.execute(wanted.order_by(Recipient.id))]
    weights = _weights(w, said.by, [place for _, place in rows])
    if not sum(weights):
        raise Invalid("no-weights", field="by", by=said.by)
    shares = shared(said.total, weights)
    return set_targets(w, directive, {id: {said.task: n} for (id, _), n in zip(rows, shares, strict=True)})


def _weights(w: Work, by: str, places: Sequence[int]) -> list[float]:
    if by == "equal":
        return [1.0] * len(places)
    if by == "capacity":
        known = select(Site.place_id, Site.capacity).where(Site.place_id.in_(places))
        capacity = {row.place_id: float(row.capacity or 0) for row in w.session.execute(known)}
        return [capacity.get(place, 0.0) for place in places]
    return _residents(w, places)


def _residents(w: Work, places: Sequence[int]) -> list[float]:
    """The people of the area that each site lies in, shared equally where several sites lie in one."""
    inside = select(Place.id, Place.parent_id).where(Place.id.in_(places))
    area_of = {row.id: row.parent_id for row in w.session.execute(inside)}
    with w.beyond_scope("how many live around a site is public"):
        counts = select(Area.place_id, func.coalesce(Area.population, 0))
        counts = counts.where(Area.place_id.in_({area for area in area_of.values() if area}))
        people = {row[0]: float(row[1]) for row in w.session.execute(counts)}
    sites = [area_of.get(place) for place in places]
    return [people.get(area, 0.0) / sites.count(area) if area else 0.0 for area in sites]


def shared(total: float, weights: Sequence[float]) -> list[float]:
    """Whole parts of a total in proportion to weights; what rounding leaves goes to the largest remainders."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [float(floor(one)) for one in exact]
    short = round(total - sum(parts))
    most = sorted(range(len(exact)), key=lambda at: parts[at] - exact[at])
    for at in most[:short]:
        parts[at] += 1
    return parts
