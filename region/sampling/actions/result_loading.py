"""Files of results: read, checked, planned, then applied in parts or dropped; the same file twice changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from region.files import storage
from region.formats.tables import read_table
from region.places.plan import noted
from region.places.reading import read_file
from region.sampling.actions.reporting import Reported, report
from region.sampling.events.results import ResultLoadApplied, ResultLoadPlanned
from region.sampling.models import ResultLoad
from region.sampling.queries.results import judge
from region.sampling.result_plan import SHOWN, ReadRow, ResultOptions, ResultPlan, planned
from region.sampling.result_reading import Draft, Ground, read_rows, stated_time, with_columns
from region.sampling.result_words import words
from region.spine.errors import Refused
from region.spine.work import Work

PART = 5_000
"""Rows applied in one transaction: some seconds, so that an errand's lease holds and others get their turn."""


def plan_load(w: Work, lab: int, data: bytes, file_name: str, options: ResultOptions) -> ResultLoad:
    """Read and check a file of results of a laboratory and keep the plan; nothing of it stands yet.

    The same bytes again give the load that there is: planned anew while it waits, else as it stands. Raises Invalid
    for a file that cannot be read as a whole, or whose columns are unclear.
    """
    w.need("sampling.report", lab)
    digest = sha256(data).hexdigest()
    load = _same(w, lab, digest)
    if load is not None and load.state != "planned":
        return load
    plan, good = _planned(w, lab, data, file_name, options)
    if load is None:
        load = ResultLoad(place_id=lab, digest=digest, state="planned", made_by=w.actor.name)
        w.session.add(load)
    load.file_name, load.made_at, load.plan = file_name[:200], w.now, plan.to_doc()
    load.content = _store(w, good)
    w.session.flush()
    sums = {"rows": plan.counts["rows"], "good": plan.good, "refused": plan.counts["refused"]}
    w.tell(ResultLoadPlanned(load=load.id, place=lab, **sums))
    return load


def _same(w: Work, lab: int, digest: str) -> ResultLoad | None:
    wanted = select(ResultLoad).where(ResultLoad.digest == digest, ResultLoad.place_id == lab)
    return w.session.scalars(
        wanted.where(ResultLoad.state != "dropped").order_by(ResultLoad.id.desc())
    ).first()


def _planned(
    w: Work, lab: int, data: bytes, file_name: str, options: ResultOptions
) -> tuple[ResultPlan, list[ReadRow]]:
    draft, notices = _read(w, data, file_name, options)
    judged = judge(w, lab, [row.told for row in draft.rows])
    plan, good = planned(options, draft.rows, judged, draft.refused)
    plan.notices = notices
    return plan, good


def _read(w: Work, data: bytes, file_name: str, options: ResultOptions) -> tuple[Draft, list[dict[str, Any]]]:
    """The rows of the file; its table, which is large, is let go here."""
    encoding, sheet = options.encoding or None, options.sheet or None
    table = read_file(lambda: read_table(data, file_name, encoding=encoding, sheet=sheet))
    found, zone = with_columns(options, table.columns), w.office.clock.zone
    ground = Ground(words(w), zone, table.date_system, stated_time(options.reported_at, zone))
    return read_rows(table, found, ground), noted(table.notices)[:SHOWN]


def _store(w: Work, rows: list[ReadRow]) -> str:
    """Keep the rows to apply among the files, by their digest."""
    content = json.dumps([row.packed() for row in rows], separators=(",", ":")).encode()
    digest = sha256(content).hexdigest()
    storage.store(w.office.installation, digest, content)
    return digest


def apply_load(w: Work, load_id: int) -> ResultLoad:
    """Begin to do what the plan says, part by part in the background; a load that is applied stays as it is."""
    load = _held(w, load_id)
    w.need("sampling.report", load.place_id)
    if load.state == "dropped":
        raise Refused("result-load-dropped", load=load.id)
    if load.state == "planned":
        load.state, load.version = "applying", load.version + 1
        good = ResultPlan.from_doc(load.plan).good
        w.tell(ResultLoadApplied(load=load.id, verb="begin", results=good, place=load.place_id))
        w.owe("sampling.apply_results", key=_key(load.id, 0), load=load.id, start=0)
    return load


def apply_part(w: Work, load_id: int, start: int) -> None:
    """Apply the rows from `start` on, and promise the next part; a part that was applied changes nothing again."""
    load = _held(w, load_id)
    plan = ResultPlan.from_doc(load.plan)
    if load.state != "applying" or plan.done != start:
        return
    kept = json.loads(storage.fetch(w.office.installation, load.content or ""))
    rows = [ReadRow.unpacked(one) for one in kept[start : start + PART]]
    reported = report(w, load.place_id, [row.told for row in rows], source="file", load=load.id)
    _sum_up(plan, rows, reported)
    plan.done += len(rows)
    load.version += 1
    if plan.done < len(kept):
        w.owe("sampling.apply_results", key=_key(load.id, plan.done), load=load.id, start=plan.done)
    else:
        load.state, load.applied_at = "applied", w.now
    load.plan = plan.to_doc()
    verb = "end" if load.state == "applied" else "part"
    w.tell(ResultLoadApplied(load=load.id, verb=verb, results=len(rows), place=load.place_id))


def _key(load: int, start: int) -> str:
    return f"apply-results:{load}:{start}"


def _sum_up(plan: ResultPlan, rows: list[ReadRow], reported: Reported) -> None:
    names = ("negative", "positive", "grey", "invalid", "unknown", "changed", "again")
    became = Counter(plan.became) + Counter({name: getattr(reported, name) for name in names})
    became["refused"] += len(reported.refused)
    plan.became = dict(became)
    denied = [
        {"number": rows[one.index].number, "code": f"result_{one.why}", "facts": one.facts}
        for one in reported.refused
    ]
    plan.denied = (plan.denied + denied)[:SHOWN]


def _held(w: Work, load_id: int) -> ResultLoad:
    """The load, locked until the work ends: of two who apply or drop it at once the second sees what the first did."""
    wanted = select(ResultLoad).where(ResultLoad.id == load_id).with_for_update()
    found = w.session.scalars(wanted, execution_options={"populate_existing": True}).first()
    return found if found is not None else w.get(ResultLoad, load_id)


def drop_load(w: Work, load_id: int) -> None:
    """Put a planned file away; dropping it twice changes nothing."""
    load = _held(w, load_id)
    w.need("sampling.report", load.place_id)
    if load.state not in ("planned", "dropped"):
        raise Refused("result-load-applied", load=load.id)
    if load.state == "planned":
        load.state, load.version = "dropped", load.version + 1
        w.tell(ResultLoadApplied(load=load.id, verb="drop", results=0, place=load.place_id))
