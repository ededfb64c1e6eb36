"""Everything asked of quarantine."""
