"""Policy as data, and the pure code that reads it: packs of values, tables and templates."""
