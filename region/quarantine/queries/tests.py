"""The tests that plans ask for, as they stand, and what they mean for a release: judged by the rule of the pack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal, select
from sqlalchemy.orm import Session

from region.quarantine.models import ScheduledTest, Stay
from region.quarantine.regimen import Done, Verdict, judge
from region.spine import bulk
from region.spine.work import Work


def of_stage(session: Session, field: str) -> ColumnElement[Any]:
    """A field of the stage that a stay is in, out of its plan, as the database reads it: text, days as 2022-08-08."""
    number = cast(Stay.stage, String)
    if session.get_bind().dialect.name == "postgresql":
        return func.jsonb_extract_path_text(Stay.plan, "stages", number, field, type_=String)
    path = literal("$.stages[").concat(number).concat(literal(f"].{field}"))
    return cast(func.json_extract(Stay.plan, path), String)


def of_stays(w: Work, stays: Sequence[int]) -> dict[int, list[ScheduledTest]]:
    """All tests of these stays, oldest first, by stay."""
    these = bulk.among(w.session, ScheduledTest.stay_id, stays)
    found: dict[int, list[ScheduledTest]] = defaultdict(list)
    for one in w.session.scalars(select(ScheduledTest).where(these).order_by(ScheduledTest.due_on)):
        found[one.stay_id].append(one)
    return found


def judged(w: Work, stays: Sequence[Stay]) -> dict[int, Verdict]:
    """Whether the conditions of release of each stay's present stage are met today, with the reasons where not."""
    own = _states(w, [stay.id for stay in stays])
    linked = _of_linked(w, [stay.linked for stay in stays if stay.linked])
    today = w.office.clock.day(w.now)
    found: dict[int, Verdict] = {}
    for stay in stays:
        first = [test.state for test in linked.get((stay.incident_id, stay.linked), ())]
        last = date.fromisoformat(stay.plan["stages"][stay.stage]["last"])
        rule = release_rule(w, stay)
        found[stay.id] = judge(rule, own.get(stay.id, ()), first, last=last, today=today)
    return found


def release_rule(w: Work, stay: Stay) -> Mapping[str, Any]:
    """What the pack that a stay runs by asks for before it may end."""
    rule: Mapping[str, Any] = w.rules.value(stay.pack, f"schedule.{stay.category}")["release"]
    return rule


def _states(w: Work, stays: Sequence[int]) -> dict[int, list[Done]]:
    wanted = select(ScheduledTest.stay_id, ScheduledTest.due_on, ScheduledTest.state)
    these = bulk.among(w.session, ScheduledTest.stay_id, stays)
    found: dict[int, list[Done]] = defaultdict(list)
    for stay, on, state in w.session.execute(wanted.where(these).order_by(ScheduledTest.due_on)):
        found[stay].append(Done(on, state))
    return found


def _of_linked(w: Work, refs: Sequence[str]) -> dict[tuple[int, str | None], list[Done]]:
    """The tests of the contacts whom secondary contacts wait for, by incident and ref."""
    if not refs:
        return {}
    columns = (Stay.incident_id, Stay.ref, ScheduledTest.due_on, ScheduledTest.state)
    wanted = select(*columns).join(ScheduledTest, ScheduledTest.stay_id == Stay.id)
    these = bulk.among(w.session, Stay.ref, sorted(set(refs)))
    found: dict[tuple[int, str | None], list[Done]] = defaultdict(list)
    with w.beyond_scope("a secondary contact's release hangs on the tests of his contact, wherever he is"):
        for incident, ref, on, state in w.session.execute(wanted.where(these).order_by(ScheduledTest.due_on)):
            found[incident, ref].append(Done(on, state))
    return found
