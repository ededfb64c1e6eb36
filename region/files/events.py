"""What can happen to a file."""

from __future__ import annotations

from dataclasses import dataclass

from region.spine.journal import Event


@dataclass(frozen=True, kw_only=True)
class FileKept(Event):
    """A file was taken in."""

    file: int
    digest: str
    size: int
    type: str


@dataclass(frozen=True, kw_only=True)
class FileShown(Event):
    """A file was opened by somebody."""

    file: int
