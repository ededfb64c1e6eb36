"""Everything asked of supplies and capacity."""
