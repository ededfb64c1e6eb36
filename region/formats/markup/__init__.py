"""What the XML languages read here have in common: opened safely, checked against a grammar, written as text."""
