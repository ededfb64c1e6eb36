"""Audit: reads the journal for those who must answer, and seals each day so that a changed line shows."""
