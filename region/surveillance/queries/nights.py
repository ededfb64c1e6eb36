"""What a night's look needs of the database, and what it answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import holidays
from sqlalchemy import select

from region.spine.work import Work
from region.surveillance import night as looks
from region.surveillance.detect.series import Array
from region.surveillance.found import Found
from region.surveillance.models import DetectionRun
from region.surveillance.queries import counts
from region.surveillance.windows import DayTable

PACK = "surveillance"
DETECTOR = "detector."
CARD = counts.CARD


@dataclass(frozen=True)
class Asked:
    """All that one night looks at, read once: a table of counts for each level and stream, and the pack's rows."""

    day: dt.date
    rules: Mapping[str, Mapping[str, Any]]
    tables: Mapping[tuple[str, str], DayTable]
    known: Mapping[tuple[str, str], Array]
    """By stream and level: the share of the last week's cases that is in by now, (items,)."""
    where: Array
    holiday: str


@dataclass(frozen=True)
class Answer:
    """What a night found, and how many series it could not answer for."""

    series: int
    judged: int
    answered: int
    found: list[Found]


def judged(w: Work, day: dt.date) -> bool:
    """Whether a day was looked at already."""
    return w.session.scalar(select(DetectionRun.id).where(DetectionRun.day == day)) is not None


def rows(w: Work) -> dict[str, Mapping[str, Any]]:
    """The detectors of the pack, by their names."""
    found = w.rules.pack(PACK).values_under("detector")
    return {f"{DETECTOR}{name}": one.value for name, one in found.items()}


def asked(w: Work, day: dt.date) -> Asked | None:
    """What the night of `day` needs; None when it was looked at already. The longest history asked for is read."""
    if judged(w, day):
        return None
    found = rows(w)
    wanted: dict[tuple[str, str], int] = {}
    for row in found.values():
        for stream in row["streams"]:
            key = (stream, str(row["level"]))
            wanted[key] = max(wanted.get(key, 0), int(row["years"] * 365.25))
    tables = {key: counts.table(w, *key, day, days) for key, days in wanted.items()}
    learned = int(w.rules.value(PACK, "night.late_days"))
    scanned = w.rules.value(PACK, "scan.clusters")
    return Asked(
        day,
        found | {"scan.clusters": scanned, "definition.serial": w.rules.value(PACK, "definition.serial")},
        tables,
        {
            key: counts.known_share(w, one.items, day, 7, learned)
            for key, one in tables.items()
            if key[0] == CARD
        },
        counts.centres(w, tables[CARD, str(scanned["level"])].places),
        holiday(w, day),
    )


def holiday(w: Work, day: dt.date) -> str:
    """The name of the public holiday that `day` is, empty if it is none."""
    country = str(w.rules.value(PACK, "night.country"))
    return str(holidays.country_holidays(country, years=day.year).get(day) or "")


def answer(given: Asked) -> Answer:
    """Every detector over every series, the changes of definition, and the clusters; no database is touched."""
    said = [
        looks.judge(rule, row, table, given.known.get((stream, row["level"])) if row["days"] == 7 else None)
        for rule, row in given.rules.items()
        if rule.startswith(DETECTOR)
        for stream in row["streams"]
        if (table := given.tables[stream, row["level"]]).items
    ]
    scanned = given.rules["scan.clusters"]
    recent = {
        key: one.last(int(scanned["days"]))
        for key, one in given.tables.items()
        if key[0] == CARD and one.items
    }
    changed = {key: looks.definitions(one, given.rules["definition.serial"]) for key, one in recent.items()}
    named = {series: True for one in changed.values() for series in one}
    facts = {"holiday": True} if given.holiday else {}
    found = looks.findings(said, named, facts)
    for key, one in changed.items():
        found += looks.batches(recent[key], one)
    if cards := recent.get((CARD, str(scanned["level"]))):
        found += looks.clusters(cards, scanned, given.where)
    return Answer(
        sum(len(one.names) for one in given.tables.values()),
        sum(len(one.said.alarm) for one in said),
        sum(one.answered for one in said),
        found,
    )
