"""Incidents: what the region responds to, under which rules, how far, from when to when, real or exercise."""
