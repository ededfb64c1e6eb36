"""The audit's recurring work."""

from __future__ import annotations

from region.audit import actions
from region.spine.flow import runner
from region.spine.work import Work


@runner("audit.seal_days")
def seal_days(w: Work) -> None:
    """Seal the days that are over."""
    actions.seal_days(w)
