"""Everything that other systems have us do."""
