"""Everything that changes the registry of persons."""
