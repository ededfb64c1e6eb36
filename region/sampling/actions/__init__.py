"""Everything that changes sampling and testing, one verb a function."""
