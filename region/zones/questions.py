"""What zones must know of other areas: what was found in those who live there, and whether rounds may stop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from region.spine.flow import Question
from region.zones.lowering import Round


@dataclass(frozen=True)
class ZoneRounds(Question[Round]):
    """What the samples taken on one day of the region from people who live in these places have given until now."""

    places: tuple[int, ...]
    day: date


@dataclass(frozen=True)
class Stopping:
    """What the pack's stop rule says of the rounds of an area: ``go_on``, ``wait`` for a round on `extra`, ``stop``.

    `clean` rounds in a row without an infection of the community, of `needed`; `rounds` are over in all.
    """

    verdict: str
    clean: int
    needed: int
    extra: date | None
    rounds: int


@dataclass(frozen=True)
class StopRule(Question[Stopping | None]):
    """Whether the rounds of an area in a response may stop; None where the response's pack has no such rule."""

    place: int
    incident: int
