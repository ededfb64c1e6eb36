"""How a stay may end: whether its conditions are met, why not, and what the reader may do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from region.quarantine.models import Stay
from region.quarantine.queries.tests import judged
from region.quarantine.regimen import Verdict
from region.quarantine.states import PACK, STAY
from region.spine.work import Work

GOES_FROM = ("in_site", "returning", "at_home")


@dataclass(frozen=True)
class Ends:
    """The verdict of today, the reasons that the pack knows, and the reader's capabilities here."""

    verdict: Verdict
    reasons: Sequence[str]
    releases: bool
    corrects: bool
    appeals_for: bool


def of(w: Work, stay: Stay) -> Ends | None:
    """None for a stay that has ended."""
    if stay.state in STAY.ends:
        return None
    return Ends(
        verdict=judged(w, [stay])[stay.id],
        reasons=w.rules.value(PACK, "release.reasons"),
        releases=stay.state in GOES_FROM and w.may("quarantine.release", stay.place_id),
        corrects=w.may("quarantine.begin", stay.place_id),
        appeals_for=w.may("quarantine.notify", stay.place_id),
    )
