"""What care must know of other areas: who serves a place, who is under observation where, who was sampled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from region.spine.flow import Question


@dataclass(frozen=True)
class ServingSites(Question[Mapping[int, int]]):
    """The clinic (else the office) that serves each of these homes, by place; homes without one are left out."""

    homes: tuple[int, ...]


@dataclass(frozen=True)
class Watched:
    """Somebody under observation: the stay (``stay:7``), and the quarantine site he is in; None while he is at home."""

    ref: str
    site: int | None


@dataclass(frozen=True)
class WhereWatched(Question[Mapping[int, Watched]]):
    """Those of these people who are under observation now, by person."""

    people: tuple[int, ...]


@dataclass(frozen=True)
class LastSampled(Question[Mapping[int, datetime]]):
    """When these people were last sampled anywhere, by person; who never was is left out."""

    people: tuple[int, ...]
