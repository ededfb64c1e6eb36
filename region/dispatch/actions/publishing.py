"""Making a warning public: from then on it stands in the feed that everybody may read."""

from __future__ import annotations

from region.dispatch.events import WarningPublished
from region.dispatch.models import Directive
from region.dispatch.states import DIRECTIVE
from region.dispatch.wording import PACK
from region.spine.errors import Forbidden, Invalid, Refused
from region.spine.machine import same_version
from region.spine.work import Work

LEVELS = (1, 2, 3, 4)
"""Red, orange, yellow, blue."""


def set_public(w: Work, directive: Directive, level: int, version: int | None = None) -> None:
    """Let a warning circular be read by everybody, from its issue on, under a warning level (1 red to 4 blue).

    Never by the one who wrote it. Once public it stays so: what the public has read cannot be unsaid, only
    cancelled. The same level again changes nothing.
    """
    w.need("dispatch.approve", directive.place_id)
    if level not in LEVELS:
        raise Invalid("warning-level", field="level")
    if directive.kind not in w.rules.value(PACK, "cap.public_kinds"):
        raise Refused("not-for-the-public", kind=directive.kind)
    if directive.public and directive.warning_level == level:
        return
    same_version(directive, version)
    if directive.composed_by == w.actor.name:
        raise Forbidden("own-draft", directive=directive.id)
    if directive.state in DIRECTIVE.ends:
        raise Refused("directive-ended", state=directive.state)
    directive.public, directive.warning_level = True, level
    directive.version += 1
    w.tell(WarningPublished(level=level, **directive.about))
