"""Before sending: what a choice means, counted by area and channel, and who would not get it; a few queries in all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from region.dispatch.choice.candidates import MOST_IN_ONE
from region.dispatch.choice.resolving import Reach, resolve
from region.dispatch.reach import PORTAL, PRINT, WEBHOOK, AddressBook, Target, address_book, open_channels
from region.dispatch.schemas import Choice
from region.places.models import Area, Place, Site
from region.places.queries.tree import current, today
from region.spine.work import Work

MOST_NAMES = 200
Names = dict[int, dict[str, str]]


@dataclass(frozen=True)
class Preview:
    """A choice as it would be sent now.

    `areas` counts the chosen sites by the areas directly below the composer's place, the fullest first; sites in
    none of them count under None. `channels` says how many sites each open channel would reach. `cut_off` are
    those whom no channel reaches, and those that are dark. `names` are those of areas, and of the first who are
    cut off or unknown.
    """

    reach: Reach
    areas: tuple[tuple[int | None, int], ...]
    channels: dict[str, int]
    cut_off: tuple[int, ...]
    names: Names

    @property
    def total(self) -> int:
        """How many sites are chosen."""
        return len(self.reach.sites)

    @property
    def reachable(self) -> int:
        """How many will get it at once."""
        return self.total - len(self.cut_off)


def preview(w: Work, choice: Choice, place: int) -> Preview:
    """What this choice means for an order that `place` gives. Raises Invalid as `resolve` does."""
    reach = resolve(w, choice)
    areas = _by_area(w, reach, place)
    addressed = _addressed(w, reach)
    channels = Counter(channel for ways in addressed.values() for channel in ways)
    dark, written = frozenset(reach.dark), frozenset(addressed)
    cut_off = tuple(i for i in reach.sites if i in dark or i not in written)
    summed = [one.area for gap in reach.gaps for one in gap.sums]
    named = [area for area, _ in areas if area is not None] + summed
    names = names_of(w, [*named, *cut_off[:MOST_NAMES], *reach.unknown[:MOST_NAMES]])
    return Preview(reach, areas, dict(channels.most_common()), cut_off, names)


def names_of(w: Work, places: Iterable[int]) -> Names:
    """The names of places in both languages, by id."""
    ids = sorted(set(places))
    found: Names = {}
    for at in range(0, len(ids), MOST_IN_ONE):
        some = ids[at : at + MOST_IN_ONE]
        wanted = select(Place.id, Place.name_zh, Place.name_en).where(Place.id.in_(some))
        found |= {row.id: {"zh": row.name_zh, "en": row.name_en} for row in w.session.execute(wanted)}
    return found


def _by_area(w: Work, reach: Reach, place: int) -> tuple[tuple[int | None, int], ...]:
    wanted = select(Place.id).join(Area, Area.place_id == Place.id)
    below = frozenset(w.session.scalars(wanted.where(Place.parent_id == place, current(today(w)))))
    counted = Counter(next(iter(one.above & below), None) for one in reach.found)
    return tuple(sorted(counted.items(), key=lambda one: (-one[1], one[0] or 0)))


def _addressed(w: Work, reach: Reach) -> dict[int, set[str]]:
    """By which open channels each chosen site can be written to: its own system, its portal, or an address it has."""
    now = open_channels(w)
    others = sorted(now - {PORTAL, WEBHOOK, PRINT})
    # All addresses at once where the ids would be more than a statement may carry.
    places = reach.sites if len(reach.sites) <= MOST_IN_ONE else select(Site.place_id)
    book = address_book(w, places, (), others) if others else AddressBook()
    ways: dict[int, set[str]] = {}
    for one in reach.found:
        own = ((WEBHOOK, one.webhook and WEBHOOK in now), (PORTAL, one.connected))
        found = {name for name, has in own if has}
        found.update(channel for channel in others if book.has(Target(one.id), channel))
        if found:
            ways[one.id] = found
    return ways
