"""Accounts: who may act, in which role, for which place and time; how they sign in, join, and stand duty."""
