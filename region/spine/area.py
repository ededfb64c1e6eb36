"""What an area offers to the app: its screens, its closed loops, its recurring work, its questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from region.spine.flow import Question
from region.spine.machine import Machine
from region.spine.schedule import Every
from region.spine.web import Routes


@dataclass(frozen=True)
class MenuItem:
    """An entry of the desk's menu: an English msgid, an endpoint, and the capability that shows it."""

    label: str
    endpoint: str
    needs: str


@dataclass(frozen=True)
class Area:
    """All that the app may use of an area; modules are found by their fixed names."""

    name: str
    routes: tuple[Routes, ...] = ()
    machines: tuple[Machine, ...] = ()
    questions: tuple[type[Question[Any]], ...] = ()
    schedule: tuple[Every, ...] = ()
    menu: tuple[MenuItem, ...] = ()
