"""Contacts on their way through the funnel, many at once: landed, pushed, excluded, converted, released, controlled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value

from region.spine import bulk
from region.spine.errors import Invalid, Stale
from region.spine.work import Work
from region.tracing.actions import clocks, stretches
from region.tracing.events import ContactReclassified, ContactsControlled, ContactsMoved
from region.tracing.models import Contact
from region.tracing.models.contacts import ARRIVED, CATEGORIES, CONTROLS
from region.tracing.queries.schedules import goes_to_site
from region.tracing.states import CONTACT, PACK

AT_ONCE = 5000
PUSHED_TO = ("district", "city", "province")
TARGETS = {move.verb: move.target for move in CONTACT.moves}


def move(
    w: Work,
    contacts: Sequence[Contact],
    verb: str,
    *,
    at: datetime | None = None,
    reason: str | None = None,
    case: int | None = None,
) -> None:
    """Move contacts on together, as of `at` (now); those who are there already stay as they are.

    ``land`` begins the wait for a transfer. ``push`` takes to whom as `reason` (``district``, ``city``, ``province``),
    ``exclude`` a reason of the pack, ``convert`` the `case` that he became. Refused (``not-from-here``) for one who
    cannot be moved so; then none is.
    """
    _check_reason(w, verb, reason)
    when = clocks.moment(w, at)
    these = [one for one in contacts if one.state != TARGETS.get(verb)]
    _need(w, these, lambda one: CONTACT.find(verb, one.state).by)
    if not these:
        return
    for group in _grouped(these, lambda one: one.landed_at is None):
        _set(w, group, _values(verb, when, reason, case, group[0]))
    if verb == "land":
        stretches.begin(w, these, "awaiting", when)
    else:
        stretches.end(w, these, when)
    _tell(w, these, lambda ids, about: ContactsMoved(contacts=ids, verb=verb, **about), when)
    clocks.start_contacts(w, these)


def _check_reason(w: Work, verb: str, reason: str | None) -> None:
    if verb == "push" and reason not in PUSHED_TO:
        raise Invalid("pushed-to-unknown", field="reason")
    if verb == "exclude" and reason not in w.rules.value(PACK, "exclusions"):
        raise Invalid("exclusion-unknown", field="reason")


def _values(verb: str, when: datetime, reason: str | None, case: int | None, one: Contact) -> dict[str, Any]:
    """What a move writes. Who is converted or let go was found, so that he counts as landed (K12)."""
    values: dict[str, Any] = {"state": TARGETS[verb], "since": when, "late_at": None}
    if verb in ("land", "convert", "release") and one.landed_at is None:
        values["landed_at"] = when
    if TARGETS[verb] in CONTACT.ends:
        values |= {"ended_at": when, "control": None}
    if verb == "land":
        values["control"] = "awaiting"
    elif verb == "push":
        values["pushed_to"] = reason
    elif verb == "exclude":
        values["reason"] = reason
    elif verb == "convert":
        values["case_id"] = case
    return values


def control(w: Work, contacts: Sequence[Contact], control: str, *, at: datetime | None = None) -> None:
    """Contacts are under `control` from `at` (now) until a later stretch that is known already.

    Who was still being looked for is landed by it. Those who were let go stay as they are, and so does who is under
    this control at that moment already.
    """
    if control not in CONTROLS:
        raise Invalid("control-unknown", field="control")
    when = clocks.moment(w, at)
    these = [one for one in contacts if one.state not in CONTACT.ends]
    _need(w, these, lambda _: "tracing.trace")
    looked_for = [one for one in these if one.state == CONTACT.start]
    if looked_for:
        move(w, looked_for, "land", at=when)
    last = stretches.begin(w, these, control, when)
    changed = [one for one in these if one.id in last]
    for group in _grouped(changed, lambda one: (last[one.id], *_firsts(one, control, when).values())):
        one = group[0]
        _set(w, group, {"control": last[one.id]} | _firsts(one, control, when))
    _tell(w, changed, lambda ids, about: ContactsControlled(contacts=ids, control=control, **about), when)


def _firsts(one: Contact, control: str, when: datetime) -> dict[str, datetime | None]:
    """When he was first found, under control (to await a transfer is none) and in a site or a hospital."""
    happens = {
        "landed_at": True,
        "controlled_at": control != "awaiting",
        "arrived_at": control in ARRIVED,
    }
    known = {name: getattr(one, name) for name in happens}
    return {name: min(known[name] or when, when) if now else known[name] for name, now in happens.items()}


def reclassify(w: Work, contact: Contact, category: str, last_exposure: date) -> None:
    """He is of another category from now on, or was exposed later than known; a transfer that is due now has its clock.

    Nothing changes where both are known already. Refused for one who was let go.
    """
    if category not in CATEGORIES:
        raise Invalid("category-unknown", field="category")
    if last_exposure > w.office.clock.day(w.now):
        raise Invalid("moment-in-future", field="last_exposure")
    w.need("tracing.trace", contact.place_id)
    CONTACT.find("exclude", contact.state)
    old = contact.category
    if (old, contact.last_exposure_on) == (category, last_exposure):
        return
    values: dict[str, Any] = {"category": category, "last_exposure_on": last_exposure}
    if category != old:
        transfer = clocks.limit(w, contact.incident_id, "clock.contact_transfer")
        away = goes_to_site(w, contact.incident_id, category)
        values |= {"reclassified_at": w.now, "transfer_due_at": w.now + transfer if away else None}
    _set(w, [contact], values)
    told = ContactReclassified(
        contact=contact.id,
        old=old,
        new=category,
        last_exposure=last_exposure,
        place=contact.place_id,
        incident=contact.incident_id,
    )
    w.tell(told)


def _need(w: Work, contacts: Sequence[Contact], by: Callable[[Contact], str]) -> None:
    for capability, place in sorted({(by(one), one.place_id) for one in contacts}):
        w.need(capability, place)


def _grouped(contacts: Sequence[Contact], key: Callable[[Contact], Any]) -> list[list[Contact]]:
    groups: dict[Any, list[Contact]] = {}
    for one in contacts:
        groups.setdefault(key(one), []).append(one)
    return list(groups.values())


def _set(w: Work, contacts: Sequence[Contact], values: dict[str, Any]) -> None:
    """Write the same to all of them in one statement; Stale when another work changed one since it was read."""
    w.session.flush()
    for at in range(0, len(contacts), AT_ONCE):
        page = contacts[at : at + AT_ONCE]
        for group in _grouped(page, lambda one: one.version):
            these = (
                bulk.among(w.session, Contact.id, [one.id for one in group]),
                Contact.version == group[0].version,
            )
            changed = update(Contact).where(*these).values(**values, version=group[0].version + 1)
            told = changed.returning(Contact.id)
            done = w.session.scalars(told, execution_options={"synchronize_session": False}).all()
            if len(done) != len(group):
                raise Stale("crossed")
            for one in group:
                for name, value in (values | {"version": one.version + 1}).items():
                    set_committed_value(one, name, value)


def _tell(w: Work, contacts: Sequence[Contact], event: Callable[[Any, Any], Any], when: datetime) -> None:
    """One event for each place and incident: who answers there sees his own."""
    for group in _grouped(contacts, lambda one: (one.place_id, one.incident_id)):
        about = {"place": group[0].place_id, "incident": group[0].incident_id}
        w.tell(event(tuple(one.id for one in group), about), happened_at=when)
