"""Everything asked of zones."""
