"""Everything asked of dispatch; changes nothing."""
