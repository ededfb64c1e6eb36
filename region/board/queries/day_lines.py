"""One line of a site's day: its clock, whom it is for, what may be done with it, and where its own page is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from region.people.queries.masked import Masked, masked
from region.places.models import Place
from region.spine.work import Work


@dataclass(frozen=True)
class Today:
    """What a source is asked for: a place, it and the offices in it, until when, and how many lines at most."""

    place: int
    places: tuple[int, ...]
    until: datetime
    most: int


@dataclass(frozen=True)
class Line:
    """One thing to do; `key` names its row for a mark, `does` what may be marked, `where` the row's own page.

    `what_zh` and `what_en` are names that stand somewhere (a task of the pack, a title); `said` is the word of a
    sentence of the page's own. `n` counts what one line stands for.
    """

    key: str
    kind: str
    due: datetime
    what_zh: str = ""
    what_en: str = ""
    said: str = ""
    name: str = ""
    phone: str = ""
    home_zh: str = ""
    home_en: str = ""
    n: int = 0
    does: tuple[str, ...] = ()
    where: str = ""
    row: int = 0


@dataclass(frozen=True)
class Known:
    """Masked people, and the names of places."""

    people: dict[int, Masked]
    places: dict[int, Place]

    def of(self, person: int, home: int) -> dict[str, Any]:
        """What a line says of somebody: his masked name and telephone, and the place of his home."""
        one, place = self.people.get(person), self.places.get(home)
        said = {"name": one.name if one else "", "phone": one.phone if one else ""}
        return said | {"home_zh": place.name_zh if place else "", "home_en": place.name_en if place else ""}


def known(w: Work, people: Collection[int], homes: Collection[int]) -> Known:
    """Whoever has something to do for somebody knows him by his masked name, wherever he lives."""
    with w.beyond_scope("whoever has something to do for somebody knows his masked name and his community"):
        places = {one.id: one for one in w.session.scalars(select(Place).where(Place.id.in_(set(homes))))}
        return Known(masked(w, sorted(set(people))), places)


def end_of_day(w: Work) -> datetime:
    """The first moment of the region's next day."""
    clock = w.office.clock
    return datetime.combine(clock.day(w.now) + timedelta(days=1), time(0), clock.zone)
