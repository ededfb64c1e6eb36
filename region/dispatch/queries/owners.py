"""Who answers for what is open: whoever is on duty at its place now, and where nobody is, at the level above."""

from __future__ import annotations

from collections.abc import Iterable

from region.accounts.queries import Duty, chain
from region.dispatch.queries.open_items import OpenItem
from region.spine.work import Work


def owner_at(w: Work, place: int) -> Duty | None:
    """Who owns what waits at a place: the nearest person on duty, upwards; None only where nobody at all is."""
    return next(iter(chain(w, place)), None)


def owners(w: Work, items: Iterable[OpenItem]) -> dict[str, Duty | None]:
    """The owner of each item by its reference; it changes with the duty, and so needs no moving of items."""
    wanted = list(items)
    known = {place: owner_at(w, place) for place in {item.place for item in wanted}}
    return {item.ref: known[item.place] for item in wanted}
