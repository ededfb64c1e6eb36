"""Everything that changes care."""
