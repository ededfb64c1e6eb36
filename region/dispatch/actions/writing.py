"""Writing an order and giving it: compose, submit, approve, send back, discard, issue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from region.dispatch import choice as choosing
from region.dispatch.events import (
    DirectiveApproved,
    DirectiveComposed,
    DirectiveDiscarded,
    DirectiveIssued,
    DirectiveSentBack,
    DirectiveSubmitted,
)
from region.dispatch.models import Directive, Recipient
from region.dispatch.schemas import Draft
from region.dispatch.states import DIRECTIVE
from region.dispatch.wording import PACK, Text, kinds_to_write, worded
from region.incidents.models import Incident
from region.places.models import Place
from region.places.queries import standing_sites
from region.spine.errors import Forbidden, Invalid, Refused
from region.spine.machine import same_version
from region.spine.work import Work


@dataclass(frozen=True)
class Part:
    """One recipient to be: a site, or one person of it; `targets` are its own, by name of the evidence."""

    place: int
    account: int | None = None
    targets: dict[str, float] = field(default_factory=dict)


def compose(w: Work, draft: Draft, place: int) -> Directive:
    """Write a draft in the name of `place`; the same form sent twice gives the same draft."""
    if draft.supersedes_id is not None:
        w.need("dispatch.compose", w.get(Directive, draft.supersedes_id).place_id)
    w.need("dispatch.compose", place)
    standing = w.session.scalar(select(Directive).where(Directive.form_token == draft.form_token))
    if standing is not None:
        return standing
    incident = w.get(Incident, draft.incident_id)
    if incident.state != "open":
        raise Refused("incident-closed", incident=incident.id)
    text = worded(w, draft)
    if text.kind not in kinds_to_write(w):
        raise Invalid("no-such-kind", field="template" if draft.template else "kind", kind=text.kind)
    reach = choosing.resolve(w, draft.choice)
    if not reach.sites:
        raise Invalid("nobody-there", field="choice")
    made = w.add(_row(w, draft, text, place, list(reach.sites)))
    w.tell(DirectiveComposed(urgency=made.urgency, recipients=len(reach.sites), **made.about))
    return made


def _row(w: Work, draft: Draft, text: Text, place: int, chosen: list[int]) -> Directive:
    return Directive(
        form_token=draft.form_token,
        place_id=place,
        incident_id=draft.incident_id,
        kind=text.kind,
        urgency=text.urgency,
        template=draft.template,
        title_zh=text.title_zh,
        title_en=text.title_en,
        body_zh=text.body_zh,
        body_en=text.body_en,
        ground=text.ground,
        evidence=text.evidence,
        chosen=chosen,
        pack_digest=w.rules.pack(PACK).digest,
        composed_by=w.actor.name,
        task_minutes=text.task_minutes,
        supersedes_id=draft.supersedes_id,
        state=DIRECTIVE.start,
        since=w.now,
    )


def needs_second_person(w: Work, directive: Directive) -> bool:
    """Whether somebody else must approve it, by the rule pack."""
    facts = {
        "kind": directive.kind,
        "urgency": directive.urgency,
        "passed_on": directive.passed_by_id is not None,
    }
    return bool(w.rules.pack(PACK).decide("approval", facts).outcome["second_person"])


def submit(w: Work, directive: Directive, version: int | None = None) -> None:
    """Hand in a draft: to the second person where one is needed, else it is approved at once; once is enough."""
    if directive.state in ("awaiting_approval", "approved", "issued"):
        return
    same_version(directive, version)
    if not needs_second_person(w, directive):
        DIRECTIVE.move(w, directive, "approve", place=directive.place_id)
        directive.approved_by = w.actor.name
        w.tell(DirectiveApproved(**directive.about))
        return
    DIRECTIVE.move(w, directive, "submit", place=directive.place_id)
    w.tell(DirectiveSubmitted(**directive.about))


def approve(w: Work, directive: Directive, version: int | None = None) -> None:
    """The second person agrees; never the one who wrote it."""
    same_version(directive, version)
    if directive.composed_by == w.actor.name:
        raise Forbidden("own-draft", directive=directive.id)
    if directive.state != "awaiting_approval":
        raise Refused("not-from-here", machine="directive", verb="approve", state=directive.state)
    DIRECTIVE.move(w, directive, "approve", place=directive.place_id)
    directive.approved_by = w.actor.name
    w.tell(DirectiveApproved(**directive.about))


def send_back(w: Work, directive: Directive, version: int | None = None) -> None:
    """The second person wants it changed: it is a draft again."""
    same_version(directive, version)
    DIRECTIVE.move(w, directive, "send_back", place=directive.place_id)
    w.tell(DirectiveSentBack(**directive.about))


def discard(w: Work, directive: Directive, version: int | None = None) -> None:
    """Put away what was never issued."""
    same_version(directive, version)
    DIRECTIVE.move(w, directive, "discard", place=directive.place_id)
    directive.ended_at = w.now
    w.tell(DirectiveDiscarded(**directive.about))


def issue(w: Work, directive: Directive, version: int | None = None) -> None:
    """Give the order: it gets its number, its recipients and its clocks. A second click changes nothing."""
    if directive.state == "issued":
        return
    same_version(directive, version)
    if directive.supersedes_id is not None:
        w.need("dispatch.issue", w.get(Directive, directive.supersedes_id).place_id)
    sites = standing_sites(w, directive.chosen)
    if not sites:
        raise Invalid("nobody-there", field="choice")
    DIRECTIVE.move(w, directive, "issue", place=directive.place_id)
    put_in_force(w, directive, [Part(site) for site in sites])


def put_in_force(
    w: Work, directive: Directive, parts: Sequence[Part], latest: datetime | None = None
) -> None:
    """Give an order that may be issued its number, its clocks and its recipients, and say so.

    No limit lies after `latest`: that of the order which it was made out of.
    """
    sign_by = w.now + w.rules.duration(PACK, f"acknowledge.{directive.urgency}")
    done_by = w.now + timedelta(minutes=directive.task_minutes)
    directive.number = _next_number(w, directive)
    directive.issued_at, directive.issued_by = w.now, w.actor.name
    directive.acknowledge_due = sign_by if latest is None else min(sign_by, latest)
    directive.task_due = done_by if latest is None else min(done_by, latest)
    w.session.execute(insert(Recipient), [_recipient(w, directive, part) for part in parts])
    w.tell(DirectiveIssued(recipients=len(parts), **clocks(directive), **directive.about))


def clocks(directive: Directive) -> dict[str, Any]:
    """What the event of an order in force says of its urgency and limits."""
    return {
        "urgency": directive.urgency,
        "acknowledge_due": directive.acknowledge_due,
        "task_due": directive.task_due,
    }


def _recipient(w: Work, directive: Directive, part: Part) -> dict[str, Any]:
    return {
        "realm": w.realm,
        "directive_id": directive.id,
        "place_id": part.place,
        "account_id": part.account,
        "targets": part.targets,
        "required": True,
        "state": "pending",
        "since": w.now,
        "version": 1,
        "pressed": 0,
        "pressure": 0,
    }


def _next_number(w: Work, directive: Directive) -> str:
    """``LJ-0801-001``: the issuing body's letters, the day of the region, a running number of that day."""
    place = w.get(Place, directive.place_id)
    day = w.now.astimezone(w.office.clock.zone)
    start = f"{place.facts.get('letters') or place.code}-{day:%m%d}-"
    with w.beyond_scope("numbers run through the whole realm"):
        given = select(Directive.number).where(Directive.number.startswith(start))
        # By length first: as texts, 999 is more than 1000.
        last = w.session.scalar(
            given.order_by(func.length(Directive.number).desc(), Directive.number.desc()).limit(1)
        )
    return f"{start}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:03}"
