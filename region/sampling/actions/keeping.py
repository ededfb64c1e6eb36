"""Tubes of a phone are kept: written, their people seated and counted, and what no rule decides put before a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import update

from region.sampling.actions import claims, oddities, people_in, seating, tallying
from region.sampling.actions.lines import Line
from region.sampling.actions.people_in import Who
from region.sampling.actions.phones import Phone
from region.sampling.actions.tallying import Book
from region.sampling.models import RoundSite, Tube
from region.sampling.schemas import SentPerson
from region.spine import bulk
from region.spine.work import Work


@dataclass(frozen=True)
class Running:
    """The round that a site belongs to."""

    id: int
    state: str
    incident: int | None
    starts_at: datetime


@dataclass(frozen=True)
class Done:
    """What was kept, in numbers."""

    new: int = 0
    changed: int = 0
    persons: int = 0
    contested: int = 0
    seated: frozenset[int] = field(default=frozenset(), compare=False)
    """Everybody in these tubes, and who was in them before."""


def keep(
    w: Work, site: RoundSite, running: Running, phone: Phone, boxes: Mapping[str, int], lines: Sequence[Line]
) -> Done:
    """Keep all tubes of a batch; what the phone is to learn of each is written into its line."""
    able = [line for line in lines if line.refused is None and line.news != "old"]
    if not able:
        return Done()
    who = _people(w, site, running, able)
    _write(w, site, running, phone, boxes, able, who)
    standing = [line.id for line in able if line.row is not None]
    book = tallying.open_book(w, running.id, standing, {one.person for one in who.values()})
    apart = seating.alone(w, [one.person for one in who.values()])
    for line in able:
        if line.writes:
            seating.seat(book, line, site, phone, who, apart)
        elif line.news == "late":
            seating.add_late(book, line, site, phone, who)
    seating.moved(book, able)
    tallying.count(w, book, _tubes(able, site.id))
    for line in able:
        seating.tell(book, line, who, apart)
    oddities.raise_all(w, site, running.id, able, book, who)
    return _done(able, book)


def _people(w: Work, site: RoundSite, running: Running, able: Sequence[Line]) -> dict[str, Who]:
    """Everybody in these tubes by uid; of tubes that do not change only who is known already."""

    def once(lines: list[Line]) -> list[SentPerson]:
        return list({one.uid: one for line in lines for one in line.sent.people}.values())

    changing = once([line for line in able if line.news != "same"])
    known = {one.uid for one in changing}
    rest = [one for one in once([line for line in able if line.news == "same"]) if one.uid not in known]
    found = people_in.register(w, site, running.incident, changing) if changing else {}
    return found | (people_in.find(w, site, rest) if rest else {})


def _write(
    w: Work,
    site: RoundSite,
    running: Running,
    phone: Phone,
    boxes: Mapping[str, int],
    able: Sequence[Line],
    who: Mapping[str, Who],
) -> None:
    """Write the rows of tubes; a code that another holds makes a tube contested, and never keeps it out."""
    claims.claim(w, able)
    fixed: dict[str, Any] = {
        "realm": w.realm,
        "place_id": site.place_id,
        "lab_id": site.lab_id,
        "round_id": running.id,
    }
    fixed |= {"site_id": site.id, "device": phone.uid, "sampler": w.actor.name, "kept_at": w.now}
    changed = [{"id": line.id, **_row(w, phone, boxes, line, who)} for line in able if line.news == "changed"]
    if changed:
        w.session.execute(update(Tube), sorted(changed, key=lambda row: int(row["id"])))
    fresh = {line.sent.uid: line for line in able if line.news == "new"}
    rows = {uid: _row(w, phone, boxes, line, who) | fixed for uid, line in fresh.items()}
    _insert(w, fresh, rows)
    late = [uid for uid, line in fresh.items() if not line.id]
    for uid in late:  # another work wrote this code meanwhile
        fresh[uid].contested = True
        rows[uid]["contested"] = True
    _insert(w, fresh, {uid: rows[uid] for uid in late})
    for line in fresh.values():
        line.refused = None if line.id else "uid-taken"


def _insert(w: Work, fresh: Mapping[str, Line], rows: Mapping[str, dict[str, Any]]) -> None:
    in_order = sorted(rows.values(), key=lambda row: (row["code"], row["uid"]))
    for row in bulk.add_telling(w.session, Tube, in_order, Tube.id, Tube.uid):
        fresh[row.uid].id = row.id


def _row(
    w: Work, phone: Phone, boxes: Mapping[str, int], line: Line, who: Mapping[str, Who]
) -> dict[str, Any]:
    """What of a tube comes from the phone."""
    sent, row, state = line.sent, line.row, line.state
    closed = row.closed_at if row is not None else None
    if closed is None and sent.closed_at is not None:
        closed = phone.moment(sent.closed_at)
    return {
        "uid": sent.uid,
        "code": line.code,
        "contested": line.contested,
        "revision": sent.revision,
        "box_id": boxes.get(sent.box or ""),
        "stream": sent.stream,
        "method": sent.method,
        "size": line.method.size,
        "members": len({who[one.uid].person for one in sent.people}),
        "sampled_at": min((phone.moment(one.at) for one in sent.people), default=None),
        "closed_at": closed,
        "skew": phone.applied,
        "state": state,
        "since": row.since if row is not None and row.state == state else w.now,
    }


def _tubes(able: Sequence[Line], site: int) -> Counter[int]:
    """By how many tubes the count of the site changes: new ones, less those thrown away."""
    came = sum(line.news == "new" and line.id > 0 and line.state != "void" for line in able)
    went = sum(line.news == "changed" and line.state == "void" for line in able)
    return Counter({site: came - went})


def _done(able: Sequence[Line], book: Book) -> Done:
    new = [line for line in able if line.news == "new" and line.writes]
    changed = [line for line in able if line.news == "changed"]
    return Done(
        len(new),
        len(changed),
        sum(len(line.sent.people) for line in (*new, *changed)) + sum(line.added for line in able),
        sum(line.contested for line in (*new, *changed)),
        frozenset(one.person for one in (*book.standing.values(), *book.seats.values())),
    )
