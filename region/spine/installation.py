"""What areas may know of the installation that they run in, and the bell that is rung when work is owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from region.spine.seal import Seal


class Bell(Protocol):
    """What is rung after a commit, so that owed work starts soon; losing a ring loses nothing."""

    def ring(self, queues: set[str]) -> None: ...

    def tick(self, realm: int, entry_id: int) -> None: ...


class SilentBell:
    """Rings nobody: the sweep finds the work by itself."""

    def ring(self, queues: set[str]) -> None:
        """Nobody listens."""

    def tick(self, realm: int, entry_id: int) -> None:
        """Nobody listens."""


@dataclass(frozen=True)
class Installation:
    """What areas may know of the installation that they run in."""

    files_dir: Path
    keys_dir: Path
    seal: Seal
    demo: bool = False
    public_url: str = ""
    duty_phone: str = ""
    lanes: int = 2
    channels: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    """The fields of each channel that is switched on, as text; the channel's own file knows what they mean."""
