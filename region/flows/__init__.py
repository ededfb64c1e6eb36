"""Where areas meet: one file for each protocol, read from top to bottom."""
