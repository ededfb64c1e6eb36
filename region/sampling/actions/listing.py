"""Lists of who is due: a file read, checked, planned and applied; taken over from a round before; reasons recorded."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, func, insert, literal, null, or_, select, update

from region.formats.tables import read_table
from region.formats.text import match_key
from region.people.actions.registering import Given, lock_of, register
from region.places.models import Place
from region.places.reading import read_file
from region.sampling.due_reading import DueRow, Ground, Listing, read_list
from region.sampling.events.rounds import DueListed, DueListPlanned, NotSampledExplained
from region.sampling.models import DueLoad, Round, RoundArea, RoundDue, TubeMember
from region.sampling.queries.due import Filters, absent, listed
from region.sampling.queries.rounds import round_of
from region.sampling.states import PACK, ROUND
from region.spine import bulk
from region.spine.errors import Invalid, Refused
from region.spine.scope import below
from region.spine.work import Work

AT_ONCE = 2000
REFUSED_KEPT = 1000
FILE = "due-load"


def plan_list(w: Work, round_id: int, data: bytes, file_name: str) -> DueLoad:
    """Read and check a file; nothing of it stands yet. The same file for the same round is the same load."""
    w.need("sampling.list")
    round_ = _open_round(w, round_id)
    digest = sha256(data).hexdigest()
    wanted = select(DueLoad).where(DueLoad.round_id == round_id, DueLoad.digest == digest)
    standing = w.session.scalars(wanted.where(DueLoad.state != "dropped")).first()
    if standing is not None:
        return standing
    listing = _read(w, round_, data, file_name)
    lock = lock_of(w, round_.incident_id)
    row = DueLoad(round_id=round_id, place_id=_home(w), file_name=file_name[:200], digest=digest)
    row.plan = {"counts": listing.counts, "refused": listing.refused[:REFUSED_KEPT]}
    row.key_id, row.closed = lock.key_id, lock.close(digest, FILE, b64encode(data).decode())
    row.state, row.made_by, row.made_at = "planned", w.actor.name, w.now
    w.add(row)
    good, refused = len(listing.rows), len(listing.refused)
    w.tell(DueListPlanned(load=row.id, round=round_id, good=good, refused=refused, place=row.place_id))
    return row


def _open_round(w: Work, round_id: int) -> Round:
    round_ = round_of(w, round_id)
    if round_.state in ROUND.ends:
        raise Refused("not-from-here", machine="round", verb="list", state=round_.state)
    return round_


def _home(w: Work) -> int:
    """The place that a list belongs to: the top of what the actor keeps lists of."""
    paths = w.actor.paths_for(w.rules.roles_that("sampling.list"))
    if paths and "" not in paths:
        return int(paths[0].rstrip("/").split("/")[-1])
    return (
        w.session.scalars(select(Place.id).where(Place.parent_id.is_(None)).order_by(Place.id)).first() or 0
    )


def _read(w: Work, round_: Round, data: bytes, file_name: str) -> Listing:
    table = read_file(lambda: read_table(data, file_name))
    grids = select(Place.code, Place.id).join(RoundArea, RoundArea.place_id == Place.id)
    rows = w.session.execute(grids.where(RoundArea.round_id == round_.id))
    reasons = {match_key(code): code for code in _reasons(w)}
    for code, words in _reasons(w).items():
        reasons |= {match_key(words["zh"]): code, match_key(words["en"]): code}
    ground = Ground({row.code: row.id for row in rows}, reasons, w.office.clock.day(w.now))
    if not ground.grids:
        raise Refused("round-not-planned", round=round_.id)
    return read_list(table, ground)


def _reasons(w: Work) -> Any:
    return w.rules.value(PACK, "not_sampled_reasons")


def apply_list(w: Work, load: DueLoad) -> None:
    """Do what the plan says: persons into the registry, their places into the round; once, and then the file goes."""
    w.need("sampling.list", load.place_id)
    if load.state == "applied":
        return
    if load.state != "planned" or load.closed is None:
        raise Refused("due-load-dropped", load=load.id)
    round_ = _open_round(w, load.round_id)
    lock = lock_of(w, round_.incident_id)
    data = b64decode(lock.open(load.digest, FILE, bytes(load.closed)))
    listing = _read(w, round_, data, load.file_name)
    for at in range(0, len(listing.rows), AT_ONCE):
        _take(w, round_, listing.rows[at : at + AT_ONCE])
    counts = listing.counts
    load.plan = {"counts": counts, "refused": listing.refused[:REFUSED_KEPT]}
    load.state, load.applied_at, load.closed, load.version = "applied", w.now, None, load.version + 1
    recount(w, round_.id, sorted({row.place for row in listing.rows}))
    _listed(w, round_, counts, load.place_id)


def _listed(w: Work, round_: Round, counts: dict[str, int], place: int) -> None:
    told = {scheme: counts[scheme] for scheme in ("due", "exempt", "separate")}
    w.tell(DueListed(round=round_.id, place=place, incident=round_.incident_id, **told))


def _take(w: Work, round_: Round, rows: Sequence[DueRow]) -> None:
    given = [Given(str(uuid4()), row.place, row.kind, row.paper, row.name, row.phone) for row in rows]
    ids = register(w, given, incident=round_.incident_id, source="due_list")
    key = ("round_id", "person_id")
    due: list[dict[str, Any]] = [
        {
            "round_id": round_.id,
            "person_id": ids[one.uid],
            "place_id": row.place,
            "scheme": row.scheme,
            "reason": row.reason,
        }
        for one, row in zip(given, rows, strict=True)
    ]
    bulk.put(w.session, RoundDue, due, key)
    _sampled(w, round_, sorted(row["person_id"] for row in due))


def _sampled(w: Work, round_: Round, persons: Sequence[int] | None) -> None:
    """When those of the list who are in a tube of the round already were sampled."""
    taken = select(func.max(TubeMember.at)).where(
        TubeMember.round_id == round_.id, TubeMember.person_id == RoundDue.person_id, TubeMember.counted
    )
    these = update(RoundDue).where(RoundDue.round_id == round_.id, RoundDue.sampled_at.is_(None))
    if persons is not None:
        these = these.where(RoundDue.person_id.in_(persons))
    with w.beyond_scope("a person may have been sampled at another place's site"):
        w.session.execute(
            these.values(sampled_at=taken.scalar_subquery()), execution_options={"synchronize_session": False}
        )


def recount(w: Work, round_id: int, places: Sequence[int]) -> None:
    """Registered, exempt, separate and due of these areas as the list says it now."""
    lists = listed(w, round_id)
    rows = [
        {
            "round_id": round_id,
            "place_id": place,
            "registered": lists[place].registered,
            "exempt": lists[place].exempt,
            "separate": lists[place].separate,
            "due": lists[place].due,
        }
        for place in places
        if place in lists
    ]
    bulk.change(w.session, RoundArea, rows, ("round_id", "place_id"))


def drop_list(w: Work, load: DueLoad) -> None:
    """Put a file away that nobody wants; its content goes."""
    w.need("sampling.list", load.place_id)
    if load.state == "applied":
        raise Refused("due-load-applied", load=load.id)
    if load.state == "planned":
        load.state, load.closed, load.version = "dropped", None, load.version + 1
        w.tell(DueListPlanned(load=load.id, round=load.round_id, good=0, refused=0, place=load.place_id))


def take_over(w: Work, round_: Round, earlier: Round) -> int:
    """The list of a round before, for the same areas; whoever stands in the new list already stays as he is."""
    w.need("sampling.plan", round_.place_id)
    w.need("sampling.plan", earlier.place_id)
    if round_.state not in ("draft", "planned"):
        raise Refused("not-from-here", machine="round", verb="list", state=round_.state)
    path = w.get(Place, round_.place_id).path
    there = select(RoundDue.person_id).where(RoundDue.round_id == round_.id)
    columns = (literal(round_.id), RoundDue.person_id, RoundDue.place_id, RoundDue.scheme, null())
    wanted = select(*columns).join(Place, Place.id == RoundDue.place_id)
    wanted = wanted.where(RoundDue.round_id == earlier.id, below(Place.path, path))
    wanted = wanted.where(RoundDue.person_id.not_in(there))
    names = ["round_id", "person_id", "place_id", "scheme", "reason"]
    w.session.execute(insert(RoundDue).from_select(names, wanted))
    lists = listed(w, round_.id)
    counts = Counter[str]()
    for one in lists.values():
        counts.update(due=one.due, exempt=one.exempt, separate=one.separate)
    _listed(w, round_, dict(counts), round_.place_id)
    return sum(counts.values())


def explain(w: Work, round_id: int, persons: Sequence[int], reason: str) -> int:
    """Why these persons of the list were not sampled (K15); how many it was written for."""
    _reason(w, reason)
    _open_round(w, round_id)
    return sum(_explain(w, round_id, RoundDue.person_id.in_(some), reason) for some in _some(persons))


def explain_all(w: Work, round_id: int, filters: Filters, reason: str) -> int:
    """The same for all whom a filter shows: one reason for a whole area, say."""
    _reason(w, reason)
    round_ = _open_round(w, round_id)
    inner = absent(w, round_, filters).subquery()
    return _explain(w, round_id, RoundDue.person_id.in_(select(inner.c.person_id)), reason)


def _some(persons: Sequence[int]) -> Iterator[list[int]]:
    known = sorted(set(persons))
    for at in range(0, len(known), AT_ONCE):
        yield known[at : at + AT_ONCE]


def _reason(w: Work, reason: str) -> None:
    w.need("sampling.list")
    if reason not in _reasons(w):
        raise Invalid("reason-unknown", field="reason")


def _explain(w: Work, round_id: int, these: Any, reason: str) -> int:
    mine = and_(RoundDue.scheme == "due", RoundDue.sampled_at.is_(None), RoundDue.round_id == round_id, these)
    paths = w.actor.paths_for(w.rules.roles_that("sampling.list"))
    if "" not in paths:
        places = select(Place.id).where(or_(*(below(Place.path, path) for path in paths)))
        mine = and_(mine, RoundDue.place_id.in_(places))
    persons = int(w.session.scalar(select(func.count()).select_from(RoundDue).where(mine)) or 0)
    if persons:
        changed = update(RoundDue).where(mine).values(reason=reason)
        w.session.execute(changed, execution_options={"synchronize_session": False})
        w.tell(NotSampledExplained(round=round_id, reason=reason, persons=persons, place=_home(w)))
    return persons
