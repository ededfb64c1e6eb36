"""What care must know of other areas: which site looks after the people of a place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from region.spine.flow import Question


@dataclass(frozen=True)
class ServingSites(Question[Mapping[int, int]]):
    """The clinic (else the office) that serves each of these homes, by place; homes without one are left out."""

    homes: tuple[int, ...]
