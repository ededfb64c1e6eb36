"""Everything asked of the registry of persons; what identifies them comes masked."""
