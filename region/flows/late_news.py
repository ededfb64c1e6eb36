"""The field tells late of what a laboratory has scanned already: boxes and tubes without network are found again."""

from __future__ import annotations

from operator import attrgetter

from region.sampling.actions.scanning import found_in_books
from region.sampling.events.field import BoxMoved, TubesKept
from region.spine.flow import when
from region.spine.work import Work


@when(TubesKept, only=attrgetter("awaited"))
def receive_known_tubes(w: Work, e: TubesKept) -> None:
    """A phone synchronised: what of it stands in a laboratory is received there."""
    found_in_books(w)


@when(BoxMoved)
def receive_known_box(w: Work, e: BoxMoved) -> None:
    """A box was sealed as far as the books know: a laboratory may have it since long."""
    if e.verb == "seal":
        found_in_books(w)
