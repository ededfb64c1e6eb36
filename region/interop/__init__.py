"""Other systems: orders and warnings go out in CAP 1.2 and in feeds, and an authority's message becomes a draft."""
