"""What the registry of persons must know of other areas: the rows of a list that leaves, and who somebody is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from region.spine.flow import Question


@dataclass(frozen=True)
class ListRow:
    """One row of a list that leaves: the person's number, and facts by field as text; nothing that identifies him."""

    person: int
    facts: Mapping[str, str]


@dataclass(frozen=True)
class ExportRows(Question[Sequence[ListRow]]):
    """The rows of a list of people of a place (and all below it), of one incident where one is named."""

    what: str
    place: int
    incident: int | None
    fields: tuple[str, ...]


@dataclass(frozen=True)
class StaffNames(Question[Mapping[str, tuple[str, str]]]):
    """The names (zh, en) of those who acted under these names (``account:7``)."""

    actors: tuple[str, ...]
