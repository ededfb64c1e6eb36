"""Shelter hospitals: a hall becomes wards, patients come in batches, and nobody is lost on the way up or home."""
