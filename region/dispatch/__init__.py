"""Dispatch: a directive reaches every chosen site, is signed for, done and proved, or is escalated; never lost."""
