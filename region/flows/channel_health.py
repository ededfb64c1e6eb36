"""A channel ails: what it owes goes by the next one."""

from __future__ import annotations

from region.dispatch.actions.channels import divert
from region.dispatch.events import ChannelDemoted
from region.spine.flow import when
from region.spine.work import Work


@when(ChannelDemoted)
def divert_what_it_owes(w: Work, e: ChannelDemoted) -> None:
    """Nothing waits for a channel that ails; other realms see it when their lanes look for letters."""
    divert(w, e.channel)
