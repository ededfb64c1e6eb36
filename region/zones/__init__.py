"""Risk zones: drawn, graded by the incident's pack, watched, lowered by a proposal that a person signs, lifted."""
