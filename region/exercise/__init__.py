"""Drills: an invented region, scenario players and their stopwatch, kept apart from the real in a realm."""
