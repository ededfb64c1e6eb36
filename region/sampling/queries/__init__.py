"""Everything asked of sampling and testing; changes nothing."""
