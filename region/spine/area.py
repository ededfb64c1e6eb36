"""What an area offers to the app: its screens, its closed loops, its recurring work, its questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from region.spine.flow import Question
from region.spine.machine import Machine
from region.spine.schedule import Every
from region.spine.web import Routes

GROUPS = ("Command", "Supplies", "Sampling", "Quarantine", "Surveillance", "Administration")
"""The groups of the desk's menu, English msgids, in the order in which they stand there."""


@dataclass(frozen=True)
class MenuItem:
    """An entry of the desk's menu: an English msgid, an endpoint, the capability that shows it, its group."""

    label: str
    endpoint: str
    needs: str
    group: str

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise ValueError(f"{self.label}: the menu has no group {self.group!r}")


@dataclass(frozen=True)
class Area:
    """All that the app may use of an area; modules are found by their fixed names."""

    name: str
    routes: tuple[Routes, ...] = ()
    machines: tuple[Machine, ...] = ()
    questions: tuple[type[Question[Any]], ...] = ()
    schedule: tuple[Every, ...] = ()
    menu: tuple[MenuItem, ...] = ()
