"""How things stand just now: the running orders, who still owes what, who is silent, and what work has stopped."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import func, select

from region.dispatch.models import Directive, Recipient
from region.dispatch.queries.indicators import left_out, target
from region.dispatch.queries.progress import WORST_FIRST, Progress, progress, running, status
from region.dispatch.states import UNSIGNED
from region.places.levels import rank
from region.places.models import Area, Place, Site
from region.places.queries.tree import current, today
from region.spine.errands import Errand
from region.spine.i18n import pick, span, translate
from region.spine.work import Work

DAY = timedelta(hours=24)
ROLL_CALL = "roll_call"
"""It asks people whether they answer, and no site to do anything: it is the desk's, not the wall's."""
TROUBLED = ("owed", "working", "signed", "reported")
"""A site that says it is in trouble is shown as such, unless something graver is to be said of it."""
GRAVEST_FIRST = (
    *WORST_FIRST[: WORST_FIRST.index("owed")],
    "watch",
    *WORST_FIRST[WORST_FIRST.index("owed") :],
)
LEVEL_WORD = re.compile(r" (Sub-district|Town|Township|Community)$")
"""What an English name can do without on a wall: the level shows from the outline, and words need the room."""
GROUPED_BY = rank("subdistrict")
"""Sentences speak of sub-districts: small enough to know whom to call, few enough to read from afar."""


@dataclass(frozen=True)
class Task:
    """One site's open part in a running order; `word` is what the map shows of it (palette.MARKS)."""

    recipient: Recipient
    directive: Directive
    place: Place
    word: str

    @property
    def unsigned(self) -> bool:
        """Whether the site has yet to sign."""
        return self.recipient.state in UNSIGNED

    @property
    def due(self) -> datetime | None:
        """The limit that runs for this site now."""
        return self.directive.acknowledge_due if self.unsigned else self.directive.task_due


@dataclass(frozen=True)
class Standing:
    """All that the parts of the wall are made of, read once; `states` holds the worst word for each site."""

    lang: str
    now: datetime
    day: Callable[[datetime], date]
    directives: Sequence[Directive]
    recent: Sequence[Directive]
    progress: dict[int, Progress]
    tasks: Sequence[Task]
    states: dict[int, str]
    sites: int
    silent: int
    stopped: int
    signed_target: float
    areas: dict[int, tuple[Place, str]] = field(repr=False)

    def say(self, text: str, **facts: Any) -> str:
        """A text in the reader's language."""
        return translate(self.lang, text, **facts)

    def count(self, one: str, many: str, n: int, **facts: Any) -> str:
        """A text for one, or for `n`; Chinese has the same words for both."""
        return self.say(one if n == 1 else many, n=f"{n:,}", **facts)

    def lasting(self, since: datetime) -> str:
        """How long ago, or how long until: never less than a minute."""
        return span(self.lang, max(abs(self.now - since), timedelta(minutes=1)))

    def name(self, place: Place | None) -> str:
        """A place's name in the reader's language."""
        return "–" if place is None else pick(self.lang, place.name_zh, place.name_en)

    def short(self, directive: Directive) -> str:
        """An order's number as it is spoken: ``LJ-0801-018`` is 018 on its own day, and 0801-018 later."""
        number = directive.number or "–"
        issued = directive.issued_at
        today = issued is not None and self.day(issued) == self.day(self.now)
        return number.rpartition("-")[2] if today else number.partition("-")[2] or number

    def area_of(self, place: Place) -> Place | None:
        """The area under whose name a site is spoken of: its sub-district, or the nearest area above it."""
        above = [int(step) for step in reversed(place.path.strip("/").split("/")[:-1])]
        known = [self.areas[step] for step in above if step in self.areas]
        named = [area for area, level in known if rank(level) <= GROUPED_BY] or [area for area, _ in known]
        return named[0] if named else None

    @cached_property
    def late(self) -> Sequence[Task]:
        """The tasks that are past their limit."""
        return [task for task in self.tasks if task.word == "late"]


def read(w: Work, lang: str) -> Standing:
    """How things stand within the actor's places, in the language of the reader."""
    directives = [one for one in running(w) if one.kind != ROLL_CALL]
    recent = _recent(w)
    tasks, states = _tasks(w, directives)
    dark = _silent(w)
    for site in dark:
        states[site] = _worst(states.get(site, "none"), "dark")
    known = {directive.id: directive for directive in (*directives, *recent)}
    return Standing(
        lang=lang,
        now=w.now,
        day=w.office.clock.day,
        directives=directives,
        recent=recent,
        progress=progress(w, list(known.values())),
        tasks=tasks,
        states={site: word for site, word in sorted(states.items()) if word != "none"},
        sites=w.session.scalar(select(func.count()).select_from(Site)) or 0,
        silent=len(dark),
        stopped=w.session.scalar(select(func.count()).select_from(Errand).where(Errand.state == "dead")) or 0,
        signed_target=target(w, "K34"),
        areas=_areas_above(w, tasks),
    )


def _recent(w: Work) -> Sequence[Directive]:
    """Issued in the last day and past the time to sign: what K34 is made of, closed orders included."""
    wanted = select(Directive).where(
        Directive.state.in_(("issued", "closed")),
        Directive.issued_at > w.now - DAY,
        Directive.acknowledge_due < w.now,
        Directive.kind.not_in(left_out(w)),
    )
    return w.session.scalars(wanted).all()


def _tasks(w: Work, directives: Sequence[Directive]) -> tuple[list[Task], dict[int, str]]:
    rows = w.session.execute(
        select(Recipient, Directive, Site, Place)
        .join(Recipient.directive)
        .join(Site, Site.place_id == Recipient.place_id, isouter=True)  # a named person may stand at an area
        .join(Place, Place.id == Recipient.place_id)
        .where(Recipient.directive_id.in_([directive.id for directive in directives]))
        .order_by(Recipient.id)
    )
    tasks: list[Task] = []
    states: dict[int, str] = {}
    for recipient, directive, site, place in rows:
        word = status(recipient, directive, site, w.now)
        if recipient.trouble_at is not None and word in TROUBLED:
            word = "watch"
        states[place.id] = _worst(states.get(place.id, "none"), word)
        if recipient.ended_at is None:
            tasks.append(Task(recipient, directive, place, word))
    return tasks, states


def _worst(one: str, other: str) -> str:
    return min(one, other, key=GRAVEST_FIRST.index)


def _silent(w: Work) -> Sequence[int]:
    dark = select(Site.place_id).join(Place, Place.id == Site.place_id)
    return w.session.scalars(dark.where(Site.dark_since.is_not(None), current(today(w)))).all()


def _areas_above(w: Work, tasks: Sequence[Task]) -> dict[int, tuple[Place, str]]:
    """The areas above the sites of open tasks; their names may be known beyond the actor's places."""
    above = {int(step) for task in tasks for step in task.place.path.strip("/").split("/")[:-1]}
    if not above:
        return {}
    with w.beyond_scope("names of the areas above the sites on the board"):
        wanted = select(Place, Area.level).join(Area, Area.place_id == Place.id)
        rows = w.session.execute(wanted.where(Place.id.in_(above))).all()
    return {place.id: (place, level) for place, level in rows}
