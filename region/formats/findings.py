"""What a reader noticed, refused or could not tell: codes and facts, never sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

# Text, numbers, booleans, None, and lists or mappings of those, so that a plan can be kept as JSON.
Facts = Mapping[str, object]


@dataclass(frozen=True)
class Notice:
    """Something the reader did or saw that changes no decision; `number` is the row or feature, if one."""

    code: str
    facts: Facts = field(default_factory=dict)
    number: int | None = None


@dataclass(frozen=True)
class Problem:
    """A row or feature that is refused: its number in the file, why, and the facts to repair it by."""

    number: int
    code: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Reading(Generic[T]):
    """One value as read: `value` where it is certain, otherwise `reason` and perhaps a `suggestion`.

    A suggestion is for a person to confirm on the plan; no program may take it in silence.
    """

    original: str
    value: T | None = None
    reason: str | None = None
    facts: Facts = field(default_factory=dict)
    suggestion: T | None = None

    @property
    def certain(self) -> bool:
        """Whether `value` may be used as it stands."""
        return self.reason is None


class Unreadable(Exception):
    """A whole file that cannot be read with certainty: `code` and `facts`, as on a problem."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts: Facts = facts
