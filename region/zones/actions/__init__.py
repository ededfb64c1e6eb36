"""Everything that changes zones."""
