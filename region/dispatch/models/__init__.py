"""Directives and recipients, the deliveries to each, what comes back, and what the desk keeps for itself."""

from region.dispatch.models.answers import Escalation, Progress, Remark, Report, Tally
from region.dispatch.models.deliveries import Address, ChannelMinute, ChannelState, Delivery, Hold
from region.dispatch.models.desk import Group, Handover
from region.dispatch.models.orders import Directive, Recipient

__all__ = [
    "Address",
    "ChannelMinute",
    "ChannelState",
    "Delivery",
    "Directive",
    "Escalation",
    "Group",
    "Handover",
    "Hold",
    "Progress",
    "Recipient",
    "Remark",
    "Report",
    "Tally",
]
