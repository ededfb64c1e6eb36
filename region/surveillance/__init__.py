"""Surveillance: what is reported, which rises are worth a signal, and what became of each signal."""
