"""Passing an order on: a recipient makes an order of its own out of the one it received, for those below it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from region.accounts.models import Account
from region.dispatch import choice as choosing
from region.dispatch.actions.answering import acknowledge, begin, only_its_holder, settles
from region.dispatch.actions.writing import Part, clocks, put_in_force
from region.dispatch.events import DirectivePassedOn
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.passing import LIVING, issuing_body, quoted
from region.dispatch.schemas import Choice, PassOn, Shares
from region.dispatch.states import DIRECTIVE, UNSIGNED
from region.dispatch.wording import PACK, kinds_to_write, minutes
from region.incidents.models import Incident
from region.places.models import Place
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

PLAIN = "directive"
"""What is made out of a request, a supervision order or a roll call: an order to do something about it."""


def pass_on(w: Work, recipient: Recipient, draft: PassOn) -> Directive:
    """Make an order for sites below the recipient, or for people of its places; signing and beginning are implied.

    It is in force at once, without a second person, in the name of the area whose office the recipient is, else
    of the site itself; the same form sent twice gives the same order. Raises Invalid `outside-jurisdiction`,
    `outlasts-parent` (with `latest`), `nobody-chosen`; Refused when what was received has ended.
    """
    only_its_holder(w, recipient)
    w.need("dispatch.pass_on", recipient.place_id)
    standing = w.session.scalar(select(Directive).where(Directive.form_token == draft.form_token))
    if standing is not None:
        return _same_form(standing, recipient)
    _take_up(w, recipient)
    parent, body = recipient.directive, issuing_body(w, recipient.place_id)
    parts = [*_sites(w, recipient, body, draft), *_people(w, recipient, body, draft)]
    if not parts:
        raise Invalid("nobody-chosen", field="choice")
    recipient.version += 1  # so that it crosses a withdrawal at the same moment, which would not see it
    child = w.add(_child(w, recipient, body, draft))
    child.chosen = sorted({part.place for part in parts if part.account is None})
    DIRECTIVE.move(w, child, "pass_on", place=body.id)
    put_in_force(w, child, parts, latest=parent.task_due)
    about = {"parent": parent.id, "recipient": recipient.id, "recipients": len(parts), **child.about}
    w.tell(DirectivePassedOn(**about, **clocks(child)))
    return child


def _same_form(standing: Directive, recipient: Recipient) -> Directive:
    if standing.passed_by_id != recipient.id:
        raise Invalid("form-used", field="form_token")
    return standing


def _take_up(w: Work, recipient: Recipient) -> None:
    """Sign and begin where that was not done; what ended, or waits for a verdict, cannot be passed on.

    A document that asks for nothing but signatures may still be passed on when it has all of them.
    """
    directive = recipient.directive
    over = ("issued", "closed") if settles(w, directive) else ("issued",)
    if directive.state not in over:
        raise Refused("directive-ended", directive=directive.id, state=directive.state)
    _response_goes_on(w, directive.incident_id)
    if recipient.state in UNSIGNED:
        acknowledge(w, recipient)
    if recipient.state == "acknowledged":
        begin(w, recipient)
    if recipient.state not in ("in_progress", "returned") and not _settled(w, recipient):
        raise Refused("not-from-here", machine="recipient", verb="pass_on", state=recipient.state)


def _response_goes_on(w: Work, incident: int | None) -> None:
    with w.beyond_scope("whether the response goes on is known to all whom its orders reach"):
        state = w.session.scalar(select(Incident.state).where(Incident.id == incident))
    if incident is not None and state != "open":
        raise Refused("incident-closed", incident=incident)


def _settled(w: Work, recipient: Recipient) -> bool:
    return recipient.state == "accepted" and settles(w, recipient.directive)


def _sites(w: Work, recipient: Recipient, body: Place, draft: PassOn) -> list[Part]:
    """The chosen sites, without the one that passes on; each must lie below the body that issues."""
    chosen = () if draft.choice == Choice() else choosing.resolve(w, draft.choice).sites
    sites = sorted(set(chosen) - {recipient.place_id})
    paths = w.session.execute(select(Place.id, Place.path).where(Place.id.in_(sites)))
    _all_below(body, {row.id: row.path for row in paths}, "choice")
    _targets_fit(recipient.directive, draft.targets, sites, "targets")
    return [Part(site, targets=dict(draft.targets.get(site, {}))) for site in sites]


def _people(w: Work, recipient: Recipient, body: Place, draft: PassOn) -> list[Part]:
    """The named people; each must be of a place below the body that issues."""
    wanted = (
        select(Account.id, Account.place_id, Place.path)
        .join(Place, Place.id == Account.place_id)
        .where(Account.id.in_(draft.people), Account.state.in_(LIVING))
        .order_by(Account.id)
    )
    found = w.session.execute(wanted).all()
    lost = sorted(set(draft.people) - {row.id for row in found})
    if lost:
        raise Invalid("no-such-person", field="people", people=lost[:20])
    _all_below(body, {row.id: row.path for row in found}, "people")
    _targets_fit(recipient.directive, draft.people_targets, draft.people, "people_targets")
    return [Part(row.place_id, row.id, dict(draft.people_targets.get(row.id, {}))) for row in found]


def _all_below(body: Place, paths: dict[int, str], field: str) -> None:
    outside = sorted(id for id, path in paths.items() if not path.startswith(body.path))
    if outside:
        raise Invalid("outside-jurisdiction", field=field, count=len(outside), ids=outside[:20])


def _targets_fit(parent: Directive, targets: dict[int, Shares], ids: Collection[int], field: str) -> None:
    """Targets are of those chosen, and of numbers that the order asks for."""
    numbers = {item["name"] for item in parent.evidence if item["type"] == "number"}
    if not targets.keys() <= set(ids):
        raise Invalid("target-of-nobody", field=field)
    unknown = sorted({name for one in targets.values() for name in one} - numbers)
    if unknown:
        raise Invalid("evidence-unknown", field=f"{field}.{unknown[0]}")


def _child(w: Work, recipient: Recipient, body: Place, draft: PassOn) -> Directive:
    parent = recipient.directive
    free = kinds_to_write(w)
    kind = draft.kind or (parent.kind if parent.kind in free else PLAIN)
    if kind not in free:
        raise Invalid("no-such-kind", field="kind", kind=kind)
    return Directive(
        form_token=draft.form_token,
        place_id=body.id,
        incident_id=parent.incident_id,
        kind=kind,
        urgency=draft.urgency or parent.urgency,
        **_words(w, parent, draft),
        ground=parent.ground if draft.ground is None else draft.ground,
        evidence=list(parent.evidence),
        pack_digest=w.rules.pack(PACK).digest,
        composed_by=w.actor.name,
        task_minutes=_minutes(w, parent, draft),
        parent_id=parent.id,
        passed_by_id=recipient.id,
        state=DIRECTIVE.start,
        since=w.now,
    )


def _words(w: Work, parent: Directive, draft: PassOn) -> dict[str, Any]:
    """In both languages: words of one's own, or the text from above under its number."""
    return {name: getattr(draft, name) or text for name, text in quoted(w, parent).items()}


def _minutes(w: Work, parent: Directive, draft: PassOn) -> int:
    """How long the task may take: as long as there is, or less where that was said; a late order leaves none."""
    if parent.task_due is None:
        return draft.task_minutes or parent.task_minutes
    left = parent.task_due - w.now
    if draft.task_minutes is None:
        return max(0, minutes(left) + 1)  # whole minutes: what is too much is cut at the limit itself
    if timedelta(minutes=draft.task_minutes) > left:
        raise Invalid("outlasts-parent", field="task_minutes", latest=parent.task_due.isoformat())
    return draft.task_minutes
