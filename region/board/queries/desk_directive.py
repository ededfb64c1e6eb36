"""One order as the desk sees it: its clocks with the rules they come from, its recipients, worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from region.board.queries.desk_areas import Areas
from region.board.queries.order_people import Person, people, were
from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.progress import WORST_FIRST
from region.dispatch.states import UNSIGNED
from region.dispatch.wording import PACK
from region.places.models import Place, Site
from region.spine.scope import below
from region.spine.work import Work

PAGE = 50
TROUBLED = "troubled"
"""A filter beside the states: who said that it cannot, or not in time."""


@dataclass(frozen=True)
class Line:
    """One recipient in the table; `word` is how a map would mark it.

    `person` is whom it is for, where it is for one, who may stand at an area: then there is no site. `was` is the
    site that it was before a merger.
    """

    recipient: Recipient
    place: Place
    site: Site | None
    word: str
    area_zh: str
    area_en: str
    person: Person | None = None
    was: Place | None = None


@dataclass(frozen=True)
class Page:
    """Up to PAGE lines, worst first; `after` goes on from here, empty at the end."""

    lines: tuple[Line, ...]
    after: str


@dataclass(frozen=True)
class Limit:
    """One clock of an order: the rule's name and length, whether its source was checked, when it runs out."""

    name: str
    length: timedelta
    verified: bool
    due: datetime | None
    from_order: bool = False


def limits(w: Work, directive: Directive) -> list[Limit]:
    """To sign, by the rule of its urgency; to report, as the order itself says."""
    rule = w.rules.pack(PACK).value(f"acknowledge.{directive.urgency}")
    return [
        Limit("sign", rule.value, rule.verified, directive.acknowledge_due),
        Limit("report", timedelta(minutes=directive.task_minutes), True, directive.task_due, from_order=True),
    ]


def _cases(now: datetime) -> list[tuple[ColumnElement[bool], str]]:
    """The word of a recipient in SQL, the first that holds; the same words as dispatch's `status`."""
    unsigned = Recipient.state.in_(UNSIGNED)
    busy = ("acknowledged", "in_progress", "returned")
    late = or_(
        and_(unsigned, Directive.acknowledge_due < now),
        and_(Recipient.state.in_(busy), Directive.task_due < now),
    )
    lost = and_(Site.place_id.is_not(None), Site.connected_at.is_(None), Site.webhook_url.is_(None))
    return [
        (Recipient.state == "void", "none"),
        (Recipient.ended_at.is_not(None), "done"),
        (Site.dark_since.is_not(None), "dark"),
        (late, "late"),
        (and_(Recipient.state == "pending", lost), "unreachable"),
        (unsigned, "owed"),
        (Recipient.state == "acknowledged", "signed"),
        (Recipient.state == "reported", "reported"),
    ]


def _word(now: datetime) -> ColumnElement[str]:
    return case(*_cases(now), else_="working")


def _rank(now: datetime) -> ColumnElement[int]:
    ranks = [(term, WORST_FIRST.index(word)) for term, word in _cases(now)]
    return case(*ranks, else_=WORST_FIRST.index("working"))


def _of(directive: Directive, wanted: Select) -> Select:  # type: ignore[type-arg]
    return (
        wanted.join(Directive, Directive.id == Recipient.directive_id)
        .join(Place, Place.id == Recipient.place_id)
        .join(Site, Site.place_id == Recipient.place_id, isouter=True)  # a named person may stand at an area
        .where(Recipient.directive_id == directive.id)
    )


def counts(w: Work, directive: Directive) -> dict[str, int]:
    """How many recipients are in each word, worst first, and how many are in trouble."""
    word = _word(w.now).label("word")
    wanted = select(word, func.count(Recipient.id)).select_from(Recipient).group_by("word")
    found = {name: int(n) for name, n in w.session.execute(_of(directive, wanted))}
    shown = {name: found[name] for name in WORST_FIRST if name in found}
    troubled = select(func.count(Recipient.id)).select_from(Recipient)
    troubled = _of(directive, troubled).where(Recipient.trouble_at.is_not(None), Recipient.ended_at.is_(None))
    return {**shown, TROUBLED: w.session.scalar(troubled) or 0}


def recipients(
    w: Work, directive: Directive, known: Areas, *, status: str = "", area: str = "", after: str = ""
) -> Page:
    """The recipients of an order, worst first; `status` a word or ``troubled``, `area` an area's id."""
    rank = _rank(w.now)
    wanted = select(Recipient, Place, Site, _word(w.now), rank).select_from(Recipient)
    wanted = _of(directive, wanted)
    if status == TROUBLED:
        wanted = wanted.where(Recipient.trouble_at.is_not(None), Recipient.ended_at.is_(None))
    elif status in WORST_FIRST:
        wanted = wanted.where(_word(w.now) == status)
    if area.isdecimal():
        wanted = wanted.where(below(Place.path, w.get(Place, int(area)).path))
    seen = _seen(after)
    if seen is not None:
        wanted = wanted.where(or_(rank > seen[0], and_(rank == seen[0], Recipient.id > seen[1])))
    rows = w.session.execute(wanted.order_by(rank, Recipient.id).limit(PAGE + 1)).all()
    lines = _lines(w, known, rows[:PAGE])
    more = len(rows) > PAGE
    return Page(lines, f"{rows[PAGE - 1][4]}.{rows[PAGE - 1][0].id}" if more else "")


def _seen(after: str) -> tuple[int, int] | None:
    rank, _, last = after.partition(".")
    return (int(rank), int(last)) if rank.isdecimal() and last.isdecimal() else None


def _lines(
    w: Work, known: Areas, rows: Sequence[tuple[Recipient, Place, Site | None, str, int]]
) -> tuple[Line, ...]:
    shown = [row[0] for row in rows]
    persons, moved = people(w, shown), were(w, shown)
    found = []
    for recipient, place, site, word, _rank in rows:
        area = known.spoken(place.path)
        zh, en = (area.zh, area.en) if area else ("", "")
        one = recipient.id
        found.append(Line(recipient, place, site, word, zh, en, persons.get(one), moved.get(one)))
    return tuple(found)


def chosen(w: Work, directive: Directive, known: Areas, most: int = 500) -> Sequence[tuple[Place, Site]]:
    """The sites a draft is meant for, by code: the second person reads them before agreeing."""
    found: list[tuple[Place, Site]] = []
    for at in range(0, min(len(directive.chosen), most), 500):
        wanted = select(Place, Site).join(Site, Site.place_id == Place.id)
        wanted = wanted.where(Place.id.in_(directive.chosen[at : at + 500])).order_by(Place.code, Place.id)
        found += [(place, site) for place, site in w.session.execute(wanted)]
    return found
