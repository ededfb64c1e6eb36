"""Everything asked of care."""
