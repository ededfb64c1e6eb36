"""Fixed thresholds, pure: cards of the longest window in, every row that fires out, the strictest marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

STRICTNESS = ("report", "county", "investigate")
"""What is to be done, the strictest first."""


@dataclass(frozen=True)
class Card:
    """What thresholds ask of a card. `unit`, `township`, `county`: places, None where it is in none."""

    item: str
    day: dt.date
    county: int | None
    township: int | None = None
    unit: int | None = None
    died: bool = False
    admitted: bool = False
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Hit:
    """One row that fires for one place on one day; `wins`: the strictest for this disease and county."""

    rule: str
    item: str
    place: int
    county: int | None
    count: int
    deaths: int
    admitted: int
    days: int
    action: str
    wins: bool = False


def evaluate(
    cards: Sequence[Card],
    rows: Mapping[str, Mapping[str, Any]],
    day: dt.date,
    known: Collection[tuple[str, int]] = (),
) -> list[Hit]:
    """All rows that fire in the windows that end on `day`, the strictest first.

    `known`: (disease, county) that had a case before these cards, for rows of first occurrence. Order of the cards and
    how they are split in batches mean nothing.
    """
    found = [hit for rule, row in rows.items() for hit in _fire(cards, rule, row, day, known)]
    found.sort(key=lambda hit: (STRICTNESS.index(hit.action), hit.days, hit.rule, hit.place))
    won: set[tuple[str, int | None]] = set()
    marked = []
    for hit in found:
        key = hit.item, hit.county
        marked.append(replace(hit, wins=key not in won))
        won.add(key)
    return marked


def _fire(
    cards: Sequence[Card],
    rule: str,
    row: Mapping[str, Any],
    day: dt.date,
    known: Collection[tuple[str, int]],
) -> list[Hit]:
    first = day - dt.timedelta(days=int(row["days"]) - 1)
    groups: dict[int, list[Card]] = {}
    for card in cards:
        place = getattr(card, row["unit"])
        wanted = row.get("where", "")
        if card.item != row["item"] or not first <= card.day <= day or place is None:
            continue
        if not wanted or wanted in card.facts:
            groups.setdefault(place, []).append(card)
    return [
        Hit(
            rule=f"threshold.{rule}",
            item=row["item"],
            place=place,
            county=those[0].county,
            count=len(those),
            deaths=sum(card.died for card in those),
            admitted=sum(card.admitted for card in those),
            days=int(row["days"]),
            action=row["action"],
        )
        for place, those in sorted(groups.items())
        if _met(those, row, place, known)
    ]


def _met(
    those: Sequence[Card], row: Mapping[str, Any], place: int, known: Collection[tuple[str, int]]
) -> bool:
    return (
        len(those) >= row.get("count", float("inf"))
        or sum(card.died for card in those) >= row.get("deaths", float("inf"))
        or sum(card.admitted for card in those) >= row.get("admitted", float("inf"))
        or (bool(row.get("first")) and (row["item"], place) not in known)
    )
