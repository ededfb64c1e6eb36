"""Everything that changes supplies and capacity."""
