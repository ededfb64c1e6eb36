"""Everything that changes places, one verb a function."""

from region.places.actions.loading import apply_load, drop_load, plan_load
from region.places.actions.merging import merge_sites
from region.places.actions.shaping import make_root, reparent, retire, set_letters
from region.places.actions.touching import come_back, go_dark, set_channel, site_connected

__all__ = [
    "apply_load",
    "come_back",
    "drop_load",
    "go_dark",
    "make_root",
    "merge_sites",
    "plan_load",
    "reparent",
    "retire",
    "set_channel",
    "set_letters",
    "site_connected",
]
