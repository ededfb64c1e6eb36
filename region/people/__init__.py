"""The registry of persons, and the vault of what identifies them: shown masked, opened only for a stated purpose."""
