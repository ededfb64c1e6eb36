"""What the pack of a response says of zones."""

from __future__ import annotations

from region.spine.errors import Refused
from region.spine.work import Work
from region.zones.lowering import Rules, rules_of

PREFIX = "zone"


def rules_in(w: Work, pack: str) -> Rules | None:
    """The rules of zones in a disease pack; None when it draws none."""
    return rules_of({name: one.value for name, one in w.rules.pack(pack).values_under(PREFIX).items()})


def rules_for(w: Work, pack: str) -> Rules:
    """The rules of zones in a disease pack; Refused (``no-zones-in-pack``) when it draws none."""
    found = rules_in(w, pack)
    if found is None:
        raise Refused("no-zones-in-pack", pack=pack)
    return found
