"""The screens of the registry of persons: found for a purpose, joined, exported, opened in an emergency, destroyed."""
