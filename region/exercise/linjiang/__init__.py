"""Linjiang, the invented district of every drill and demonstration; `region.build` makes it."""
