"""Stays are carried over to other plans, set by set: hundreds of thousands in one transaction, each told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import case, func, insert, literal, select, update

from region.quarantine.actions import planning
from region.quarantine.events import BatchKept, StaysReplanned, TestsKept
from region.quarantine.models import ScheduledTest, Stay, StayBatch, StayChange, Transition
from region.quarantine.queries.whatif import Group
from region.quarantine.regimen import CENTRAL, Regimen
from region.spine import bulk
from region.spine.work import Work

AT_ONCE = 5000
TOLD = 1000
"""So many stays in one event."""
WHY = "transition"
COMING = ("identified", "notified")


def carry(
    w: Work, row: Transition, groups: Sequence[Group], to: Mapping[str, Any], *, edited: bool
) -> StayBatch | None:
    """Give these groups their new plans and tests, and keep what each stay was before; None when there are none.

    Whose category the new pack lacks keeps the pack by which his release is judged; his plan ends.
    """
    if not groups:
        return None
    batch = _batch(w, row, sum(one.running.stays for one in groups))
    digest = w.rules.pack(row.to_pack).digest
    for one in groups:
        moves = not edited and one.running.category in to
        pack = {"pack": row.to_pack, "pack_digest": digest} if moves else {}
        for ids in _parts(one.ids):
            _keep_before(w, batch, ids)
            _new_plan(w, one, ids, pack)
            _new_tests(w, one, ids)
    _tell(w, row, [id for one in groups for id in one.ids])
    w.tell(
        BatchKept(batch=batch.id, verb=WHY, stays=batch.stays, place=row.place_id, incident=row.incident_id)
    )
    w.session.expire_all()
    return batch


def _batch(w: Work, row: Transition, stays: int) -> StayBatch:
    about = {"place_id": row.place_id, "verb": WHY, "reason": f"{row.from_pack} > {row.to_pack}"}
    return w.add(StayBatch(token=uuid4().hex, stays=stays, made_at=w.now, made_by=w.actor.name, **about))


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


def _keep_before(w: Work, batch: StayBatch, ids: Sequence[int]) -> None:
    """One statement writes what all of them were."""
    postgres = w.session.get_bind().dialect.name == "postgresql"
    build = func.jsonb_build_object if postgres else func.json_object
    plan = Stay.plan if postgres else func.json(Stay.plan)
    before = build(
        *("pack", Stay.pack, "pack_digest", Stay.pack_digest, "plan", plan, "mode", Stay.mode),
        *("ends_on", Stay.ends_on, "stage", Stay.stage, "expires_at", Stay.expires_at),
    )
    these = select(literal(batch.id), Stay.id, literal(w.realm), before, Stay.version + 1)
    these = these.where(bulk.among(w.session, Stay.id, ids))
    columns = ["batch_id", "stay_id", "realm", "before", "after_version"]
    w.session.execute(insert(StayChange).from_select(columns, these))


def _new_plan(w: Work, one: Group, ids: Sequence[int], pack: Mapping[str, Any]) -> None:
    """The plan and its end; a time for which somebody extended one person's restriction stays as it is."""
    plan, stage, today = one.outcome.plan, one.outcome.stage, w.office.clock.day(w.now)
    was, will = planning.expiry(w, one.running.plan.ends_on), planning.expiry(w, max(plan.ends_on, today))
    mode = plan.stages[stage].mode
    values: dict[str, Any] = {
        "plan": plan.as_doc(),
        "ends_on": plan.ends_on,
        "stage": stage,
        "mode": mode,
        "met_at": None,
        "met_stage": None,
        "expires_at": case((Stay.expires_at > was, Stay.expires_at), else_=min(was, will)),
        "version": Stay.version + 1,
    }
    if mode != CENTRAL and one.running.state in COMING:
        values["transfer_due_at"] = None
    these = update(Stay).where(bulk.among(w.session, Stay.id, ids)).values(values | dict(pack))
    w.session.execute(these, execution_options={"synchronize_session": False})


def _new_tests(w: Work, one: Group, ids: Sequence[int]) -> None:
    """From today on the tests of the new plan: what is due no more is waived, what was taken stands."""
    today = w.office.clock.day(w.now)
    wanted = _wanted(one.outcome.plan, today)
    these = (bulk.among(w.session, ScheduledTest.stay_id, ids), ScheduledTest.due_on >= today)
    due = ScheduledTest.state == "due"
    gone = update(ScheduledTest).where(*these, due, ScheduledTest.due_on.not_in(sorted(wanted)))
    quiet = {"synchronize_session": False}
    w.session.execute(gone.values(state="waived", reason=WHY), execution_options=quiet)
    for on, facts in wanted.items():
        stands = update(ScheduledTest).where(*these, ScheduledTest.due_on == on, due)
        w.session.execute(stands.values(facts), execution_options=quiet)
        _add(w, on, facts, ids)


def _wanted(plan: Regimen, today: date) -> dict[date, dict[str, Any]]:
    return {
        test.on: {"stage": n, "kind": test.kind, "double": test.double, "specimen": test.specimen}
        for n, stage in enumerate(plan.stages)
        for test in stage.tests
        if test.on >= today
    }


def _add(w: Work, on: date, facts: Mapping[str, Any], ids: Sequence[int]) -> None:
    """A test of this day for whoever has none yet."""
    stands = select(ScheduledTest.stay_id).where(ScheduledTest.stay_id == Stay.id, ScheduledTest.due_on == on)
    given = {"due_on": on, "state": "due", **facts}
    kinds = {name: getattr(ScheduledTest, name).type for name in given}
    said = [literal(value, kinds[name]) for name, value in given.items()]
    new = select(Stay.id, Stay.realm, Stay.place_id, Stay.site_id, *said)
    new = new.where(bulk.among(w.session, Stay.id, ids), ~stands.exists())
    columns = ["stay_id", "realm", "place_id", "site_id", *given]
    w.session.execute(insert(ScheduledTest).from_select(columns, new))


def _tell(w: Work, row: Transition, ids: Sequence[int]) -> None:
    """Told place by place, so that each community learns of its own people."""
    homes: dict[int, list[int]] = defaultdict(list)
    for part in _parts(ids):
        these = select(Stay.place_id, Stay.id).where(bulk.among(w.session, Stay.id, part))
        for place, id in w.session.execute(these):
            homes[place].append(id)
    for place, found in sorted(homes.items()):
        for at in range(0, len(found), TOLD):
            stays = tuple(sorted(found[at : at + TOLD]))
            w.tell(StaysReplanned(stays=stays, why=WHY, place=place, incident=row.incident_id))
            w.tell(TestsKept(stays=stays, verb="replanned", place=place, incident=row.incident_id))
