"""Everything asked of places; changes nothing."""

from region.places.queries.features import area_features, etag, site_features
from region.places.queries.located import sites_within
from region.places.queries.tree import (
    ancestors,
    by_code,
    change_counter,
    children,
    find_code,
    levels,
    loads,
    name_path,
    place_name,
    plan_of,
    roots,
    search,
    sites_in,
    standing_sites,
    today,
    tree_counter,
)

__all__ = [
    "ancestors",
    "area_features",
    "by_code",
    "change_counter",
    "children",
    "etag",
    "find_code",
    "levels",
    "loads",
    "name_path",
    "place_name",
    "plan_of",
    "roots",
    "search",
    "site_features",
    "sites_in",
    "sites_within",
    "standing_sites",
    "today",
    "tree_counter",
]
