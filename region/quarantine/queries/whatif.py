"""The stays that another pack would touch, in groups that share a plan, and the difference it would make to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, func, select

from region.incidents.queries import pack_of
from region.quarantine.models import Stay, Transition
from region.quarantine.regimen import of_doc
from region.quarantine.states import STAY, TRANSITION
from region.quarantine.whatif import Difference, Outcome, Running, carry_over, difference, edited
from region.spine.errors import Invalid
from region.spine.work import Work

Edits = Mapping[str, Sequence[Mapping[str, Any]]]
"""Other numbers for the stages of schedules, by category: ``{"close_contact": [{"days": 5, "tests": [1, 3, 5]}]}``."""


@dataclass(frozen=True)
class Group:
    """Stays that share a plan, with what would become of them; `ids` is empty where they were not asked for."""

    running: Running
    outcome: Outcome
    ids: tuple[int, ...] = ()


def packs_in_use(w: Work, incident: int) -> list[tuple[str, int]]:
    """The packs that running stays of an incident have, the commonest first, with their stays."""
    wanted = select(Stay.pack, func.count()).where(*_running(incident)).group_by(Stay.pack)
    rows = w.session.execute(wanted.order_by(func.count().desc(), Stay.pack)).all()
    return [(pack, count) for pack, count in rows]


def from_pack(w: Work, incident: int) -> str:
    """The pack that most running stays of an incident have; that of the incident itself where none runs."""
    used = packs_in_use(w, incident)
    return used[0][0] if used else pack_of(w, incident)


def schedules(w: Work, pack: str) -> Mapping[str, Mapping[str, Any]]:
    """The schedules of a pack by category; Invalid (``no-such-pack``)."""
    if not w.rules.has(pack):
        raise Invalid("no-such-pack", field="pack", pack=pack[:40])
    return {name: found.value for name, found in w.rules.pack(pack).values_under("schedule").items()}


def would_be(w: Work, pack: str, edits: Edits | None = None) -> dict[str, Mapping[str, Any]]:
    """The schedules that people would go over to: those of a pack, with edited numbers; Invalid (``numbers-wrong``)."""
    found = dict(schedules(w, pack))
    for category, numbers in (edits or {}).items():
        if category not in found:
            raise Invalid("no-schedule", field="category", pack=pack, category=category[:24])
        try:
            found[category] = edited(found[category], numbers)
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid("numbers-wrong", field="days", category=category) from error
    return found


def groups(
    w: Work, incident: int, pack: str, to: Mapping[str, Mapping[str, Any]], *, with_ids: bool = False
) -> list[Group]:
    """The running stays that have `pack`, in groups, and their outcomes under the schedules `to` as of today.

    With edited numbers only the categories that differ from the pack's own are touched: the others have the same plan.
    """
    today = w.office.clock.day(w.now)
    key = (Stay.category, Stay.plan, Stay.stage, Stay.state)
    ids = func.aggregate_strings(cast(Stay.id, String), ",") if with_ids else cast("", String)
    wanted = select(*key, func.count(), ids).where(*_running(incident), Stay.pack == pack).group_by(*key)
    found: list[Group] = []
    for category, plan, stage, state, count, numbers in w.session.execute(wanted):
        running = Running(category, of_doc(plan), stage, state, count)
        outcome = carry_over(running, to.get(category), today)
        found.append(Group(running, outcome, tuple(sorted(int(n) for n in numbers.split(",") if n))))
    return found


def compare(
    w: Work, incident: int, pack: str, to_pack: str, edits: Edits | None = None
) -> tuple[Difference, dict[str, Difference]]:
    """What the change would do to all running stays that have `pack`, and to each category; nothing is changed."""
    today = w.office.clock.day(w.now)
    found = groups(w, incident, pack, would_be(w, to_pack, edits))
    by_category = {
        category: difference(
            [(one.running, one.outcome) for one in found if one.running.category == category], today
        )
        for category in sorted({one.running.category for one in found})
    }
    return difference([(one.running, one.outcome) for one in found], today), by_category


def _running(incident: int) -> tuple[Any, ...]:
    return Stay.incident_id == incident, Stay.state.not_in(sorted(STAY.ends))


def waiting(w: Work, incident: int, pack: str, to_pack: str, digest: str) -> Transition | None:
    """The same proposal, where one waits to be decided."""
    same = (
        Transition.incident_id == incident,
        Transition.from_pack == pack,
        Transition.to_pack == to_pack,
        Transition.to_digest == digest,
        Transition.state == TRANSITION.start,
    )
    return w.session.scalars(select(Transition).where(*same)).first()


def transitions(w: Work, *, most: int = 50) -> Sequence[Transition]:
    """Proposals that the actor may know of: those that wait first, then the newest."""
    waits = Transition.state == TRANSITION.start
    wanted = select(Transition).order_by(waits.desc(), Transition.made_at.desc(), Transition.id.desc())
    return w.session.scalars(wanted.limit(most)).all()
